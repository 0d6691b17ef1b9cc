"""What was approved is what leaves: the database compares each order with the seal of its bill.

Bills that were approved before have an approval from who approved them, of what they say and of
the account of the TED that was fixed then. Source of the row-comparing triggers: PostgreSQL
documentation, "CREATE TRIGGER" (WHEN); of the operators on JSON: "JSON Functions and Operators".
"""

import json
from hashlib import sha256
from typing import Any

from django.db import migrations, models
from django.db.models import Q

BATCH = 2000

FROZEN = [
    "payee_id", "payee_account_id", "method", "linha_digitavel", "amount", "created_by_id",
    "tenant_id", "pix_key_type", "pix_key", "pix_code", "pix_charge", "payment_date",
    "due_date",
]  # fmt: skip


def frozen(columns: list[str]) -> str:
    old = ", ".join(f"OLD.{column}" for column in columns)
    new = ", ".join(f"NEW.{column}" for column in columns)
    return f"""
    DROP TRIGGER payable_frozen ON "payments_payable";
    CREATE TRIGGER payable_frozen BEFORE UPDATE OF {", ".join(columns)} ON "payments_payable"
        FOR EACH ROW WHEN (OLD.status <> 'pending' AND ({old}) IS DISTINCT FROM ({new}))
        EXECUTE FUNCTION payments_never();
    """


KEPT = """
CREATE TRIGGER approval_immutable BEFORE UPDATE OR DELETE ON "payments_approval"
    FOR EACH ROW EXECUTE FUNCTION payments_never();
CREATE TRIGGER edit_immutable BEFORE UPDATE OR DELETE ON "payments_payableedit"
    FOR EACH ROW EXECUTE FUNCTION payments_never();
"""
KEPT_BACK = """
DROP TRIGGER edit_immutable ON "payments_payableedit";
DROP TRIGGER approval_immutable ON "payments_approval";
"""

# Who gives it may give it: of this company, with the role, and no author of what they approve.
GIVEN = """
CREATE FUNCTION payments_approval_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM tenants_membership
            WHERE tenant_id = NEW.tenant_id AND user_id = NEW.person_id
                AND role IN ('admin', 'aprovador')
    ) OR NOT EXISTS (
        SELECT FROM payments_payable
            WHERE tenant_id = NEW.tenant_id AND id = NEW.payable_id
                AND status = 'pending' AND approval_round = NEW.round
                AND created_by_id <> NEW.person_id
    ) OR EXISTS (
        SELECT FROM payments_payableedit
            WHERE tenant_id = NEW.tenant_id AND payable_id = NEW.payable_id
                AND round = NEW.round AND person_id = NEW.person_id AND is_sealed
    ) THEN
        RAISE EXCEPTION 'approval by % refused', NEW.person_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_given BEFORE INSERT ON "payments_approval"
    FOR EACH ROW EXECUTE FUNCTION payments_approval_given();
"""
GIVEN_BACK = """
DROP TRIGGER approval_given ON "payments_approval";
DROP FUNCTION payments_approval_given();
"""

