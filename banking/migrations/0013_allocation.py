"""Which part of a bank line stands for which journal line: one owner, held by the database.

Sources: PostgreSQL documentation, "Explicit Locking", "CREATE TRIGGER" (transition tables) and
"Transaction Isolation": under READ COMMITTED each statement of a volatile function sees what was
committed before it began, so what is read after a lock was waited for is the state as it is now.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models
from tenants.rls import SecureTenantTable

# The bank line is locked first, then the journal line, by all who allocate.
FITS = """
CREATE FUNCTION banking_allocation_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bank record;
    posted record;
    used numeric;
BEGIN
    IF NEW.ended_at IS NOT NULL THEN
        RETURN NEW;  -- what a person undid, remembered for the entry that replaces the former one
    END IF;
    SELECT amount, bank_account_id INTO bank FROM banking_statementline
        WHERE tenant_id = NEW.tenant_id AND id = NEW.statement_line_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such bank line in the company'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'allocation_same_company';
    END IF;
    SELECT amount, account_id, entry_id INTO posted FROM accounts_journalline
        WHERE tenant_id = NEW.tenant_id AND id = NEW.journal_line_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such journal line in the company'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'allocation_same_company';
    END IF;
    PERFORM 1 FROM banking_bankaccount
        WHERE tenant_id = NEW.tenant_id AND id = bank.bank_account_id
            AND ledger_account_id = posted.account_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the journal line is not on the Conta do Ativo of the bank line'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_same_account';
    END IF;
    IF sign(NEW.amount) <> sign(bank.amount) OR sign(NEW.amount) <> sign(posted.amount) THEN
        RAISE EXCEPTION 'a part has the sign of both lines'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_same_sign';
    END IF;
    PERFORM 1 FROM accounts_journalentry
        WHERE tenant_id = NEW.tenant_id
            AND (id = posted.entry_id AND reverses_id IS NOT NULL
                 OR reverses_id = posted.entry_id);
    IF FOUND THEN
        RAISE EXCEPTION 'a reversed entry stands for nothing, nor does its reversal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_entry_stands';
    END IF;
    SELECT coalesce(sum(abs(amount)), 0) INTO used FROM banking_allocation
        WHERE tenant_id = NEW.tenant_id AND statement_line_id = NEW.statement_line_id
            AND ended_at IS NULL;
    IF used + abs(NEW.amount) > abs(bank.amount) THEN
        RAISE EXCEPTION 'the bank line is used already'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_line_used';
    END IF;
    SELECT coalesce(sum(abs(amount)), 0) INTO used FROM banking_allocation
        WHERE tenant_id = NEW.tenant_id AND journal_line_id = NEW.journal_line_id
            AND ended_at IS NULL;
    IF used + abs(NEW.amount) > abs(posted.amount) THEN
        RAISE EXCEPTION 'the journal line is used already'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_entry_used';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER allocation_fits BEFORE INSERT ON "banking_allocation"
    FOR EACH ROW EXECUTE FUNCTION banking_allocation_fits();
"""
FITS_BACK = """
DROP TRIGGER allocation_fits ON "banking_allocation";
DROP FUNCTION banking_allocation_fits();
"""

# It may end, once; whatever else it says stays.
KEPT = """
CREATE FUNCTION banking_allocation_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept record;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        kept := NEW;
        kept.ended_at := OLD.ended_at;
        kept.undone_by_id := OLD.undone_by_id;
        IF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND kept IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % refused: it may only end', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'allocation_kept';
END $$;
CREATE TRIGGER allocation_kept BEFORE UPDATE OR DELETE ON "banking_allocation"
    FOR EACH ROW EXECUTE FUNCTION banking_allocation_kept();
"""
KEPT_BACK = """
DROP TRIGGER allocation_kept ON "banking_allocation";
DROP FUNCTION banking_allocation_kept();
"""

# A reversal frees what its entry stood for. It locks the bank lines before the journal lines, as
# whoever allocates does: an allocation that is being made is either seen here or finds the
# reversal.
FREED = """
CREATE FUNCTION banking_allocation_freed() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER allocation_freed AFTER INSERT ON "accounts_journalentry"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION banking_allocation_freed();
"""
FREED_BACK = """
DROP TRIGGER allocation_freed ON "accounts_journalentry";
DROP FUNCTION banking_allocation_freed();
"""

# What was freed in this transaction goes on with the entry that takes the place of the former one,
# if that is on the account's Conta do Ativo; what a person undid is remembered for it.
MOVED = """
CREATE FUNCTION banking_allocation_moved() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER allocation_moved AFTER INSERT ON "accounts_journalline"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION banking_allocation_moved();
"""
MOVED_BACK = """
DROP TRIGGER allocation_moved ON "accounts_journalline";
DROP FUNCTION banking_allocation_moved();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0012_unread_movement"),
        ("accounts", "0008_provisional_day"),
        ("core", "0001_clock"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Allocation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="valor"),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "journal_line",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="accounts.journalline",
                    ),
                ),
                (
                    "statement_line",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="banking.statementline",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tenant", "statement_line"], name="allocation_of_line"),
                    models.Index(fields=["tenant", "journal_line"], name="allocation_of_entry"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("tenant", "statement_line", "journal_line"),
                        name="allocation_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True),
                        name="allocation_not_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("undone_by", None), ("ended_at__isnull", False), _connector="OR"
                        ),
                        name="allocation_undone_has_ended",
                    ),
                ],
            },
        ),
        SecureTenantTable("allocation"),
        migrations.RunSQL(FITS, FITS_BACK),
        migrations.RunSQL(KEPT, KEPT_BACK),
        migrations.RunSQL(FREED, FREED_BACK),
        migrations.RunSQL(MOVED, MOVED_BACK),
    ]
