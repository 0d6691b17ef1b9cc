"""A slip knows the credit that is most likely its money; lists and sums read no closed charges.

What was held back of money says only when it is posted what it is made of: other money may have
come in between.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenants.models

# As `SecureTenantTable` does it for the keys that a table is born with.
COMPANY_IN_KEY = """
ALTER TABLE "charges_slip" ADD CONSTRAINT "charges_slip_credit_id_tenant_fk"
    FOREIGN KEY (tenant_id, credit_id)
    REFERENCES "banking_statementline" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
"""
COMPANY_IN_KEY_BACK = """
ALTER TABLE "charges_slip" DROP CONSTRAINT "charges_slip_credit_id_tenant_fk"
"""

KEPT = (
    "tenant_id, charge_id, slip_id, bank_account_id, evidence, way, paid_on, received, withheld,"
    " split, fee"
)
PARTS = "discount, principal, fine, interest, excess"


def frozen(name: str, columns: str, when: str) -> str:
    old = ", ".join(f"OLD.{column.strip()}" for column in columns.split(","))
    new = ", ".join(f"NEW.{column.strip()}" for column in columns.split(","))
    return f"""
        CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON "charges_settlement"
            FOR EACH ROW WHEN ({when} AND ({old}) IS DISTINCT FROM ({new}))
            EXECUTE FUNCTION charges_never();
    """


FREE_PARTS = f"""
DROP TRIGGER settlement_frozen ON "charges_settlement";
{frozen("settlement_frozen", KEPT, "true")}
{frozen("settlement_parts_frozen", PARTS, "OLD.entry_id IS NOT NULL")}
"""
FREE_PARTS_BACK = f"""
DROP TRIGGER settlement_parts_frozen ON "charges_settlement";
DROP TRIGGER settlement_frozen ON "charges_settlement";
{frozen("settlement_frozen", f"{KEPT}, {PARTS}", "true")}
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_purposes"),
        ("banking", "0016_statementline_amount"),
        ("charges", "0003_state_machines"),
        ("parties", "0008_payers"),
        ("tenants", "0006_tax_reform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="charge",
            name="charge_owed",
        ),
        migrations.RemoveIndex(
            model_name="charge",
            name="charge_to_look_at",
        ),
        migrations.RemoveIndex(
            model_name="settlement",
            name="settlement_by_day",
        ),
        migrations.AddField(
            model_name="slip",
            name="credit",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="slips",
                to="banking.statementline",
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        (
                            "issuing",
                            "unknown",
                            "registering",
                            "open",
                            "in_payment",
                            "partly_paid",
                            "written_off",
                            "returned",
                            "refused",
                        ),
                    )
                ),
                fields=["tenant", "due_date", "id"],
                include=("payer", "late_from", "amount", "settled"),
                name="charge_owed",
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("status", "draft")),
                fields=["tenant", "due_date", "id"],
                name="charge_drafts",
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("status", "cancelled")),
                fields=["tenant", "-due_date", "-id"],
                name="charge_cancelled",
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(fields=["tenant", "-amount", "-id"], name="charge_by_amount"),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("needs_person", True), ("status", "unknown"), _connector="OR"),
                fields=["tenant", "due_date", "id"],
                name="charge_to_look_at",
            ),
        ),
        migrations.RunSQL(COMPANY_IN_KEY, COMPANY_IN_KEY_BACK),
        migrations.RunSQL(FREE_PARTS, FREE_PARTS_BACK),
        migrations.AddIndex(
            model_name="settlement",
            index=models.Index(
                fields=["tenant", "posted_on"],
                include=("received", "entry"),
                name="settlement_by_day",
            ),
        ),
    ]
