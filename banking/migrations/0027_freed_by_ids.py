"""What a reversal frees, and what follows an entry to where it is written again, is found by ids in
steps. Joined in one statement, rows that are new were met by whole tables where the planner knew
nothing of them, or had planned while there were few."""

from django.db import migrations

FREED = """
CREATE OR REPLACE FUNCTION banking_allocation_freed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines uuid[];
BEGIN
    lines := ARRAY(
        SELECT id FROM accounts_journalline
        WHERE entry_id = ANY (ARRAY(SELECT reverses_id FROM made WHERE reverses_id IS NOT NULL))
    );
    IF cardinality(lines) = 0 THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM banking_statementline
        WHERE id = ANY (ARRAY(
            SELECT statement_line_id FROM banking_allocation
            WHERE journal_line_id = ANY (lines) AND ended_at IS NULL
        ))
        ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM accounts_journalline WHERE id = ANY (lines) ORDER BY id FOR NO KEY UPDATE;
    UPDATE banking_allocation SET ended_at = now()
        WHERE journal_line_id = ANY (lines) AND ended_at IS NULL;
    RETURN NULL;
END $$;
"""
FREED_BACK = """
CREATE OR REPLACE FUNCTION banking_allocation_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM made WHERE reverses_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM banking_statementline
        WHERE id IN (
            SELECT a.statement_line_id FROM made AS reversal
            JOIN accounts_journalline AS line
                ON line.tenant_id = reversal.tenant_id AND line.entry_id = reversal.reverses_id
            JOIN banking_allocation AS a
                ON a.tenant_id = line.tenant_id AND a.journal_line_id = line.id
            WHERE a.ended_at IS NULL
        )
        ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM accounts_journalline AS line
        WHERE (line.tenant_id, line.entry_id) IN (SELECT tenant_id, reverses_id FROM made)
        ORDER BY line.id FOR NO KEY UPDATE;
    UPDATE banking_allocation AS a SET ended_at = now()
        FROM made AS reversal
        JOIN accounts_journalline AS line
            ON line.tenant_id = reversal.tenant_id AND line.entry_id = reversal.reverses_id
        WHERE a.tenant_id = line.tenant_id AND a.journal_line_id = line.id
            AND a.ended_at IS NULL;
    RETURN NULL;
END $$;
"""
MOVED = """
CREATE OR REPLACE FUNCTION banking_allocation_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    replaced uuid[];
    former_lines uuid[];
BEGIN
    replaced := ARRAY(
        SELECT replaces_id FROM accounts_journalentry
        WHERE id = ANY (ARRAY(SELECT DISTINCT entry_id FROM made)) AND replaces_id IS NOT NULL
    );
    IF cardinality(replaced) = 0 THEN
        RETURN NULL;
    END IF;
    former_lines := ARRAY(SELECT id FROM accounts_journalline WHERE entry_id = ANY (replaced));
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
    WHERE former.id = ANY (former_lines) AND a.journal_line_id = ANY (former_lines)
        AND (a.undone_by_id IS NOT NULL
            OR a.ended_at = now() AND account.ledger_account_id = line.account_id)
    ORDER BY a.statement_line_id;
    RETURN NULL;
END $$;
"""
MOVED_BACK = """
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


class Migration(migrations.Migration):
    dependencies = [("banking", "0026_line_doubt_walls")]

    operations = [
        migrations.RunSQL(FREED, FREED_BACK),
        migrations.RunSQL(MOVED, MOVED_BACK),
    ]
