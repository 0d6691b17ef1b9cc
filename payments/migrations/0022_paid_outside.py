"""Bills that were paid outside of the product, and in which round approvers were told of one.

An approved bill becomes paid when a row says where and when. The triggers that look at the whole
transaction run when it ends: PostgreSQL documentation, "CREATE TRIGGER" (CONSTRAINT, DEFERRABLE).
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import core.clock
import core.ids
import tenants.models
from tenants.rls import SecureTenantTable

FORMER_MOVES = """
    ('pending', 'approved'), ('pending', 'cancelled'),
    ('approved', 'sent'), ('approved', 'cancelled'), ('approved', 'pending'),
    ('sent', 'paid'), ('sent', 'approved'), ('sent', 'pending'),
    ('paid', 'pending')
"""
MOVES = FORMER_MOVES + ", ('approved', 'paid')"


def moves(pairs: str) -> str:
    """As in 0003, whose trigger calls it."""
    return f"""
    CREATE OR REPLACE FUNCTION payments_payable_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (OLD.status, NEW.status) NOT IN ({pairs}) THEN
            RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payable_moves';
        END IF;
        RETURN NEW;
    END $$;
    """


# Without an order a bill is paid by a row of its own, and while that stands it is paid.
OUTSIDE = """
CREATE FUNCTION payments_paid_outside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bill uuid;
    is_paid boolean;
    stands boolean;
BEGIN
    IF TG_TABLE_NAME = 'payments_payable' THEN bill := NEW.id; ELSE bill := NEW.payable_id; END IF;
    SELECT status = 'paid' INTO is_paid FROM payments_payable
        WHERE tenant_id = NEW.tenant_id AND id = bill;
    stands := EXISTS (SELECT FROM payments_outsidepayment
        WHERE tenant_id = NEW.tenant_id AND payable_id = bill AND undone_at IS NULL);
    IF (stands AND NOT is_paid) OR (is_paid AND NOT stands AND NOT EXISTS (
        SELECT FROM payments_paymentorder
            WHERE tenant_id = NEW.tenant_id AND payable_id = bill AND status = 'paid'))
    THEN
        RAISE EXCEPTION 'bill % is not paid so', bill
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payable_paid_outside';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payable_paid_outside AFTER UPDATE OF status ON "payments_payable"
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.status = 'approved' AND NEW.status = 'paid')
    EXECUTE FUNCTION payments_paid_outside();
CREATE CONSTRAINT TRIGGER outsidepayment_paid AFTER INSERT OR UPDATE ON "payments_outsidepayment"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_paid_outside();
CREATE TRIGGER outsidepayment_kept BEFORE DELETE ON "payments_outsidepayment"
    FOR EACH ROW EXECUTE FUNCTION payments_never();
CREATE TRIGGER outsidepayment_frozen BEFORE UPDATE ON "payments_outsidepayment"
    FOR EACH ROW WHEN (
        OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL
        OR (OLD.id, OLD.tenant_id, OLD.payable_id, OLD.paid_on, OLD.bank_account_id,
            OLD.account_id, OLD.amount, OLD.entry_id, OLD.by_id, OLD.at)
        IS DISTINCT FROM
        (NEW.id, NEW.tenant_id, NEW.payable_id, NEW.paid_on, NEW.bank_account_id,
            NEW.account_id, NEW.amount, NEW.entry_id, NEW.by_id, NEW.at)
    )
    EXECUTE FUNCTION payments_never();
"""
OUTSIDE_BACK = """
DROP TRIGGER outsidepayment_frozen ON "payments_outsidepayment";
DROP TRIGGER outsidepayment_kept ON "payments_outsidepayment";
DROP TRIGGER outsidepayment_paid ON "payments_outsidepayment";
DROP TRIGGER payable_paid_outside ON "payments_payable";
DROP FUNCTION payments_paid_outside();
"""


def of_company(to: str, *, null: bool = False, related_name: str = "+") -> Any:
    return tenants.models.TenantForeignKey(
        db_constraint=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
    )


def person(*, null: bool = False) -> Any:
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_provisional_day"),
        ("banking", "0013_allocation"),
        ("payments", "0021_former_destinations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "payable", "due_told_round", models.PositiveSmallIntegerField(null=True)
        ),
        migrations.AddIndex(
            "payable",
            models.Index(
                condition=Q(status="pending"), fields=["payment_date"], name="payable_waiting"
            ),
        ),
        migrations.CreateModel(
            name="OutsidePayment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("paid_on", models.DateField(verbose_name="data do pagamento")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="valor pago"),
                ),
                (
                    "at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("undone_at", models.DateTimeField(null=True)),
                ("account", of_company("accounts.account")),
                ("bank_account", of_company("banking.bankaccount", null=True)),
                ("by", person()),
                ("entry", of_company("accounts.journalentry")),
                ("payable", of_company("payments.payable", related_name="outside_payments")),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                ("undone_by", person(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(amount__gt=0), name="outsidepayment_amount"),
                    models.UniqueConstraint(
                        condition=Q(undone_at=None),
                        fields=["tenant", "payable"],
                        name="outsidepayment_once",
                    ),
                ]
            },
        ),
        SecureTenantTable("outsidepayment"),
        migrations.RunSQL(moves(MOVES), moves(FORMER_MOVES)),
        migrations.RunSQL(OUTSIDE, OUTSIDE_BACK),
    ]
