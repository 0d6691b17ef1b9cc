"""What must never happen to matches, forbidden by the database, and what follows by itself.

Sources: PostgreSQL documentation, "CREATE TRIGGER" (constraint triggers run at the commit; triggers
of one event run in the order of their names) and "Transaction Isolation" (Read Committed: each
statement sees what is committed before it begins).
"""

from django.db import migrations

from tenants.rls import SecureTenantTable

KEPT = """
CREATE FUNCTION reconciliation_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER match_kept BEFORE DELETE ON "reconciliation_match"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER match_frozen BEFORE UPDATE ON "reconciliation_match"
    FOR EACH ROW WHEN (
        OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
        OR (OLD.id, OLD.tenant_id, OLD.kind, OLD.degree, OLD.reasons, OLD.score, OLD.why,
            OLD.payee_id, OLD.payer_id, OLD.exception_id, OLD.made_by_id, OLD.made_at)
        IS DISTINCT FROM
        (NEW.id, NEW.tenant_id, NEW.kind, NEW.degree, NEW.reasons, NEW.score, NEW.why,
            NEW.payee_id, NEW.payer_id, NEW.exception_id, NEW.made_by_id, NEW.made_at))
    EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER matchline_kept BEFORE DELETE ON "reconciliation_matchline"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER matchline_frozen BEFORE UPDATE ON "reconciliation_matchline"
    FOR EACH ROW WHEN (
        OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
        OR (OLD.id, OLD.tenant_id, OLD.match_id, OLD.statement_line_id, OLD.amount,
            OLD.is_ignored, OLD.added_by_id, OLD.added_at)
        IS DISTINCT FROM
        (NEW.id, NEW.tenant_id, NEW.match_id, NEW.statement_line_id, NEW.amount,
            NEW.is_ignored, NEW.added_by_id, NEW.added_at))
    EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER matchpart_kept BEFORE UPDATE OR DELETE ON "reconciliation_matchpart"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER matcheffect_kept BEFORE UPDATE OR DELETE ON "reconciliation_matcheffect"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER transfer_kept BEFORE DELETE ON "reconciliation_transfer"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER transfer_frozen BEFORE UPDATE ON "reconciliation_transfer"
    FOR EACH ROW WHEN (
        OLD.ended_at IS NOT NULL
        OR (OLD.id, OLD.tenant_id, OLD.match_id, OLD.from_account_id, OLD.to_account_id,
            OLD.amount, OLD.begun_on, OLD.waits_for_arrival, OLD.made_at)
        IS DISTINCT FROM
        (NEW.id, NEW.tenant_id, NEW.match_id, NEW.from_account_id, NEW.to_account_id,
            NEW.amount, NEW.begun_on, NEW.waits_for_arrival, NEW.made_at))
    EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER linecomment_kept BEFORE UPDATE OR DELETE ON "reconciliation_linecomment"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER linefile_kept BEFORE DELETE ON "reconciliation_linefile"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
"""
NOT_KEPT = """
DROP TRIGGER linefile_kept ON "reconciliation_linefile";
DROP TRIGGER linecomment_kept ON "reconciliation_linecomment";
DROP TRIGGER transfer_frozen ON "reconciliation_transfer";
DROP TRIGGER transfer_kept ON "reconciliation_transfer";
DROP TRIGGER matcheffect_kept ON "reconciliation_matcheffect";
DROP TRIGGER matchpart_kept ON "reconciliation_matchpart";
DROP TRIGGER matchline_frozen ON "reconciliation_matchline";
DROP TRIGGER matchline_kept ON "reconciliation_matchline";
DROP TRIGGER match_frozen ON "reconciliation_match";
DROP TRIGGER match_kept ON "reconciliation_match";
DROP FUNCTION reconciliation_never();
"""

# A part of a line is ignored, or stands for something, and both together are no more than the line.
# `allocation_fits` has locked the line before `allocation_not_ignored` runs.
WITHIN_LINE = """
CREATE FUNCTION reconciliation_ignored_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whole numeric;
    used numeric;
BEGIN
    SELECT amount INTO whole FROM banking_statementline
        WHERE tenant_id = NEW.tenant_id AND id = NEW.statement_line_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such bank line in the company'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'matchline_same_company';
    END IF;
    SELECT (SELECT coalesce(sum(abs(amount)), 0) FROM banking_allocation
            WHERE tenant_id = NEW.tenant_id AND statement_line_id = NEW.statement_line_id
                AND ended_at IS NULL)
         + (SELECT coalesce(sum(abs(amount)), 0) FROM reconciliation_matchline
            WHERE tenant_id = NEW.tenant_id AND statement_line_id = NEW.statement_line_id
                AND is_ignored AND ended_at IS NULL)
        INTO used;
    IF sign(NEW.amount) <> sign(whole) OR abs(NEW.amount) > abs(whole)
        OR NEW.is_ignored AND used + abs(NEW.amount) > abs(whole)
    THEN
        RAISE EXCEPTION 'the bank line has no such part'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'matchline_within_line';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER matchline_within_line BEFORE INSERT ON "reconciliation_matchline"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_ignored_fits();

CREATE FUNCTION reconciliation_not_ignored() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ignored numeric;
    whole numeric;
    used numeric;
BEGIN
    SELECT coalesce(sum(abs(amount)), 0) INTO ignored FROM reconciliation_matchline
        WHERE tenant_id = NEW.tenant_id AND statement_line_id = NEW.statement_line_id
            AND is_ignored AND ended_at IS NULL;
    IF ignored = 0 THEN
        RETURN NEW;
    END IF;
    SELECT abs(amount) INTO whole FROM banking_statementline
        WHERE tenant_id = NEW.tenant_id AND id = NEW.statement_line_id;
    SELECT coalesce(sum(abs(amount)), 0) INTO used FROM banking_allocation
        WHERE tenant_id = NEW.tenant_id AND statement_line_id = NEW.statement_line_id
            AND ended_at IS NULL;
    IF used + ignored + abs(NEW.amount) > whole THEN
        RAISE EXCEPTION 'the bank line is ignored'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_line_ignored';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER allocation_not_ignored BEFORE INSERT ON "banking_allocation"
    FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION reconciliation_not_ignored();
"""
NOT_WITHIN_LINE = """
DROP TRIGGER allocation_not_ignored ON "banking_allocation";
DROP FUNCTION reconciliation_not_ignored();
DROP TRIGGER matchline_within_line ON "reconciliation_matchline";
DROP FUNCTION reconciliation_ignored_fits();
"""

