"""An order's key follows from what it pays: an order that never left lends it to the next one.

Whatever is under one key is the same request; the keys that are there stay.
"""

from django.db import migrations, models

NEVER_LEFT = models.Q(status="cancelled", first_sent_at=None)

# The order that takes over a key pays the same. Two that live, or reached a bank, never share one.
SAME_CONTENT = """
CREATE FUNCTION payments_key_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payments_paymentorder
            WHERE tenant_id = NEW.tenant_id AND key = NEW.key
                AND status = 'cancelled' AND first_sent_at IS NULL
                AND (payable_id, bank_account_id, rail, amount, content) IS DISTINCT FROM
                    (NEW.payable_id, NEW.bank_account_id, NEW.rail, NEW.amount, NEW.content)
    ) THEN
        RAISE EXCEPTION 'key % was made for another payment', NEW.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_key_content';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_key_content BEFORE INSERT ON "payments_paymentorder"
    FOR EACH ROW EXECUTE FUNCTION payments_key_content();
"""
SAME_CONTENT_BACK = """
DROP TRIGGER order_key_content ON "payments_paymentorder";
DROP FUNCTION payments_key_content();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_tracking_round"), ("tenants", "0005_sending_lock")]

    operations = [
        migrations.AlterField(
            model_name="paymentorder",
            name="key",
            field=models.UUIDField(editable=False),
        ),
        migrations.RemoveConstraint(model_name="paymentorder", name="order_key_once"),
        migrations.AddConstraint(
            model_name="paymentorder",
            constraint=models.UniqueConstraint(
                fields=["tenant", "key"], condition=~NEVER_LEFT, name="order_key_once"
            ),
        ),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                fields=["tenant", "key"], condition=NEVER_LEFT, name="order_key_free"
            ),
        ),
        migrations.RunSQL(SAME_CONTENT, SAME_CONTENT_BACK),
    ]
