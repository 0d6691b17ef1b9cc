"""What a bank calls a charge's slip, and whether it is alive there, is often learned after the charge
came; and whether a payment waits for a person is said after it was sent. Lines of that value and
party are looked at anew then.

As in 0008 each trigger writes one row for each item that is another now.
"""

from django.db import migrations

LIVE = "('registering', 'open', 'in_payment', 'unknown', 'paid')"
SLIPS = """
CREATE FUNCTION reconciliation_slip_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER slip_came AFTER INSERT ON "charges_slip"
    FOR EACH ROW WHEN (NEW.our_number <> '' OR NEW.reference <> '' OR NEW.status IN @LIVE)
    EXECUTE FUNCTION reconciliation_slip_changed();
CREATE TRIGGER slip_changed AFTER UPDATE ON "charges_slip"
    FOR EACH ROW WHEN (
        (OLD.our_number, OLD.reference, OLD.bank_account_id, OLD.status IN @LIVE,
            OLD.status IN ('withdrawn', 'refused'))
        IS DISTINCT FROM
        (NEW.our_number, NEW.reference, NEW.bank_account_id, NEW.status IN @LIVE,
            NEW.status IN ('withdrawn', 'refused')))
    EXECUTE FUNCTION reconciliation_slip_changed();
""".replace("@LIVE", LIVE)
SLIPS_BACK = """
DROP TRIGGER slip_changed ON "charges_slip";
DROP TRIGGER slip_came ON "charges_slip";
DROP FUNCTION reconciliation_slip_changed();
"""

ORDERS = """
DROP TRIGGER order_changed ON "payments_paymentorder";
CREATE TRIGGER order_changed AFTER UPDATE ON "payments_paymentorder"
    FOR EACH ROW WHEN (
        (@OLD, OLD.reference) IS DISTINCT FROM (@NEW, NEW.reference))
    EXECUTE FUNCTION reconciliation_order_changed();
"""
FORMER = "@ROW.status IN ('sending', 'unknown', 'at_bank', 'scheduled')"
STATE = """@ROW.needs_person, @ROW.status IN ('queued', 'sending'),
            @ROW.status IN ('unknown', 'at_bank', 'scheduled')"""


def with_state(state: str) -> str:
    told = ORDERS
    for row in ("OLD", "NEW"):
        told = told.replace(f"@{row}", state.replace("@ROW", row))
    return told


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0024_cost_center_walls"),
        ("charges", "0015_way_told_later"),
    ]

    operations = [
        migrations.RunSQL(SLIPS, SLIPS_BACK),
        migrations.RunSQL(with_state(STATE), with_state(FORMER)),
    ]