# With a match its lines and its transfer end.
ENDS = """
CREATE FUNCTION reconciliation_match_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reconciliation_matchline SET ended_at = NEW.ended_at
        WHERE tenant_id = NEW.tenant_id AND match_id = NEW.id AND ended_at IS NULL;
    UPDATE reconciliation_transfer SET ended_at = NEW.ended_at
        WHERE tenant_id = NEW.tenant_id AND match_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER match_ends AFTER UPDATE OF ended_at ON "reconciliation_match"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_match_ends();
"""
NOT_ENDS = """
DROP TRIGGER match_ends ON "reconciliation_match";
DROP FUNCTION reconciliation_match_ends();
"""

# An entry that is written again in this transaction takes its allocation along (banking 0013): the
# new one is of the same match.
FOLLOWS = """
CREATE FUNCTION reconciliation_part_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reconciliation_matchpart (id, tenant_id, match_id, allocation_id)
    SELECT gen_random_uuid(), NEW.tenant_id, part.match_id, NEW.id
    FROM accounts_journalline AS line
    JOIN accounts_journalentry AS entry
        ON entry.tenant_id = line.tenant_id AND entry.id = line.entry_id
        AND entry.replaces_id IS NOT NULL
    JOIN accounts_journalline AS former
        ON former.tenant_id = line.tenant_id AND former.entry_id = entry.replaces_id
        AND former.position = line.position AND former.amount = line.amount
    JOIN banking_allocation AS freed
        ON freed.tenant_id = line.tenant_id AND freed.journal_line_id = former.id
        AND freed.statement_line_id = NEW.statement_line_id
        AND freed.amount = NEW.amount AND freed.ended_at = now() AND freed.undone_by_id IS NULL
    JOIN reconciliation_matchpart AS part
        ON part.tenant_id = line.tenant_id AND part.allocation_id = freed.id
    WHERE line.tenant_id = NEW.tenant_id AND line.id = NEW.journal_line_id
    LIMIT 1;
    RETURN NULL;
END $$;
CREATE TRIGGER allocation_part_follows AFTER INSERT ON "banking_allocation"
    FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION reconciliation_part_follows();
"""
NOT_FOLLOWS = """
DROP TRIGGER allocation_part_follows ON "banking_allocation";
DROP FUNCTION reconciliation_part_follows();
"""

# A match none of whose allocations stands is over, whoever ended them.
LAST_PART = """
CREATE FUNCTION reconciliation_last_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reconciliation_match AS m SET ended_at = NEW.ended_at
        WHERE m.tenant_id = NEW.tenant_id AND m.ended_at IS NULL
            AND m.id IN (SELECT match_id FROM reconciliation_matchpart
                WHERE tenant_id = NEW.tenant_id AND allocation_id = NEW.id)
            AND NOT EXISTS (SELECT FROM reconciliation_matchpart AS part
                JOIN banking_allocation AS a
                    ON a.tenant_id = part.tenant_id AND a.id = part.allocation_id
                WHERE part.tenant_id = NEW.tenant_id AND part.match_id = m.id
                    AND a.ended_at IS NULL);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER allocation_last_part AFTER UPDATE OF ended_at ON "banking_allocation"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reconciliation_last_part();
"""
NOT_LAST_PART = """
DROP TRIGGER allocation_last_part ON "banking_allocation";
DROP FUNCTION reconciliation_last_part();
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_matches")]

    operations = [
        SecureTenantTable("match"),
        SecureTenantTable("matchline"),
        SecureTenantTable("matchpart"),
        SecureTenantTable("matcheffect"),
        SecureTenantTable("transfer"),
        SecureTenantTable("linecomment"),
        SecureTenantTable("linefile"),
        migrations.RunSQL(KEPT, NOT_KEPT),
        migrations.RunSQL(WITHIN_LINE, NOT_WITHIN_LINE),
        migrations.RunSQL(ENDS, NOT_ENDS),
        migrations.RunSQL(FOLLOWS, NOT_FOLLOWS),
        migrations.RunSQL(LAST_PART, NOT_LAST_PART),
    ]
