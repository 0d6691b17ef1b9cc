"""Accounts and keys that bills were paid to count as confirmed; the others wait.

One is confirmed where the bank has paid a bill to it that another person than its author approved.
Who entered one is the author of the first bill that went to it. From now on nobody approves a bill
whose destination they entered themselves while nobody else has confirmed it, and the TED that a Pix
may become is one on file.
"""

from typing import Any

from django.db import migrations

ENTERED = """
UPDATE payments_payeeaccount AS account SET entered_by_id = first.created_by_id
FROM (
    SELECT DISTINCT ON (payee_account_id) payee_account_id, created_by_id
    FROM payments_payable WHERE payee_account_id IS NOT NULL
    ORDER BY payee_account_id, created_at, id
) AS first
WHERE account.id = first.payee_account_id
"""
KEYS = """
INSERT INTO parties_payeekey (
    id, tenant_id, payee_id, key_type, key, entered_by_id, created_at, archived_why
)
SELECT DISTINCT ON (payee_id, pix_key_type, pix_key)
    gen_random_uuid(), tenant_id, payee_id, pix_key_type, pix_key, created_by_id, created_at, ''
FROM payments_payable WHERE pix_key <> '' AND status <> 'cancelled'
ORDER BY payee_id, pix_key_type, pix_key, created_at, id
"""
# Somebody else than who entered it, where there are several.
PAID = """
SELECT DISTINCT ON (known.id) known.id, approval.person_id, approval.at
FROM payments_paymentorder AS paid
JOIN payments_payable AS bill ON bill.id = paid.payable_id
JOIN payments_approval AS approval ON approval.id = bill.approval_id
JOIN {table} AS known ON known.payee_id = bill.payee_id AND {match}
WHERE paid.status = 'paid' AND approval.person_id <> bill.created_by_id
ORDER BY known.id, approval.person_id IS NOT DISTINCT FROM known.entered_by_id, approval.at
"""
CONFIRMED = """
UPDATE {table} AS known
SET confirmed_by_id = by.person_id, confirmed_at = by.at, usable_from = by.at
FROM ({paid}) AS by WHERE known.id = by.id
"""
TO_ACCOUNT = """
CASE paid.rail WHEN 'ted' THEN paid.content WHEN 'pix' THEN paid.content->'destination' END
    @> jsonb_build_object('bank_code', known.bank_code, 'branch', known.branch,
        'account', known.account, 'account_type', known.account_type)
"""
TO_KEY = """
paid.rail = 'pix' AND paid.content->'destination'
    @> jsonb_build_object('type', known.key_type, 'value', known.key)
"""
MATCHES = {"payments_payeeaccount": TO_ACCOUNT, "parties_payeekey": TO_KEY}

GIVEN = """
CREATE FUNCTION payments_approval_destination() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bill payments_payable; ted jsonb := NEW.seal->'destinations'->'ted';
BEGIN
    SELECT * INTO bill FROM payments_payable
        WHERE tenant_id = NEW.tenant_id AND id = NEW.payable_id;
    IF EXISTS (
        SELECT FROM payments_payeeaccount
            WHERE tenant_id = bill.tenant_id AND id = bill.payee_account_id
                AND entered_by_id = NEW.person_id
                AND (confirmed_at IS NULL OR archived_at IS NOT NULL)
    ) OR bill.pix_key <> '' AND EXISTS (
        SELECT FROM parties_payeekey
            WHERE tenant_id = bill.tenant_id AND payee_id = bill.payee_id
                AND key_type = bill.pix_key_type AND key = bill.pix_key
                AND entered_by_id = NEW.person_id
    ) AND NOT EXISTS (
        SELECT FROM parties_payeekey
            WHERE tenant_id = bill.tenant_id AND payee_id = bill.payee_id
                AND key_type = bill.pix_key_type AND key = bill.pix_key
                AND confirmed_at IS NOT NULL AND archived_at IS NULL
    ) OR bill.method = 'pix' AND bill.payee_account_id IS NULL AND ted IS NOT NULL AND NOT EXISTS (
        SELECT FROM payments_payeeaccount
            WHERE tenant_id = bill.tenant_id AND payee_id = bill.payee_id
                AND ted = jsonb_build_object('bank_code', bank_code, 'branch', branch,
                    'account', account, 'account_type', account_type)
                AND archived_at IS NULL AND usable_from <= kamino_now()
    ) THEN
        RAISE EXCEPTION 'approval by % of a destination refused', NEW.person_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_destination';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_destination BEFORE INSERT ON "payments_approval"
    FOR EACH ROW EXECUTE FUNCTION payments_approval_destination();
"""
GIVEN_BACK = """
DROP TRIGGER approval_destination ON "payments_approval";
DROP FUNCTION payments_approval_destination();
"""


def confirm_former(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute(ENTERED)
            cursor.execute(KEYS)
            for table, match in MATCHES.items():
                cursor.execute(
                    CONFIRMED.format(table=table, paid=PAID.format(table=table, match=match))
                )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # before the tables are altered
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


class Migration(migrations.Migration):
    dependencies = [("payments", "0019_seal"), ("parties", "0005_register")]

    operations = [
        migrations.RunPython(confirm_former, migrations.RunPython.noop),
        migrations.RunSQL(GIVEN, GIVEN_BACK),
    ]
