"""Walls between companies, and a chain that only grows.

Triggers hold for every role, owner included. The functions run as their caller, within the scope
of the caller's company. Source: PostgreSQL documentation, "CREATE TRIGGER" (row triggers,
statement triggers on TRUNCATE, deferred constraint triggers).
"""

from django.db import migrations

from tenants.rls import SecureTenantTable

KEPT = """
CREATE FUNCTION audit_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: the audit only grows', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER record_immutable BEFORE UPDATE OR DELETE ON "audit_record"
    FOR EACH ROW EXECUTE FUNCTION audit_never();
CREATE TRIGGER record_kept BEFORE TRUNCATE ON "audit_record"
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never();
CREATE TRIGGER head_immutable BEFORE DELETE ON "audit_chainhead"
    FOR EACH ROW EXECUTE FUNCTION audit_never();
CREATE TRIGGER head_kept BEFORE TRUNCATE ON "audit_chainhead"
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never();
"""

# A record follows the head and moves it.
CHAINED = """
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audit_chainhead SET number = NEW.number, hash = NEW.hash
        WHERE tenant_id = NEW.tenant_id
            AND number = NEW.number - 1 AND hash = NEW.previous_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'audit record % does not follow the last one', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'record_chained';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER record_chained BEFORE INSERT ON "audit_record"
    FOR EACH ROW EXECUTE FUNCTION audit_chain();
"""

# A head that no record moved is found at the commit; a new one stands at nothing.
HEAD = """
CREATE FUNCTION audit_head_is_last() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number = 0 AND NEW.hash = repeat('0', 64) AND TG_OP = 'INSERT' THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (
        SELECT FROM audit_record
            WHERE tenant_id = NEW.tenant_id AND number = NEW.number AND hash = NEW.hash
    ) THEN
        RAISE EXCEPTION 'the head % of the audit is no record', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'head_is_last';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER head_is_last AFTER INSERT OR UPDATE ON "audit_chainhead"
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit_head_is_last();
CREATE FUNCTION audit_head_forwards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> OLD.number + 1 OR NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'the head of the audit goes from % to %', OLD.number, NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'head_forwards';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER head_forwards BEFORE UPDATE ON "audit_chainhead"
    FOR EACH ROW EXECUTE FUNCTION audit_head_forwards();
"""

BACK = """
DROP TRIGGER head_forwards ON "audit_chainhead";
DROP TRIGGER head_is_last ON "audit_chainhead";
DROP TRIGGER record_chained ON "audit_record";
DROP TRIGGER head_kept ON "audit_chainhead";
DROP TRIGGER head_immutable ON "audit_chainhead";
DROP TRIGGER record_kept ON "audit_record";
DROP TRIGGER record_immutable ON "audit_record";
DROP FUNCTION audit_head_forwards();
DROP FUNCTION audit_head_is_last();
DROP FUNCTION audit_chain();
DROP FUNCTION audit_never();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("tenants", "0002_walls")]

    operations = [
        SecureTenantTable("record"),
        SecureTenantTable("chainhead"),
        migrations.RunSQL(KEPT + CHAINED + HEAD, BACK),
    ]
