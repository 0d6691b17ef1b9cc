"""Proposals are kept apart by company, fall with what they are of, and are looked for again when an
item that lines may stand for comes, goes or is another.

What changed is noted by the database, so that no act has to think of it. Each trigger writes one
row for each item that is another now; the engine takes them away.
Source: PostgreSQL documentation, "CREATE TRIGGER" (WHEN conditions; transition tables).
"""

from django.db import migrations

from tenants.rls import SecureTenantTable

KEPT = ("proposal", "linereading", "itemchange", "openedline", "newlines")
# Written and read by their key or line alone.
LEAN = "".join(
    f'ALTER TABLE "reconciliation_{table}" DROP CONSTRAINT "reconciliation_{table}_tenant_key";\n'
    for table in KEPT
)
LEAN_BACK = "".join(
    f'ALTER TABLE "reconciliation_{table}" ADD CONSTRAINT "reconciliation_{table}_tenant_key" '
    "UNIQUE (tenant_id, id);\n"
    for table in KEPT
)

# A number as the engine compares it: letters and figures alone, no zeros before them.
NUMBERS = """
CREATE FUNCTION reconciliation_bare(told text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT ltrim(regexp_replace(lower(told), '[^a-z0-9]', '', 'g'), '0') $$;
CREATE INDEX slip_bare_number ON charges_slip (tenant_id, reconciliation_bare(our_number))
    WHERE our_number <> '';
CREATE INDEX slip_bare_reference ON charges_slip (tenant_id, reconciliation_bare(reference))
    WHERE reference <> '';
CREATE INDEX order_bare_reference ON payments_paymentorder
    (tenant_id, reconciliation_bare(reference)) WHERE reference <> '';
CREATE INDEX payable_of_amount ON payments_payable (tenant_id, amount, payment_date);
CREATE INDEX proposal_of_items ON reconciliation_proposal USING gin (items);
CREATE INDEX linereading_of_parties ON reconciliation_linereading USING gin (parties);
"""
NUMBERS_BACK = """
DROP INDEX linereading_of_parties;
DROP INDEX proposal_of_items;
DROP INDEX payable_of_amount;
DROP INDEX order_bare_reference;
DROP INDEX slip_bare_reference;
DROP INDEX slip_bare_number;
DROP FUNCTION reconciliation_bare(text);
"""

# --- What changes ---

BILLS = """
CREATE FUNCTION reconciliation_bill_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        SELECT gen_random_uuid(), NEW.tenant_id, NEW.amount, payee.document, NEW.id
        FROM payments_payee AS payee
        WHERE payee.tenant_id = NEW.tenant_id AND payee.id = NEW.payee_id;
    RETURN NULL;
END $$;
CREATE TRIGGER bill_came AFTER INSERT ON "payments_payable"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_bill_changed();
CREATE TRIGGER bill_changed AFTER UPDATE ON "payments_payable"
    FOR EACH ROW WHEN (
        (OLD.amount, OLD.payee_id, OLD.payment_date, OLD.bank_account_id,
            OLD.status IN ('pending', 'approved', 'sent'), OLD.status = 'pending')
        IS DISTINCT FROM
        (NEW.amount, NEW.payee_id, NEW.payment_date, NEW.bank_account_id,
            NEW.status IN ('pending', 'approved', 'sent'), NEW.status = 'pending'))
    EXECUTE FUNCTION reconciliation_bill_changed();

CREATE FUNCTION reconciliation_order_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        SELECT gen_random_uuid(), NEW.tenant_id, bill.amount, '', bill.id
        FROM payments_payable AS bill
        WHERE bill.tenant_id = NEW.tenant_id AND bill.id = NEW.payable_id;
    RETURN NULL;
END $$;
CREATE TRIGGER order_changed AFTER UPDATE ON "payments_paymentorder"
    FOR EACH ROW WHEN (
        (OLD.status IN ('sending', 'unknown', 'at_bank', 'scheduled'), OLD.reference)
        IS DISTINCT FROM
        (NEW.status IN ('sending', 'unknown', 'at_bank', 'scheduled'), NEW.reference))
    EXECUTE FUNCTION reconciliation_order_changed();
"""
BILLS_BACK = """
DROP TRIGGER order_changed ON "payments_paymentorder";
DROP FUNCTION reconciliation_order_changed();
DROP TRIGGER bill_changed ON "payments_payable";
DROP TRIGGER bill_came ON "payments_payable";
DROP FUNCTION reconciliation_bill_changed();
"""