# A bill is approved by enough people, each of what it says then; and only then.
APPROVED = """
CREATE FUNCTION payments_own_destination(bill payments_payable) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN bill.method = 'boleto' THEN jsonb_build_object('linha_digitavel', bill.linha_digitavel)
        WHEN bill.method = 'ted' THEN account.details
        WHEN bill.pix_code <> '' THEN
            jsonb_build_object('destination', jsonb_build_object('payload', bill.pix_code))
        WHEN bill.pix_key <> '' THEN
            jsonb_build_object('destination', jsonb_build_object(
                'type', bill.pix_key_type, 'value', bill.pix_key))
        ELSE jsonb_build_object('destination', account.details)
    END
    FROM (SELECT) AS nothing LEFT JOIN LATERAL (
        SELECT jsonb_build_object('bank_code', bank_code, 'branch', branch, 'account', account,
            'account_type', account_type) AS details
        FROM payments_payeeaccount WHERE tenant_id = bill.tenant_id AND id = bill.payee_account_id
    ) AS account ON true
$$;
CREATE FUNCTION payments_payable_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE given payments_approval;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status = 'pending' THEN RETURN NEW; END IF;
    ELSIF NEW.status = 'pending' AND OLD.status <> 'pending' THEN
        IF NEW.approval_round = OLD.approval_round + 1 THEN RETURN NEW; END IF;
    ELSIF NEW.approval_round <> OLD.approval_round THEN
        NULL;
    ELSIF OLD.status = 'pending' AND NEW.status = 'approved' THEN
        SELECT * INTO given FROM payments_approval
            WHERE tenant_id = NEW.tenant_id AND id = NEW.approval_id
                AND payable_id = NEW.id AND round = NEW.approval_round;
        IF FOUND AND (given.seal->>'amount')::numeric = NEW.amount
            AND (given.seal->>'day')::date = least(NEW.due_date, NEW.payment_date)
            AND given.seal->'payee'->>'document' = (
                SELECT document FROM payments_payee
                    WHERE tenant_id = NEW.tenant_id AND id = NEW.payee_id)
            AND given.seal->'destinations'->NEW.method = payments_own_destination(NEW)
            AND NEW.approvals_needed <= (
                SELECT count(*) FROM payments_approval
                    WHERE tenant_id = NEW.tenant_id AND payable_id = NEW.id
                        AND round = NEW.approval_round AND digest = given.digest
                        AND seal = given.seal)
        THEN RETURN NEW; END IF;
    ELSIF OLD.approval_id IS NOT DISTINCT FROM NEW.approval_id THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'bill % is not approved so', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payable_approval';
END $$;
CREATE TRIGGER payable_approval_written
    BEFORE UPDATE OF status, approval_id, approval_round ON "payments_payable"
    FOR EACH ROW WHEN (
        OLD.status = 'pending' OR NEW.status = 'pending'
        OR (OLD.approval_id, OLD.approval_round)
            IS DISTINCT FROM (NEW.approval_id, NEW.approval_round)
    )
    EXECUTE FUNCTION payments_payable_approval();
CREATE TRIGGER payable_born_pending BEFORE INSERT ON "payments_payable"
    FOR EACH ROW WHEN (NEW.status <> 'pending') EXECUTE FUNCTION payments_payable_approval();
CREATE TRIGGER payable_people_needed BEFORE UPDATE OF approvals_needed ON "payments_payable"
    FOR EACH ROW WHEN (
        OLD.status <> 'pending' AND OLD.approvals_needed IS DISTINCT FROM NEW.approvals_needed
    )
    EXECUTE FUNCTION payments_never();
"""
APPROVED_BACK = """
DROP TRIGGER payable_people_needed ON "payments_payable";
DROP TRIGGER payable_born_pending ON "payments_payable";
DROP TRIGGER payable_approval_written ON "payments_payable";
DROP FUNCTION payments_payable_approval();
DROP FUNCTION payments_own_destination(payments_payable);
"""

# What is left of the content without what every order has is the destination, as it was sealed.
SEALED = """
CREATE FUNCTION payments_is_sealed(
    company uuid, bill uuid, rail text, amount numeric, content jsonb
) RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT EXISTS (
        SELECT FROM payments_payable AS p
        JOIN payments_approval AS a
            ON a.tenant_id = p.tenant_id AND a.id = p.approval_id AND a.round = p.approval_round
        WHERE p.tenant_id = $1 AND p.id = $2 AND p.status IN ('approved', 'sent')
            AND (a.seal->>'day')::date <= (kamino_now() AT TIME ZONE 'America/Sao_Paulo')::date
            AND (a.seal->>'amount')::numeric = $4
            AND $5->>'amount' = a.seal->>'amount'
            AND a.seal->'destinations'->$3 = $5 - ARRAY[
                'amount', 'holder_name', 'holder_document', 'description', 'code']
            AND ($3 = 'boleto' OR (
                $5->>'holder_name' = a.seal->'payee'->>'name'
                AND $5->>'holder_document' = a.seal->'payee'->>'document'))
    )
$$;
CREATE FUNCTION payments_order_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT payments_is_sealed(
        NEW.tenant_id, NEW.payable_id, NEW.rail, NEW.amount, NEW.content
    ) THEN
        RAISE EXCEPTION 'an order of bill % pays what was not approved', NEW.payable_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_sealed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_sealed BEFORE INSERT ON "payments_paymentorder"
    FOR EACH ROW EXECUTE FUNCTION payments_order_sealed();
"""
SEALED_BACK = """
DROP TRIGGER order_sealed ON "payments_paymentorder";
DROP FUNCTION payments_order_sealed();
DROP FUNCTION payments_is_sealed(uuid, uuid, text, numeric, jsonb);
"""


