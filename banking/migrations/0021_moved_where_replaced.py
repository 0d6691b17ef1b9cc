"""Entries that take no other's place are posted without a look at all bank lines: of rows that are
new the planner knows nothing, and may read a million lines for none."""

from django.db import migrations

MOVED = """
CREATE OR REPLACE FUNCTION banking_allocation_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM made AS line
        JOIN accounts_journalentry AS entry
            ON entry.tenant_id = line.tenant_id AND entry.id = line.entry_id
            AND entry.replaces_id IS NOT NULL)
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO banking_allocation (
        id, tenant_id, statement_line_id, journal_line_id, amount, created_at, created_by_id,
        ended_at, undone_by_id
    )
    SELECT gen_random_uuid(), a.tenant_id, a.statement_line_id, line.id, a.amount, now(),
           a.created_by_id, CASE WHEN a.undone_by_id IS NOT NULL THEN a.ended_at END,
           a.undone_by_id
    FROM made AS line
    JOIN accounts_journalentry AS entry
        ON entry.tenant_id = line.tenant_id AND entry.id = line.entry_id
        AND entry.replaces_id IS NOT NULL
    JOIN accounts_journalline AS former
        ON former.tenant_id = line.tenant_id AND former.entry_id = entry.replaces_id
        AND former.position = line.position AND former.amount = line.amount
    JOIN banking_allocation AS a
        ON a.tenant_id = former.tenant_id AND a.journal_line_id = former.id
    JOIN banking_statementline AS bank
        ON bank.tenant_id = a.tenant_id AND bank.id = a.statement_line_id
    JOIN banking_bankaccount AS account
        ON account.tenant_id = bank.tenant_id AND account.id = bank.bank_account_id
    WHERE a.undone_by_id IS NOT NULL
        OR a.ended_at = now() AND account.ledger_account_id = line.account_id
    ORDER BY a.statement_line_id;
    RETURN NULL;
END $$;
"""
FORMER = """
CREATE OR REPLACE FUNCTION banking_allocation_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO banking_allocation (
        id, tenant_id, statement_line_id, journal_line_id, amount, created_at, created_by_id,
        ended_at, undone_by_id
    )
    SELECT gen_random_uuid(), a.tenant_id, a.statement_line_id, line.id, a.amount, now(),
           a.created_by_id, CASE WHEN a.undone_by_id IS NOT NULL THEN a.ended_at END,
           a.undone_by_id
    FROM made AS line
    JOIN accounts_journalentry AS entry
        ON entry.tenant_id = line.tenant_id AND entry.id = line.entry_id
        AND entry.replaces_id IS NOT NULL
    JOIN accounts_journalline AS former
        ON former.tenant_id = line.tenant_id AND former.entry_id = entry.replaces_id
        AND former.position = line.position AND former.amount = line.amount
    JOIN banking_allocation AS a
        ON a.tenant_id = former.tenant_id AND a.journal_line_id = former.id
    JOIN banking_statementline AS bank
        ON bank.tenant_id = a.tenant_id AND bank.id = a.statement_line_id
    JOIN banking_bankaccount AS account
        ON account.tenant_id = bank.tenant_id AND account.id = bank.bank_account_id
    WHERE a.undone_by_id IS NOT NULL
        OR a.ended_at = now() AND account.ledger_account_id = line.account_id
    ORDER BY a.statement_line_id;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("banking", "0020_withdrawn_lines")]

    operations = [migrations.RunSQL(MOVED, FORMER)]
