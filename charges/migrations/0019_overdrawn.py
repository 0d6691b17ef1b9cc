"""Of an advance that a special refund took while it was in use, nothing more is used."""

from django.db import migrations

WITHIN = """
CREATE OR REPLACE FUNCTION charges_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""
BEFORE = """
CREATE OR REPLACE FUNCTION charges_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid charges_settlement;
    done numeric;
    here numeric;
    counted numeric;
    of_advance numeric;
    used numeric;
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
    IF done > paid.received OR here > 0 AND counted + used > paid.received THEN
        RAISE EXCEPTION 'more would go back than came by payment %', paid.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_payment';
    END IF;
    IF of_advance + used > paid.excess THEN
        RAISE EXCEPTION 'the advance of payment % would be used twice', paid.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'advance_once';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("charges", "0018_lacking_of_held")]

    operations = [migrations.RunSQL(WITHIN, BEFORE)]
