"""The days and values that an item which is another now stands for, or stood for before.

A value alone tells of an item only where that is due about the line's day: lines long before it
need not be looked at anew for its value. Lines that tell of nobody may be all that is due about
their day. And lines of the value that an item had may be another item's alone now.
"""

from django.db import migrations, models

NOTE = """
CREATE FUNCTION reconciliation_note_item(
    company uuid, item uuid, whose text, days date[], VARIADIC amounts numeric[])
RETURNS void LANGUAGE sql AS $$
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id, day)
        SELECT gen_random_uuid(), company, told.amount, whose, item, about.day
        FROM (SELECT DISTINCT unnest(amounts)) AS told (amount)
        CROSS JOIN (SELECT DISTINCT unnest(days)) AS about (day)
        WHERE told.amount IS NOT NULL AND about.day IS NOT NULL
$$;
"""
NOTE_BACK = "DROP FUNCTION reconciliation_note_item(uuid, uuid, text, date[], VARIADIC numeric[]);"

BILLS = """
CREATE OR REPLACE FUNCTION reconciliation_bill_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reconciliation_note_item(NEW.tenant_id, NEW.id, payee.document,
            ARRAY[OLD.payment_date, NEW.payment_date], OLD.amount, NEW.amount)
        FROM payments_payee AS payee
        WHERE payee.tenant_id = NEW.tenant_id AND payee.id = NEW.payee_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reconciliation_order_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reconciliation_note_item(NEW.tenant_id, bill.id, '', ARRAY[bill.payment_date,
            (NEW.created_at AT TIME ZONE 'America/Sao_Paulo')::date], bill.amount)
        FROM payments_payable AS bill
        WHERE bill.tenant_id = NEW.tenant_id AND bill.id = NEW.payable_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reconciliation_note_payee(company uuid, whose uuid, documents text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reconciliation_note_item(company, bill.id, '', ARRAY[bill.payment_date], bill.amount)
        FROM payments_payable AS bill
        WHERE bill.tenant_id = company AND bill.payee_id = whose
            AND bill.status IN ('pending', 'approved', 'sent');
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        SELECT gen_random_uuid(), company, 0, told.document, whose
        FROM unnest(documents) AS told (document);
END $$;
"""
CHARGES = """
CREATE FUNCTION reconciliation_open_of(charge charges_charge) RETURNS numeric LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN charge.status = 'paid' THEN charge.amount
    ELSE charge.amount - charge.settled + charge.late_rest END $$;

CREATE OR REPLACE FUNCTION reconciliation_charge_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reconciliation_note_item(NEW.tenant_id, NEW.id, payer.document,
            ARRAY[OLD.due_date, NEW.due_date],
            reconciliation_open_of(OLD), reconciliation_open_of(NEW))
        FROM parties_payer AS payer
        WHERE payer.tenant_id = NEW.tenant_id AND payer.id = NEW.payer_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reconciliation_slip_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reconciliation_note_item(charge.tenant_id, charge.id, payer.document,
            ARRAY[charge.due_date, (NEW.created_at AT TIME ZONE 'America/Sao_Paulo')::date],
            reconciliation_open_of(charge))
        FROM charges_charge AS charge
        JOIN parties_payer AS payer
            ON payer.tenant_id = charge.tenant_id AND payer.id = charge.payer_id
        WHERE charge.tenant_id = NEW.tenant_id AND charge.id = NEW.charge_id
            AND charge.status NOT IN ('draft', 'refused', 'cancelled');
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reconciliation_payer_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reconciliation_note_item(charge.tenant_id, charge.id, '', ARRAY[charge.due_date],
            reconciliation_open_of(charge))
        FROM charges_charge AS charge
        WHERE charge.tenant_id = NEW.tenant_id AND charge.payer_id = NEW.id
            AND charge.status NOT IN ('draft', 'refused', 'cancelled', 'paid');
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        SELECT gen_random_uuid(), NEW.tenant_id, 0, told.document, NEW.id
        FROM unnest(ARRAY[OLD.document, NEW.document]) AS told (document);
    RETURN NULL;
END $$;
"""
CHARGES_BACK = "DROP FUNCTION reconciliation_open_of(charges_charge);"
ENTRIES = """
CREATE OR REPLACE FUNCTION reconciliation_entry_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item banking_openitem;
BEGIN
    IF TG_OP = 'DELETE' THEN item := OLD; ELSE item := NEW; END IF;
    PERFORM reconciliation_note_item(
        item.tenant_id, item.id, '', ARRAY[OLD.day, NEW.day], abs(OLD.rest), abs(NEW.rest));
    RETURN NULL;
END $$;
"""
LINES = """
CREATE OR REPLACE FUNCTION reconciliation_line_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM reconciliation_linereading WHERE id = OLD.id;
    ELSE
        UPDATE reconciliation_linereading SET is_due = true, amount = NEW.rest WHERE id = OLD.id;
    END IF;
    DELETE FROM reconciliation_proposal WHERE tenant_id = OLD.tenant_id AND line_id = OLD.id;
    PERFORM reconciliation_note_item(
        OLD.tenant_id, OLD.id, '', ARRAY[OLD.day], abs(OLD.rest), abs(NEW.rest));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reconciliation_line_ignored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reconciliation_linereading SET is_due = true
        WHERE tenant_id = NEW.tenant_id AND id = NEW.statement_line_id;
    DELETE FROM reconciliation_proposal
        WHERE tenant_id = NEW.tenant_id AND line_id = NEW.statement_line_id;
    PERFORM reconciliation_note_item(
            NEW.tenant_id, line.id, '', ARRAY[line.booked_on], abs(NEW.amount))
        FROM banking_statementline AS line
        WHERE line.tenant_id = NEW.tenant_id AND line.id = NEW.statement_line_id;
    RETURN NULL;
END $$;
"""

