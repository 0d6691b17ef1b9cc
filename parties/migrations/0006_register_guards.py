"""Nobody confirms what they entered, and what was confirmed says the same ever after.

The functions run as their caller, within the scope of the caller's company. Source: PostgreSQL
documentation, "CREATE TRIGGER" (row triggers, WHEN).
"""

from collections import defaultdict
from typing import Any

from django.db import migrations

from brazil.document import is_same_company
from parties.similarity import bare_name

TABLES = {
    "payments_payeeaccount": ["payee_id", "bank_code", "branch", "account", "account_type"],
    "parties_payeekey": ["payee_id", "key_type", "key"],
}

# A row is born unconfirmed; who wrote it stays; it is confirmed once, by another person who may.
WRITTEN = """
CREATE FUNCTION parties_destination_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rest interval := coalesce((
    SELECT rest_hours FROM parties_registersettings WHERE tenant_id = NEW.tenant_id
), 0) * interval '1 hour';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.confirmed_at IS NULL AND NEW.archived_at IS NULL THEN RETURN NEW; END IF;
    ELSIF (OLD.tenant_id, OLD.entered_by_id, OLD.brought_by_id, OLD.created_at)
        IS DISTINCT FROM (NEW.tenant_id, NEW.entered_by_id, NEW.brought_by_id, NEW.created_at)
    THEN
        NULL;
    ELSIF OLD.archived_at IS NOT NULL AND (OLD.archived_at, OLD.archived_by_id, OLD.confirmed_at)
        IS DISTINCT FROM (NEW.archived_at, NEW.archived_by_id, NEW.confirmed_at)
    THEN
        NULL;
    ELSIF (OLD.confirmed_by_id, OLD.confirmed_at, OLD.usable_from)
        IS NOT DISTINCT FROM (NEW.confirmed_by_id, NEW.confirmed_at, NEW.usable_from)
    THEN
        RETURN NEW;
    ELSIF OLD.confirmed_at IS NULL
        AND NEW.confirmed_by_id IS DISTINCT FROM NEW.entered_by_id
        AND NEW.confirmed_by_id IS DISTINCT FROM NEW.brought_by_id
        AND NEW.confirmed_at >= kamino_now() - interval '5 minutes'
        AND NEW.usable_from >= NEW.confirmed_at + rest
        AND EXISTS (
            SELECT FROM tenants_membership
                WHERE tenant_id = NEW.tenant_id AND user_id = NEW.confirmed_by_id
                    AND role IN ('admin', 'aprovador')
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% % is not confirmed so', TG_TABLE_NAME, NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'destination_by_another';
END $$;
CREATE FUNCTION parties_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;
"""
WRITTEN_BACK = """
DROP FUNCTION parties_never();
DROP FUNCTION parties_destination_written();
"""


def guard(table: str, says: list[str]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in says) for row in ("OLD", "NEW"))
    return f"""
    CREATE TRIGGER destination_written BEFORE INSERT OR UPDATE ON "{table}"
        FOR EACH ROW EXECUTE FUNCTION parties_destination_written();
    CREATE TRIGGER destination_frozen BEFORE UPDATE OF {", ".join(says)} ON "{table}"
        FOR EACH ROW WHEN (
            OLD.confirmed_at IS NOT NULL AND ({old}) IS DISTINCT FROM ({new})
        )
        EXECUTE FUNCTION parties_never();
    """


def guard_back(table: str) -> str:
    return f"""
    DROP TRIGGER destination_frozen ON "{table}";
    DROP TRIGGER destination_written ON "{table}";
    """


# A merge is proposed, then decided once; only a confirmed one makes a payee another.
MERGED = """
CREATE FUNCTION parties_merge_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.decided_at IS NULL THEN RETURN NEW; END IF;
    ELSIF OLD.decided_at IS NULL
        AND (OLD.tenant_id, OLD.source_id, OLD.target_id, OLD.proposed_by_id, OLD.proposed_at)
            = (NEW.tenant_id, NEW.source_id, NEW.target_id, NEW.proposed_by_id, NEW.proposed_at)
        AND (NOT NEW.is_confirmed OR EXISTS (
            SELECT FROM tenants_membership
                WHERE tenant_id = NEW.tenant_id AND user_id = NEW.decided_by_id
                    AND role IN ('admin', 'aprovador')))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'merge % is not decided so', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'merge_by_another';
END $$;
CREATE TRIGGER merge_written BEFORE INSERT OR UPDATE ON "parties_payeemerge"
    FOR EACH ROW EXECUTE FUNCTION parties_merge_written();
CREATE FUNCTION parties_payee_merged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.archived_at IS NULL OR NOT EXISTS (
        SELECT FROM parties_payeemerge
            WHERE tenant_id = NEW.tenant_id AND source_id = NEW.id
                AND target_id = NEW.merged_into_id AND is_confirmed
    ) THEN
        RAISE EXCEPTION 'payee % was not merged so', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payee_merged';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payee_merged BEFORE UPDATE OF merged_into_id, archived_at ON "payments_payee"
    FOR EACH ROW WHEN (
        OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id OR NEW.merged_into_id IS NOT NULL
    )
    EXECUTE FUNCTION parties_payee_merged();
CREATE TRIGGER payee_born_single BEFORE INSERT ON "payments_payee"
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION parties_payee_merged();
"""
MERGED_BACK = """
DROP TRIGGER payee_born_single ON "payments_payee";
DROP TRIGGER payee_merged ON "payments_payee";
DROP FUNCTION parties_payee_merged();
DROP TRIGGER merge_written ON "parties_payeemerge";
DROP FUNCTION parties_merge_written();
"""


def note_same_names(apps: Any, schema_editor: Any) -> None:
    """Of the payees of before only those whose bare names are the same, the later one.

    Company by company: the owner writes within a scope too.
    """
    payees, alike = (
        apps.get_model("parties", name).objects.using("owner") for name in ("Payee", "SimilarName")
    )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            named = defaultdict(list)
            for payee in payees.filter(tenant_id=tenant_id).order_by("id"):
                named[bare_name(payee.name)].append(payee)
            alike.bulk_create(
                alike.model(tenant_id=tenant_id, payee=later, other=earlier)
                for same in named.values()
                for number, later in enumerate(same)
                for earlier in same[:number]
                if not is_same_company(later.document, earlier.document)
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # before the tables are altered
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_register"), ("payments", "0021_former_destinations")]

    operations = [
        migrations.RunPython(note_same_names, migrations.RunPython.noop),
        migrations.RunSQL(WRITTEN, WRITTEN_BACK),
        *[
            migrations.RunSQL(guard(table, says), guard_back(table))
            for table, says in TABLES.items()
        ],
        migrations.RunSQL(MERGED, MERGED_BACK),
    ]
