"""How many people a bill needs is counted by the database, and so is who counts as two.

Sources: PostgreSQL documentation, "CREATE TRIGGER", "Array Functions and Operators" (&&) and
"Pattern Matching" (regexp_match).
"""

from typing import Any

from django.db import migrations

from tenants.rls import SecureTenantTable

# A company by the root of its CNPJ, which its establishments share. The key of a Pix code stands
# in its field 26, after the name of the arrangement (EMVCo; Manual do BR Code).
RECEIVERS = r"""
CREATE FUNCTION payments_named(document text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT 'who:' || CASE WHEN length($1) = 14 THEN left($1, 8) ELSE $1 END
$$;
CREATE FUNCTION payments_receivers(bill payments_payable) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE names text[]; in_code text[]; key text := bill.pix_key;
BEGIN
    SELECT array_agg(payments_named(document)) INTO names FROM payments_payee
        WHERE tenant_id = bill.tenant_id AND id = bill.payee_id;
    IF bill.payee_account_id IS NOT NULL THEN
        SELECT names || format('account:%s/%s/%s', bank_code, ltrim(branch, '0'),
            ltrim(account, '0')) INTO names
            FROM payments_payeeaccount
            WHERE tenant_id = bill.tenant_id AND id = bill.payee_account_id;
    END IF;
    IF bill.title_document <> '' THEN
        names := names || payments_named(bill.title_document);
    END IF;
    IF bill.pix_code <> '' THEN
        in_code := regexp_match(bill.pix_code, '0014br\.gov\.bcb\.pix01(\d\d)(.*)$', 'i');
        key := coalesce(left(in_code[2], in_code[1]::int), '');
    END IF;
    IF key ~ '^(\d{11}|[0-9A-Z]{12}\d{2})$' THEN
        names := names || payments_named(key);
    ELSIF key <> '' THEN
        names := names || ('key:' || lower(key));
    ELSIF bill.pix_charge <> '' THEN
        names := names || ('charge:' || bill.pix_charge);
    END IF;
    RETURN coalesce(names, '{}');
END $$;
CREATE FUNCTION payments_write_receivers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.receivers := payments_receivers(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER payable_receivers BEFORE INSERT OR UPDATE OF
    payee_id, payee_account_id, title_document, pix_key, pix_code, pix_charge, receivers
    ON "payments_payable" FOR EACH ROW EXECUTE FUNCTION payments_write_receivers();
"""
RECEIVERS_BACK = """
DROP TRIGGER payable_receivers ON "payments_payable";
DROP FUNCTION payments_write_receivers();
DROP FUNCTION payments_receivers(payments_payable);
DROP FUNCTION payments_named(text);
"""