# The way back.
FORMER_BILLS = """
CREATE OR REPLACE FUNCTION reconciliation_bill_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        SELECT gen_random_uuid(), NEW.tenant_id, NEW.amount, payee.document, NEW.id
        FROM payments_payee AS payee
        WHERE payee.tenant_id = NEW.tenant_id AND payee.id = NEW.payee_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reconciliation_order_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        SELECT gen_random_uuid(), NEW.tenant_id, bill.amount, '', bill.id
        FROM payments_payable AS bill
        WHERE bill.tenant_id = NEW.tenant_id AND bill.id = NEW.payable_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reconciliation_note_payee(company uuid, whose uuid, documents text[])
RETURNS void LANGUAGE sql AS $$
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        SELECT gen_random_uuid(), company, bill.amount, '', bill.id
        FROM payments_payable AS bill
        WHERE bill.tenant_id = company AND bill.payee_id = whose
            AND bill.status IN ('pending', 'approved', 'sent')
        UNION ALL
        SELECT gen_random_uuid(), company, 0, told.document, whose
        FROM unnest(documents) AS told (document)
$$;
"""
FORMER_CHARGES = """
CREATE OR REPLACE FUNCTION reconciliation_charge_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        SELECT gen_random_uuid(), NEW.tenant_id,
               CASE WHEN NEW.status = 'paid' THEN NEW.amount
                    ELSE NEW.amount - NEW.settled + NEW.late_rest END,
               payer.document, NEW.id
        FROM parties_payer AS payer
        WHERE payer.tenant_id = NEW.tenant_id AND payer.id = NEW.payer_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reconciliation_slip_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        SELECT gen_random_uuid(), charge.tenant_id,
               CASE WHEN charge.status = 'paid' THEN charge.amount
                    ELSE charge.amount - charge.settled + charge.late_rest END,
               payer.document, charge.id
        FROM charges_charge AS charge
        JOIN parties_payer AS payer
            ON payer.tenant_id = charge.tenant_id AND payer.id = charge.payer_id
        WHERE charge.tenant_id = NEW.tenant_id AND charge.id = NEW.charge_id
            AND charge.status NOT IN ('draft', 'refused', 'cancelled');
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reconciliation_payer_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        SELECT gen_random_uuid(), NEW.tenant_id,
            charge.amount - charge.settled + charge.late_rest, '', charge.id
        FROM charges_charge AS charge
        WHERE charge.tenant_id = NEW.tenant_id AND charge.payer_id = NEW.id
            AND charge.status NOT IN ('draft', 'refused', 'cancelled', 'paid')
        UNION ALL
        SELECT gen_random_uuid(), NEW.tenant_id, 0, told.document, NEW.id
        FROM unnest(ARRAY[OLD.document, NEW.document]) AS told (document);
    RETURN NULL;
END $$;
"""
FORMER_ENTRIES = """
CREATE OR REPLACE FUNCTION reconciliation_entry_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item banking_openitem;
BEGIN
    IF TG_OP = 'DELETE' THEN item := OLD; ELSE item := NEW; END IF;
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        VALUES (gen_random_uuid(), item.tenant_id, abs(item.rest), '', item.id);
    RETURN NULL;
END $$;
"""
FORMER_LINES = """
CREATE OR REPLACE FUNCTION reconciliation_line_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM reconciliation_linereading WHERE id = OLD.id;
    ELSE
        UPDATE reconciliation_linereading SET is_due = true, amount = NEW.rest WHERE id = OLD.id;
    END IF;
    DELETE FROM reconciliation_proposal WHERE tenant_id = OLD.tenant_id AND line_id = OLD.id;
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        VALUES (gen_random_uuid(), OLD.tenant_id, abs(OLD.rest), '', OLD.id);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reconciliation_line_ignored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reconciliation_linereading SET is_due = true
        WHERE tenant_id = NEW.tenant_id AND id = NEW.statement_line_id;
    DELETE FROM reconciliation_proposal
        WHERE tenant_id = NEW.tenant_id AND line_id = NEW.statement_line_id;
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        VALUES (gen_random_uuid(), NEW.tenant_id, abs(NEW.amount), '', NEW.statement_line_id);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0025_numbers_learned")]

    operations = [
        migrations.AddField("itemchange", "day", models.DateField(null=True)),
        migrations.RemoveIndex("linereading", "linereading_of_cents"),
        migrations.AddIndex(
            "linereading",
            models.Index(fields=["tenant", "cents", "day"], name="linereading_of_cents"),
        ),
        migrations.AddField("linereading", "is_nameless", models.BooleanField(default=False)),
        migrations.AddIndex(
            "linereading",
            models.Index(
                fields=["tenant", "day"],
                condition=models.Q(is_nameless=True),
                name="linereading_nameless",
            ),
        ),
        migrations.RunSQL(NOTE, NOTE_BACK),
        migrations.RunSQL(BILLS, FORMER_BILLS),
        migrations.RunSQL(CHARGES, FORMER_CHARGES + CHARGES_BACK),
        migrations.RunSQL(ENTRIES, FORMER_ENTRIES),
        migrations.RunSQL(LINES, FORMER_LINES),
    ]
