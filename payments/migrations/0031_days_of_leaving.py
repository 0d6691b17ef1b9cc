"""Tiers count what leaves together, and not only what is due together.

Bills that are overdue, or are paid before they are due, leave on one day though their due dates are
far apart: each alone would stay below what a person approves alone.
"""

from django.db import migrations

# São Paulo day on which the money of a bill may leave, or of a paid one could.
LEAVES = """
CREATE FUNCTION payments_leaves(bill payments_payable) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT greatest(least($1.due_date, $1.payment_date), CASE
        WHEN $1.status <> 'paid' THEN (kamino_now() AT TIME ZONE 'America/Sao_Paulo')::date
        ELSE (SELECT (a.at AT TIME ZONE 'America/Sao_Paulo')::date FROM payments_approval AS a
            WHERE a.tenant_id = $1.tenant_id AND a.id = $1.approval_id)
    END)
$$;
"""
DUE = "other.due_date BETWEEN bill.due_date - days AND bill.due_date + days"
TOGETHER = f"""({DUE} OR payments_leaves(other)
                BETWEEN payments_leaves(bill) - days AND payments_leaves(bill) + days)"""
RELEASED = """
CREATE OR REPLACE FUNCTION payments_released(bill payments_payable) RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
DECLARE days integer := coalesce(
    (SELECT window_days FROM payments_paymentrules WHERE tenant_id = bill.tenant_id), 7);
    names text[] := payments_receivers(bill);
BEGIN
    RETURN coalesce((
        SELECT sum(amount) FROM payments_payable AS other
        WHERE other.tenant_id = bill.tenant_id AND other.id <> bill.id
            AND other.status IN ('approved', 'sent', 'paid') AND other.receivers && names
            AND {near}
    ), 0);
END $$;
"""
ALIKE = """
CREATE OR REPLACE FUNCTION payments_alike(bill payments_payable) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE days integer; found record;
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_approvaltier
            WHERE tenant_id = bill.tenant_id AND alone_up_to >= bill.amount
    ) THEN RETURN NULL; END IF;
    days := coalesce(
        (SELECT window_days FROM payments_paymentrules WHERE tenant_id = bill.tenant_id), 7);
    SELECT count(*) AS bills, sum(amount) AS total, min({day}) AS since, max({day}) AS until
        INTO found FROM payments_payable AS other
        WHERE other.tenant_id = bill.tenant_id AND other.status <> 'cancelled'
            AND other.receivers && bill.receivers
            AND {near};
    IF NOT EXISTS (
        SELECT FROM payments_approvaltier
            WHERE tenant_id = bill.tenant_id AND alone_up_to >= bill.amount
                AND alone_up_to < found.total
    ) THEN RETURN NULL; END IF;
    RETURN jsonb_build_object('bills', found.bills, 'total', found.total::text,
        'days', found.until - found.since + 1);
END $$;
"""


def functions(near: str) -> str:
    return RELEASED.format(near=near) + ALIKE.format(near=near, day="due_date")


class Migration(migrations.Migration):
    dependencies = [("payments", "0030_look_alikes")]

    operations = [
        migrations.RunSQL(LEAVES, "DROP FUNCTION payments_leaves(payments_payable)"),
        migrations.RunSQL(functions(TOGETHER), functions(DUE)),
    ]
