"""What leaves an account by a rail on one day stays within its limits, whoever makes the orders.

Source: PostgreSQL documentation, "CREATE TRIGGER" (transition tables).
"""

from django.db import migrations

from tenants.rls import SecureTenantTable

# Of today, and what of former days has not left yet; but for what the bank certainly did not pay.
USED = """
CREATE FUNCTION payments_used_today(company uuid, account uuid, by_rail text) RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
DECLARE midnight timestamptz :=
    date_trunc('day', kamino_now() AT TIME ZONE 'America/Sao_Paulo') AT TIME ZONE 'America/Sao_Paulo';
BEGIN
    RETURN coalesce((
        SELECT sum(amount) FROM payments_paymentorder
        WHERE tenant_id = company AND bank_account_id = account AND rail = by_rail
            AND created_at >= midnight AND status NOT IN ('rejected', 'expired', 'cancelled')
    ), 0) + coalesce((
        SELECT sum(amount) FROM payments_paymentorder
        WHERE tenant_id = company AND bank_account_id = account AND rail = by_rail
            AND created_at < midnight AND status IN ('queued', 'sending')
    ), 0);
END $$;
CREATE FUNCTION payments_within_limits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE tight payments_accountlimit;
BEGIN
    FOR tight IN
        SELECT * FROM payments_accountlimit AS l
            WHERE (l.tenant_id, l.bank_account_id, l.rail) IN (
                SELECT tenant_id, bank_account_id, rail FROM made)
            ORDER BY l.id FOR NO KEY UPDATE
    LOOP
        IF EXISTS (
            SELECT FROM made WHERE tenant_id = tight.tenant_id
                AND bank_account_id = tight.bank_account_id AND rail = tight.rail
                AND amount > tight.per_payment
        ) OR payments_used_today(tight.tenant_id, tight.bank_account_id, tight.rail)
            > tight.per_day
        THEN
            RAISE EXCEPTION 'orders beyond a limit of account %', tight.bank_account_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'order_within_limits';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER order_within_limits AFTER INSERT ON "payments_paymentorder"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION payments_within_limits();
"""
USED_BACK = """
DROP TRIGGER order_within_limits ON "payments_paymentorder";
DROP FUNCTION payments_within_limits();
DROP FUNCTION payments_used_today(uuid, uuid, text);
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0025_account_limits")]

    operations = [
        SecureTenantTable("accountlimit"),
        migrations.RunSQL(USED, USED_BACK),
    ]
