"""Where a Pix goes is part of what somebody approved: it never changes after that."""

from django.db import migrations

KEPT = [
    "payee_id", "payee_account_id", "method", "linha_digitavel", "amount", "created_by_id",
    "tenant_id",
]  # fmt: skip
OF_PIX = ["pix_key_type", "pix_key", "pix_code", "pix_charge"]


def frozen(columns: list[str]) -> str:
    old = ", ".join(f"OLD.{column}" for column in columns)
    new = ", ".join(f"NEW.{column}" for column in columns)
    return f"""
    DROP TRIGGER payable_frozen ON "payments_payable";
    CREATE TRIGGER payable_frozen BEFORE UPDATE OF {", ".join(columns)} ON "payments_payable"
        FOR EACH ROW WHEN (OLD.status <> 'pending' AND ({old}) IS DISTINCT FROM ({new}))
        EXECUTE FUNCTION payments_never();
    """


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_pix")]

    operations = [migrations.RunSQL(frozen(KEPT + OF_PIX), frozen(KEPT))]