# NULL is without a limit. A delegation counts for no bill of whoever gave it.
TIERS = """
CREATE FUNCTION payments_own_limit(company uuid, someone bigint) RETURNS numeric
LANGUAGE sql STABLE AS $$
    SELECT tier.alone_up_to FROM payments_approvaltier AS tier
        JOIN tenants_membership AS m ON m.tenant_id = $1 AND m.user_id = $2
        WHERE tier.tenant_id = $1 AND (tier.person_id = $2 OR tier.role = m.role)
        ORDER BY tier.person_id IS NULL LIMIT 1
$$;
CREATE FUNCTION payments_limit_for(bill payments_payable, someone bigint) RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
DECLARE own numeric := payments_own_limit(bill.tenant_id, someone);
BEGIN
    IF own IS NULL THEN RETURN NULL; END IF;
    RETURN greatest(own, (
        SELECT max(least(d.up_to, payments_own_limit(d.tenant_id, d.delegator_id)))
        FROM payments_delegation AS d
        JOIN tenants_membership AS m ON m.tenant_id = d.tenant_id
            AND m.user_id = d.delegator_id AND m.role IN ('admin', 'aprovador')
        WHERE d.tenant_id = bill.tenant_id AND d.delegate_id = someone
            AND d.revoked_at IS NULL AND d.starts_at <= kamino_now() AND kamino_now() < d.ends_at
            AND d.delegator_id <> bill.created_by_id
            AND NOT EXISTS (
                SELECT FROM payments_payableedit AS e
                WHERE e.tenant_id = bill.tenant_id AND e.payable_id = bill.id
                    AND e.round = bill.approval_round AND e.person_id = d.delegator_id
                    AND e.is_sealed)
    ));
END $$;
CREATE FUNCTION payments_released(bill payments_payable) RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
DECLARE days integer := coalesce(
    (SELECT window_days FROM payments_paymentrules WHERE tenant_id = bill.tenant_id), 7);
    names text[] := payments_receivers(bill);
BEGIN
    RETURN coalesce((
        SELECT sum(amount) FROM payments_payable AS other
        WHERE other.tenant_id = bill.tenant_id AND other.id <> bill.id
            AND other.due_date BETWEEN bill.due_date - days AND bill.due_date + days
            AND other.status IN ('approved', 'sent', 'paid') AND other.receivers && names
    ), 0);
END $$;
CREATE FUNCTION payments_people_needed(bill payments_payable, someone bigint) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE alone numeric;
BEGIN
    IF NOT EXISTS (SELECT FROM payments_approvaltier WHERE tenant_id = bill.tenant_id) THEN
        RETURN 1;
    END IF;
    alone := payments_limit_for(bill, someone);
    IF alone IS NULL THEN RETURN 1; END IF;
    IF bill.amount > alone OR bill.amount + payments_released(bill) > alone THEN RETURN 2; END IF;
    RETURN 1;
END $$;
-- Bills that stay below somebody's limit one by one, and do not together.
CREATE FUNCTION payments_alike(bill payments_payable) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE days integer; found record;
BEGIN
    IF NOT EXISTS (
        SELECT FROM payments_approvaltier
            WHERE tenant_id = bill.tenant_id AND alone_up_to >= bill.amount
    ) THEN RETURN NULL; END IF;
    days := coalesce(
        (SELECT window_days FROM payments_paymentrules WHERE tenant_id = bill.tenant_id), 7);
    SELECT count(*) AS bills, sum(amount) AS total, min(due_date) AS since, max(due_date) AS until
        INTO found FROM payments_payable AS other
        WHERE other.tenant_id = bill.tenant_id AND other.status <> 'cancelled'
            AND other.due_date BETWEEN bill.due_date - days AND bill.due_date + days
            AND other.receivers && bill.receivers;
    IF NOT EXISTS (
        SELECT FROM payments_approvaltier
            WHERE tenant_id = bill.tenant_id AND alone_up_to >= bill.amount
                AND alone_up_to < found.total
    ) THEN RETURN NULL; END IF;
    RETURN jsonb_build_object('bills', found.bills, 'total', found.total::text,
        'days', found.until - found.since + 1);
END $$;
"""
TIERS_BACK = """
DROP FUNCTION payments_alike(payments_payable);
DROP FUNCTION payments_people_needed(payments_payable, bigint);
DROP FUNCTION payments_released(payments_payable);
DROP FUNCTION payments_limit_for(payments_payable, bigint);
DROP FUNCTION payments_own_limit(uuid, bigint);
"""

# Who delegated to whom counts as one, if the delegation was in force when either approved.
TWO_PEOPLE = """
CREATE FUNCTION payments_two_people(company uuid, bill uuid, which smallint, what text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM payments_approval AS one
        JOIN payments_approval AS two ON two.tenant_id = one.tenant_id
            AND two.payable_id = one.payable_id AND two.round = one.round
            AND two.digest = one.digest AND two.person_id > one.person_id
        WHERE one.tenant_id = $1 AND one.payable_id = $2 AND one.round = $3 AND one.digest = $4
            AND NOT EXISTS (
                SELECT FROM payments_delegation AS d
                WHERE d.tenant_id = $1
                    AND (d.delegator_id, d.delegate_id) IN (
                        (one.person_id, two.person_id), (two.person_id, one.person_id))
                    AND (one.at >= d.starts_at AND one.at < coalesce(d.revoked_at, d.ends_at)
                        OR two.at >= d.starts_at AND two.at < coalesce(d.revoked_at, d.ends_at)))
    )
$$;
CREATE FUNCTION payments_enough_people() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE given payments_approval;
BEGIN
    SELECT * INTO given FROM payments_approval
        WHERE tenant_id = NEW.tenant_id AND id = NEW.approval_id;
    IF NEW.approvals_needed < payments_people_needed(NEW, given.person_id)
        OR NEW.approvals_needed > 1 AND NOT payments_two_people(
            NEW.tenant_id, NEW.id, NEW.approval_round, given.digest)
    THEN
        RAISE EXCEPTION 'bill % needs other people', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payable_enough_people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payable_enough_people BEFORE UPDATE OF status ON "payments_payable"
    FOR EACH ROW WHEN (OLD.status = 'pending' AND NEW.status = 'approved')
    EXECUTE FUNCTION payments_enough_people();
"""
TWO_PEOPLE_BACK = """
DROP TRIGGER payable_enough_people ON "payments_payable";
DROP FUNCTION payments_enough_people();
DROP FUNCTION payments_two_people(uuid, uuid, smallint, text);
"""

