"""What is told of an item is another: its text or method, a charge's terms, a party's name, document,
account or key. Lines of its value and party are looked at anew then too.

As in 0008 each trigger writes one row for each item that is another now. Of a party these are its
open bills or charges; and a row without a value for those that tell of it.
"""

from django.db import migrations

BILL = """
DROP TRIGGER bill_changed ON "payments_payable";
CREATE TRIGGER bill_changed AFTER UPDATE ON "payments_payable"
    FOR EACH ROW WHEN (
        (OLD.amount, OLD.payee_id, OLD.payment_date, OLD.bank_account_id,@OLD
            OLD.status IN ('pending', 'approved', 'sent'), OLD.status = 'pending')
        IS DISTINCT FROM
        (NEW.amount, NEW.payee_id, NEW.payment_date, NEW.bank_account_id,@NEW
            NEW.status IN ('pending', 'approved', 'sent'), NEW.status = 'pending'))
    EXECUTE FUNCTION reconciliation_bill_changed();
"""
CHARGE = """
DROP TRIGGER charge_changed ON "charges_charge";
CREATE TRIGGER charge_changed AFTER UPDATE ON "charges_charge"
    FOR EACH ROW WHEN (
        (OLD.amount - OLD.settled + OLD.late_rest, OLD.payer_id, OLD.due_date,@OLD
            OLD.status IN ('draft', 'refused', 'cancelled', 'paid'))
        IS DISTINCT FROM
        (NEW.amount - NEW.settled + NEW.late_rest, NEW.payer_id, NEW.due_date,@NEW
            NEW.status IN ('draft', 'refused', 'cancelled', 'paid')))
    EXECUTE FUNCTION reconciliation_charge_changed();
"""
OF_BILL = ("description", "method")
OF_CHARGE = (
    "bank_account_id", "form", "document_number", "description", "fine_percent",
    "interest_percent", "discount", "discount_days",
)  # fmt: skip


def with_columns(trigger: str, columns: tuple[str, ...] = ()) -> str:
    for row in ("OLD", "NEW"):
        told = "".join(f" {row}.{column}," for column in columns)
        trigger = trigger.replace(f"@{row}", told)
    return trigger


PARTIES = """
CREATE FUNCTION reconciliation_note_payee(company uuid, whose uuid, documents text[])
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

CREATE FUNCTION reconciliation_payee_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reconciliation_note_payee(NEW.tenant_id, NEW.id, ARRAY[OLD.document, NEW.document]);
    RETURN NULL;
END $$;
CREATE TRIGGER payee_changed AFTER UPDATE ON "payments_payee"
    FOR EACH ROW WHEN (
        (OLD.name, OLD.trade_name, OLD.document, OLD.merged_into_id)
        IS DISTINCT FROM (NEW.name, NEW.trade_name, NEW.document, NEW.merged_into_id))
    EXECUTE FUNCTION reconciliation_payee_changed();

CREATE FUNCTION reconciliation_payer_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER payer_changed AFTER UPDATE ON "parties_payer"
    FOR EACH ROW WHEN (
        (OLD.name, OLD.trade_name, OLD.document)
        IS DISTINCT FROM (NEW.name, NEW.trade_name, NEW.document))
    EXECUTE FUNCTION reconciliation_payer_changed();

CREATE FUNCTION reconciliation_destination_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM reconciliation_note_payee(NEW.tenant_id, payee.id, ARRAY[payee.document])
        FROM payments_payee AS payee
        WHERE payee.tenant_id = NEW.tenant_id AND payee.id = NEW.payee_id;
    RETURN NULL;
END $$;
"""
PARTIES_BACK = """
DROP FUNCTION reconciliation_destination_changed();
DROP TRIGGER payer_changed ON "parties_payer";
DROP FUNCTION reconciliation_payer_changed();
DROP TRIGGER payee_changed ON "payments_payee";
DROP FUNCTION reconciliation_payee_changed();
DROP FUNCTION reconciliation_note_payee(uuid, uuid, text[]);
"""
# Only what is confirmed, and not archived, tells whose a line is.
DESTINATION = """
CREATE TRIGGER destination_came AFTER INSERT ON "@TABLE"
    FOR EACH ROW WHEN (NEW.confirmed_at IS NOT NULL AND NEW.archived_at IS NULL)
    EXECUTE FUNCTION reconciliation_destination_changed();
CREATE TRIGGER destination_changed AFTER UPDATE ON "@TABLE"
    FOR EACH ROW WHEN (
        (OLD.confirmed_at IS NOT NULL AND OLD.archived_at IS NULL, OLD.payee_id)
        IS DISTINCT FROM
        (NEW.confirmed_at IS NOT NULL AND NEW.archived_at IS NULL, NEW.payee_id))
    EXECUTE FUNCTION reconciliation_destination_changed();
"""
DESTINATION_BACK = """
DROP TRIGGER destination_changed ON "@TABLE";
DROP TRIGGER destination_came ON "@TABLE";
"""
DESTINATIONS = ("payments_payeeaccount", "parties_payeekey")


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0021_reading_cents"),
        ("parties", "0008_payers"),
    ]

    operations = [
        migrations.RunSQL(with_columns(BILL, OF_BILL), with_columns(BILL)),
        migrations.RunSQL(with_columns(CHARGE, OF_CHARGE), with_columns(CHARGE)),
        migrations.RunSQL(PARTIES, PARTIES_BACK),
        *(
            migrations.RunSQL(
                DESTINATION.replace("@TABLE", table), DESTINATION_BACK.replace("@TABLE", table)
            )
            for table in DESTINATIONS
        ),
    ]