CHARGES = """
CREATE FUNCTION reconciliation_charge_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER charge_came AFTER INSERT ON "charges_charge"
    FOR EACH ROW WHEN (NEW.status NOT IN ('draft', 'cancelled', 'refused'))
    EXECUTE FUNCTION reconciliation_charge_changed();
CREATE TRIGGER charge_changed AFTER UPDATE ON "charges_charge"
    FOR EACH ROW WHEN (
        (OLD.amount - OLD.settled + OLD.late_rest, OLD.payer_id, OLD.due_date,
            OLD.status IN ('draft', 'refused', 'cancelled', 'paid'))
        IS DISTINCT FROM
        (NEW.amount - NEW.settled + NEW.late_rest, NEW.payer_id, NEW.due_date,
            NEW.status IN ('draft', 'refused', 'cancelled', 'paid')))
    EXECUTE FUNCTION reconciliation_charge_changed();
"""
CHARGES_BACK = """
DROP TRIGGER charge_changed ON "charges_charge";
DROP TRIGGER charge_came ON "charges_charge";
DROP FUNCTION reconciliation_charge_changed();
"""

ENTRIES = """
CREATE FUNCTION reconciliation_entry_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item banking_openitem;
BEGIN
    IF TG_OP = 'DELETE' THEN item := OLD; ELSE item := NEW; END IF;
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        VALUES (gen_random_uuid(), item.tenant_id, abs(item.rest), '', item.id);
    RETURN NULL;
END $$;
CREATE TRIGGER entry_changed AFTER INSERT OR UPDATE OR DELETE ON "banking_openitem"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_entry_changed();
"""
ENTRIES_BACK = """
DROP TRIGGER entry_changed ON "banking_openitem";
DROP FUNCTION reconciliation_entry_changed();
"""

# Lines that came, or are open again. One row for all that are written together.
NEW = """
CREATE FUNCTION reconciliation_lines_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_newlines (id, tenant_id, first_id, last_id)
        SELECT gen_random_uuid(), tenant_id, min(id::text)::uuid, max(id::text)::uuid
        FROM made GROUP BY tenant_id;
    RETURN NULL;
END $$;
CREATE TRIGGER lines_came AFTER INSERT ON "banking_openline"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION reconciliation_lines_came();
"""
NEW_BACK = """
DROP TRIGGER lines_came ON "banking_openline";
DROP FUNCTION reconciliation_lines_came();
"""

# A line of which less is open, or nothing, is looked at anew, and so are those beside it.
LINES = """
CREATE FUNCTION reconciliation_line_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER proposals_fall AFTER DELETE ON "banking_openline"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_line_changed();
CREATE TRIGGER proposals_age AFTER UPDATE ON "banking_openline"
    FOR EACH ROW WHEN (OLD.rest IS DISTINCT FROM NEW.rest)
    EXECUTE FUNCTION reconciliation_line_changed();

CREATE FUNCTION reconciliation_line_ignored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reconciliation_linereading SET is_due = true
        WHERE tenant_id = NEW.tenant_id AND id = NEW.statement_line_id;
    DELETE FROM reconciliation_proposal
        WHERE tenant_id = NEW.tenant_id AND line_id = NEW.statement_line_id;
    INSERT INTO reconciliation_itemchange (id, tenant_id, amount, party, item_id)
        VALUES (gen_random_uuid(), NEW.tenant_id, abs(NEW.amount), '', NEW.statement_line_id);
    RETURN NULL;
END $$;
CREATE TRIGGER proposals_fall_ignored AFTER INSERT OR UPDATE ON "reconciliation_matchline"
    FOR EACH ROW WHEN (NEW.is_ignored) EXECUTE FUNCTION reconciliation_line_ignored();
"""
LINES_BACK = """
DROP TRIGGER proposals_fall_ignored ON "reconciliation_matchline";
DROP FUNCTION reconciliation_line_ignored();
DROP TRIGGER proposals_age ON "banking_openline";
DROP TRIGGER proposals_fall ON "banking_openline";
DROP FUNCTION reconciliation_line_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0007_proposals"),
        ("charges", "0014_receipts_of_lines"),
        ("payments", "0036_outside_by_line"),
        ("banking", "0020_withdrawn_lines"),
    ]

    operations = [
        *(SecureTenantTable(table) for table in KEPT),
        SecureTenantTable("automation"),
        SecureTenantTable("lesson"),
        migrations.RunSQL(LEAN, LEAN_BACK),
        migrations.RunSQL(NUMBERS, NUMBERS_BACK),
        migrations.RunSQL(BILLS, BILLS_BACK),
        migrations.RunSQL(CHARGES, CHARGES_BACK),
        migrations.RunSQL(ENTRIES, ENTRIES_BACK),
        migrations.RunSQL(NEW, NEW_BACK),
        migrations.RunSQL(LINES, LINES_BACK),
    ]
