"""Of bills that may be the same debt, more are named, and who entered each and what for.

A series of instalments of one document is longer than the five that were named before, and the
newest hid the others.
"""

from django.db import migrations

SAME_DEBT = r"""
CREATE OR REPLACE FUNCTION payments_possible_duplicates(bill payments_payable) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE days integer; numbers text[] := payments_document_numbers(bill.description); far integer;
BEGIN
    IF bill.status NOT IN ('pending', 'approved') THEN RETURN NULL; END IF;
    days := coalesce(
        (SELECT duplicate_days FROM payments_paymentrules WHERE tenant_id = bill.tenant_id), 15);
    far := CASE WHEN numbers = '{}' THEN days ELSE 180 END;
    RETURN (
        SELECT jsonb_agg(jsonb_build_object(
            'id', o.id, 'payee', p.name, 'amount', o.amount::text, 'due_date', o.due_date,
            'status', o.status, 'method', o.method, <more>'by', said.name, 'at', said.at))
        FROM (
            SELECT other.* FROM payments_payable AS other
            WHERE other.tenant_id = bill.tenant_id AND other.id <> bill.id
                AND other.status <> 'cancelled'
                AND other.due_date BETWEEN bill.due_date - far AND bill.due_date + far
                AND other.receivers && bill.receivers
                AND (other.amount = bill.amount
                        AND other.due_date BETWEEN bill.due_date - days AND bill.due_date + days
                    OR payments_document_numbers(other.description) && numbers)
            ORDER BY other.created_at DESC, other.id DESC LIMIT <most>
        ) AS o
        JOIN payments_payee AS p ON p.tenant_id = o.tenant_id AND p.id = o.payee_id
        <author>LEFT JOIN LATERAL (
            SELECT coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.email) AS name,
                a.at
            FROM payments_acknowledgement AS a JOIN tenants_user AS u ON u.id = a.person_id
            WHERE a.tenant_id = bill.tenant_id AND a.kind = 'different'
                AND (a.payable_id, a.other_id) IN ((bill.id, o.id), (o.id, bill.id))
            ORDER BY a.at DESC LIMIT 1
        ) AS said ON true
    );
END $$;
"""
AUTHOR = """JOIN (
            SELECT id, coalesce(nullif(trim(first_name || ' ' || last_name), ''), email) AS name
            FROM tenants_user
        ) AS author ON author.id = o.created_by_id
        """
MORE = "'description', o.description, 'author', author.name, "


def same_debt(most: int, more: str = "", author: str = "") -> str:
    return (
        SAME_DEBT.replace("<most>", str(most)).replace("<more>", more).replace("<author>", author)
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0029_key_holder")]

    operations = [migrations.RunSQL(same_debt(20, MORE, AUTHOR), same_debt(5))]