# Within a round the number only grows, and of an approved bill it stays.
GROWS = """
DROP TRIGGER payable_people_needed ON "payments_payable";
CREATE TRIGGER payable_people_needed BEFORE UPDATE OF approvals_needed ON "payments_payable"
    FOR EACH ROW WHEN (
        OLD.approval_round = NEW.approval_round AND (
            NEW.approvals_needed < OLD.approvals_needed
            OR OLD.status <> 'pending' AND NEW.approvals_needed <> OLD.approvals_needed)
    )
    EXECUTE FUNCTION payments_never();
"""
GROWS_BACK = """
DROP TRIGGER payable_people_needed ON "payments_payable";
CREATE TRIGGER payable_people_needed BEFORE UPDATE OF approvals_needed ON "payments_payable"
    FOR EACH ROW WHEN (
        OLD.status <> 'pending' AND OLD.approvals_needed IS DISTINCT FROM NEW.approvals_needed
    )
    EXECUTE FUNCTION payments_never();
"""

DELEGATED = """
CREATE FUNCTION payments_delegated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM tenants_membership WHERE tenant_id = NEW.tenant_id
            AND user_id IN (NEW.delegator_id, NEW.delegate_id)
            AND role IN ('admin', 'aprovador')) < 2
        OR NEW.up_to > payments_own_limit(NEW.tenant_id, NEW.delegator_id)
        OR NEW.revoked_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'delegation to % refused', NEW.delegate_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_given';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_given BEFORE INSERT ON "payments_delegation"
    FOR EACH ROW EXECUTE FUNCTION payments_delegated();
CREATE TRIGGER delegation_kept BEFORE UPDATE ON "payments_delegation"
    FOR EACH ROW WHEN (
        OLD.revoked_at IS NOT NULL
        OR (OLD.tenant_id, OLD.delegator_id, OLD.delegate_id, OLD.up_to, OLD.starts_at, OLD.ends_at)
            IS DISTINCT FROM (
            NEW.tenant_id, NEW.delegator_id, NEW.delegate_id, NEW.up_to, NEW.starts_at, NEW.ends_at)
    )
    EXECUTE FUNCTION payments_never();
CREATE TRIGGER delegation_stays BEFORE DELETE ON "payments_delegation"
    FOR EACH ROW EXECUTE FUNCTION payments_never();
"""
DELEGATED_BACK = """
DROP TRIGGER delegation_stays ON "payments_delegation";
DROP TRIGGER delegation_kept ON "payments_delegation";
DROP TRIGGER delegation_given ON "payments_delegation";
DROP FUNCTION payments_delegated();
"""


def name_receivers(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute('UPDATE "payments_payable" SET receivers = receivers')
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # before the table is altered
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


class Migration(migrations.Migration):
    dependencies = [("payments", "0023_tiers")]

    operations = [
        SecureTenantTable("paymentrules"),
        SecureTenantTable("approvaltier"),
        SecureTenantTable("delegation"),
        migrations.RunSQL(RECEIVERS, RECEIVERS_BACK),
        migrations.RunPython(name_receivers, migrations.RunPython.noop),
        migrations.RunSQL(TIERS, TIERS_BACK),
        migrations.RunSQL(TWO_PEOPLE, TWO_PEOPLE_BACK),
        migrations.RunSQL(GROWS, GROWS_BACK),
        migrations.RunSQL(DELEGATED, DELEGATED_BACK),
    ]
