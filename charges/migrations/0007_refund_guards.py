"""What must never happen to refunds and to advances, forbidden by the database.

The allowed moves are those of charges/states.py. Whoever adds to what is taken of a payment holds
its row: of two at once the second one counts what the first one took.
Source: PostgreSQL documentation, "CREATE TRIGGER" and "Transaction Isolation" (Read Committed: each
statement sees what is committed before it begins).
"""

from django.db import migrations

MOVES = """
CREATE FUNCTION charges_refund_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (
        ('waiting', 'queued'), ('waiting', 'withdrawn'),
        ('queued', 'sending'), ('queued', 'withdrawn'),
        ('sending', 'queued'), ('sending', 'unknown'), ('sending', 'at_bank'),
        ('sending', 'done'), ('sending', 'failed'),
        ('unknown', 'queued'), ('unknown', 'at_bank'), ('unknown', 'done'), ('unknown', 'failed'),
        ('at_bank', 'done'), ('at_bank', 'failed')
    ) THEN
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_moves';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refund_moves BEFORE UPDATE OF status ON "charges_refund"
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION charges_refund_moves();
"""
NO_MOVES = """
DROP TRIGGER refund_moves ON "charges_refund";
DROP FUNCTION charges_refund_moves();
"""

# What is done is a fact, ours or not: never more than came. What may still leave by us has to fit
# beside it. An advance is used, or given back, once.
WITHIN = """
CREATE FUNCTION charges_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid charges_settlement;
    done numeric;
    here numeric;
    counted numeric;
    of_advance numeric;
    used numeric;
    overdrawn_then numeric := 0;
BEGIN
    SELECT * INTO paid FROM charges_settlement
        WHERE tenant_id = NEW.tenant_id AND id = NEW.settlement_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount) FILTER (WHERE status = 'done'), 0),
           coalesce(sum(amount) FILTER (WHERE status IN ('waiting', 'queued')), 0),
           coalesce(sum(amount), 0), coalesce(sum(excess), 0)
        INTO done, here, counted, of_advance
        FROM charges_refund
        WHERE tenant_id = NEW.tenant_id AND settlement_id = NEW.settlement_id
            AND status NOT IN ('withdrawn', 'failed');
    SELECT coalesce(sum(amount), 0) INTO used FROM charges_advanceuse
        WHERE tenant_id = NEW.tenant_id AND settlement_id = NEW.settlement_id AND ended_at IS NULL;
    -- What was taken of an advance in use may be more than is left: nothing more is used of it then.
    IF TG_TABLE_NAME = 'charges_advanceuse' AND TG_OP = 'INSERT' THEN
        SELECT coalesce(sum(overdrawn), 0) INTO overdrawn_then FROM charges_refund
            WHERE tenant_id = NEW.tenant_id AND settlement_id = NEW.settlement_id
                AND status NOT IN ('withdrawn', 'failed');
    END IF;
    IF done > paid.received OR here > 0 AND counted + used > paid.received THEN
        RAISE EXCEPTION 'more would go back than came by payment %', paid.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_payment';
    END IF;
    IF of_advance + used + overdrawn_then > paid.excess THEN
        RAISE EXCEPTION 'the advance of payment % would be used twice', paid.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'advance_once';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refund_within_payment AFTER INSERT OR UPDATE OF status, amount, excess
    ON "charges_refund" FOR EACH ROW EXECUTE FUNCTION charges_within_payment();
CREATE TRIGGER advance_once AFTER INSERT OR UPDATE OF amount, ended_at, settlement_id
    ON "charges_advanceuse" FOR EACH ROW EXECUTE FUNCTION charges_within_payment();
"""
NOT_WITHIN = """
DROP TRIGGER advance_once ON "charges_advanceuse";
DROP TRIGGER refund_within_payment ON "charges_refund";
DROP FUNCTION charges_within_payment();
"""

FROZEN = """
CREATE TRIGGER refund_kept BEFORE DELETE ON "charges_refund"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
CREATE TRIGGER advanceuse_kept BEFORE DELETE ON "charges_advanceuse"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
CREATE TRIGGER refund_frozen BEFORE UPDATE OF
    tenant_id, charge_id, settlement_id, bank_account_id, kind, amount, asked_by_id
    ON "charges_refund" FOR EACH ROW WHEN (
        (OLD.tenant_id, OLD.charge_id, OLD.settlement_id, OLD.bank_account_id, OLD.kind, OLD.amount,
            OLD.asked_by_id)
        IS DISTINCT FROM
        (NEW.tenant_id, NEW.charge_id, NEW.settlement_id, NEW.bank_account_id, NEW.kind, NEW.amount,
            NEW.asked_by_id))
    EXECUTE FUNCTION charges_never();
CREATE TRIGGER refund_posted_frozen BEFORE UPDATE OF principal, late, excess, overdrawn, debt
    ON "charges_refund" FOR EACH ROW WHEN (
        OLD.entry_id IS NOT NULL
        AND (OLD.principal, OLD.late, OLD.excess, OLD.overdrawn, OLD.debt)
        IS DISTINCT FROM (NEW.principal, NEW.late, NEW.excess, NEW.overdrawn, NEW.debt))
    EXECUTE FUNCTION charges_never();
CREATE TRIGGER refund_released_frozen BEFORE UPDATE OF released_by_id, second_by_id, key, reason
    ON "charges_refund" FOR EACH ROW WHEN (
        OLD.status <> 'waiting'
        AND (OLD.released_by_id, OLD.second_by_id, OLD.key, OLD.reason)
        IS DISTINCT FROM (NEW.released_by_id, NEW.second_by_id, NEW.key, NEW.reason))
    EXECUTE FUNCTION charges_never();
CREATE TRIGGER advanceuse_frozen BEFORE UPDATE OF
    tenant_id, settlement_id, amount, became_id, bill, by_id ON "charges_advanceuse"
    FOR EACH ROW WHEN (
        (OLD.tenant_id, OLD.settlement_id, OLD.amount, OLD.became_id, OLD.bill, OLD.by_id)
        IS DISTINCT FROM
        (NEW.tenant_id, NEW.settlement_id, NEW.amount, NEW.became_id, NEW.bill, NEW.by_id))
    EXECUTE FUNCTION charges_never();
"""
NOT_FROZEN = """
DROP TRIGGER advanceuse_frozen ON "charges_advanceuse";
DROP TRIGGER refund_released_frozen ON "charges_refund";
DROP TRIGGER refund_posted_frozen ON "charges_refund";
DROP TRIGGER refund_frozen ON "charges_refund";
DROP TRIGGER advanceuse_kept ON "charges_advanceuse";
DROP TRIGGER refund_kept ON "charges_refund";
"""


class Migration(migrations.Migration):
    dependencies = [("charges", "0006_state_machines")]

    operations = [
        migrations.RunSQL(MOVES, NO_MOVES),
        migrations.RunSQL(WITHIN, NOT_WITHIN),
        migrations.RunSQL(FROZEN, NOT_FROZEN),
    ]
