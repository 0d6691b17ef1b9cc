"""The line of the statement that paid an order is one of banking's allocations.

What an order was given before becomes one, to the line of its entry on the account's Conta do
Ativo. An entry that was reversed stands for nothing, so its order is given none.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import tenants.models

# The entry that stands now: the order's own, or the last one written in its place.
ALLOCATE = """
WITH RECURSIVE standing AS (
    SELECT o.id AS order_id, o.entry_id, 0 AS depth
    FROM payments_paymentorder AS o
    WHERE o.statement_line_id IS NOT NULL AND o.entry_id IS NOT NULL
    UNION ALL
    SELECT s.order_id, e.id, s.depth + 1
    FROM standing AS s JOIN accounts_journalentry AS e ON e.replaces_id = s.entry_id
), last AS (
    SELECT DISTINCT ON (order_id) order_id, entry_id FROM standing ORDER BY order_id, depth DESC
)
INSERT INTO banking_allocation (
    id, tenant_id, statement_line_id, journal_line_id, amount, created_at
)
SELECT gen_random_uuid(), o.tenant_id, bank.id, line.id,
       sign(bank.amount) * least(abs(bank.amount), abs(line.amount)), now()
FROM last
JOIN payments_paymentorder AS o ON o.id = last.order_id
JOIN banking_bankaccount AS account ON account.id = o.bank_account_id
JOIN banking_statementline AS bank
    ON bank.id = o.statement_line_id AND bank.bank_account_id = account.id
JOIN accounts_journalline AS line
    ON line.entry_id = last.entry_id AND line.account_id = account.ledger_account_id
    AND sign(line.amount) = sign(bank.amount)
WHERE NOT EXISTS (
    SELECT 1 FROM accounts_journalentry AS reversal WHERE reversal.reverses_id = last.entry_id
)
"""

# As `SecureTenantTable` does it for the keys that a table is born with.
COMPANY_IN_KEY = """
ALTER TABLE "payments_paymentorder" ADD CONSTRAINT "payments_paymentorder_return_entry_id_tenant_fk"
    FOREIGN KEY (tenant_id, return_entry_id) REFERENCES "accounts_journalentry" (tenant_id, id)
    DEFERRABLE INITIALLY DEFERRED
"""
COMPANY_IN_KEY_BACK = """
ALTER TABLE "payments_paymentorder" DROP CONSTRAINT "payments_paymentorder_return_entry_id_tenant_fk"
"""


def allocate(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute(ALLOCATE)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # before the tables are altered
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0016_order_keys"),
        ("banking", "0013_allocation"),
        ("accounts", "0008_provisional_day"),
    ]

    operations = [
        migrations.RunPython(allocate, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="paymentorder", name="order_statement_line_once"),
        migrations.RemoveField(model_name="paymentorder", name="statement_line"),
        migrations.AddField(
            model_name="paymentorder",
            name="return_entry",
            field=tenants.models.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.journalentry",
            ),
        ),
        migrations.RunSQL(COMPANY_IN_KEY, COMPANY_IN_KEY_BACK),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ["unknown", "at_bank", "scheduled", "paid", "returned"])
                ),
                fields=["tenant", "bank_account", "first_sent_at"],
                name="order_in_statement",
            ),
        ),
    ]