def seal_former(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    approvals, payables = (
        apps.get_model("payments", name).objects.using("owner") for name in ("Approval", "Payable")
    )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            bills = payables.filter(approved_by__isnull=False, approval=None)
            bills = bills.select_related("payee", "payee_account", "approved_ted_account")
            while batch := list(bills.order_by("id")[:BATCH]):
                for bill in batch:
                    bill.approval = approval_of(approvals.model, bill)
                approvals.bulk_create([bill.approval for bill in batch])
                payables.bulk_update(batch, ["approval"])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # before the table is altered
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


def approval_of(model: Any, bill: Any) -> Any:
    seal = {
        "amount": str(bill.amount),
        "payee": {"name": bill.payee.name, "document": bill.payee.document},
        "day": min(bill.due_date, bill.payment_date).isoformat(),
        "destinations": destinations_of(bill),
        "as_ted": False,
        "rejections": 0,
    }
    written = json.dumps(seal, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return model(
        tenant_id=bill.tenant_id, payable=bill, round=bill.approval_round,
        person_id=bill.approved_by_id, seal=seal, digest=sha256(written.encode()).hexdigest(),
        at=bill.approved_at or bill.created_at,
    )  # fmt: skip


def destinations_of(bill: Any) -> dict[str, Any]:
    """As payments.rails.destinations does it, with the TED that was fixed then."""
    if bill.method == "boleto":
        return {"boleto": {"linha_digitavel": bill.linha_digitavel}}
    ted = bill.payee_account or bill.approved_ted_account
    by_ted = {"ted": details_of(ted)} if ted is not None and len(ted.account) <= TED_LENGTH else {}
    if bill.method == "ted":
        return by_ted
    if bill.pix_code:
        to = {"payload": bill.pix_code}
    elif bill.pix_key:
        to = {"type": bill.pix_key_type, "value": bill.pix_key}
    else:
        to = details_of(bill.payee_account)
    return {"pix": {"destination": to}} | by_ted


TED_LENGTH = 13


def details_of(account: Any) -> dict[str, str]:
    names = ("bank_code", "branch", "account", "account_type")
    return {name: getattr(account, name) for name in names}


class Migration(migrations.Migration):
    dependencies = [("payments", "0018_approval")]

    operations = [
        migrations.RunPython(seal_former, migrations.RunPython.noop),
        migrations.RunSQL('DROP TRIGGER payable_ted_frozen ON "payments_payable"'),
        migrations.RemoveConstraint("payable", "payable_two_people"),
        migrations.RemoveConstraint("payable", "payable_approved_by_someone"),
        migrations.RemoveField("payable", "approved_at"),
        migrations.RemoveField("payable", "approved_by"),
        migrations.RemoveField("payable", "approved_ted_account"),
        migrations.AddConstraint(
            "payable",
            models.CheckConstraint(
                name="payable_approved",
                condition=Q(status="pending", approval=None)
                | Q(status="cancelled")
                | Q(status__in=["approved", "sent", "paid"], approval__isnull=False),
            ),
        ),
        migrations.RunSQL(frozen(FROZEN), frozen(FROZEN[:-2])),
        migrations.RunSQL(KEPT, KEPT_BACK),
        migrations.RunSQL(GIVEN, GIVEN_BACK),
        migrations.RunSQL(APPROVED, APPROVED_BACK),
        migrations.RunSQL(SEALED, SEALED_BACK),
    ]
