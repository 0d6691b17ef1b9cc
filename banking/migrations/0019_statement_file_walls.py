"""Walls of the tables of statement files. A bank line is withdrawn, once, and is otherwise a fact; a
part of one that is withdrawn stands for nothing.

Source: PostgreSQL documentation, "CREATE TRIGGER" (triggers of one event fire in the order of their
names).
"""

from django.db import migrations

from tenants.rls import SecureTenantTable

# The line is locked by allocation_fits before: what is withdrawn meanwhile is seen here.
WITHDRAWN = """
DROP TRIGGER statementline_immutable ON "banking_statementline";
CREATE TRIGGER statementline_immutable BEFORE DELETE ON "banking_statementline"
    FOR EACH ROW EXECUTE FUNCTION banking_never_changed();
CREATE TRIGGER statementline_is_a_fact BEFORE UPDATE ON "banking_statementline"
    FOR EACH ROW WHEN (
        OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
        OR (OLD.id, OLD.tenant_id, OLD.bank_account_id, OLD.bank_id, OLD.booked_on,
            OLD.occurred_at, OLD.amount, OLD.kind, OLD.description, OLD.counterparty_name,
            OLD.counterparty_document, OLD.raw, OLD.is_from_file, OLD.operation_on,
            OLD.end_to_end_id)
        IS DISTINCT FROM
           (NEW.id, NEW.tenant_id, NEW.bank_account_id, NEW.bank_id, NEW.booked_on,
            NEW.occurred_at, NEW.amount, NEW.kind, NEW.description, NEW.counterparty_name,
            NEW.counterparty_document, NEW.raw, NEW.is_from_file, NEW.operation_on,
            NEW.end_to_end_id)
    ) EXECUTE FUNCTION banking_never_changed();

CREATE FUNCTION banking_line_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM banking_allocation
        WHERE tenant_id = NEW.tenant_id AND statement_line_id = NEW.id AND ended_at IS NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'a part of the bank line stands for something'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'statementline_in_use';
    END IF;
    PERFORM 1 FROM banking_linesource WHERE tenant_id = NEW.tenant_id AND line_id = NEW.id;
    IF FOUND OR NOT NEW.is_from_file THEN
        RAISE EXCEPTION 'the bank line still has a source'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'statementline_has_source';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER statementline_may_go BEFORE UPDATE ON "banking_statementline"
    FOR EACH ROW WHEN (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL)
    EXECUTE FUNCTION banking_line_is_free();

CREATE FUNCTION banking_allocation_line_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM banking_statementline
        WHERE tenant_id = NEW.tenant_id AND id = NEW.statement_line_id
            AND withdrawn_at IS NOT NULL;
    IF FOUND AND NEW.ended_at IS NULL THEN
        RAISE EXCEPTION 'the bank line was withdrawn'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_line_stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER allocation_line_stands BEFORE INSERT ON "banking_allocation"
    FOR EACH ROW EXECUTE FUNCTION banking_allocation_line_stands();
"""
WITHDRAWN_BACK = """
DROP TRIGGER allocation_line_stands ON "banking_allocation";
DROP FUNCTION banking_allocation_line_stands();
DROP TRIGGER statementline_may_go ON "banking_statementline";
DROP FUNCTION banking_line_is_free();
DROP TRIGGER statementline_is_a_fact ON "banking_statementline";
DROP TRIGGER statementline_immutable ON "banking_statementline";
CREATE TRIGGER statementline_immutable BEFORE UPDATE OR DELETE ON "banking_statementline"
    FOR EACH ROW EXECUTE FUNCTION banking_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("banking", "0018_statement_files")]

    operations = [
        SecureTenantTable("statementfile"),
        SecureTenantTable("filechunk"),
        SecureTenantTable("filerow"),
        SecureTenantTable("linesource"),
        SecureTenantTable("columnmap"),
        migrations.RunSQL(WITHDRAWN, WITHDRAWN_BACK),
    ]
