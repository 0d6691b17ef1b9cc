"""What entries of an act on many lines have in common is of its own company."""

from django.db import migrations

TABLE = "reconciliation_bulkact"
KEYS = {
    "classification_id": "accounts_account",
    "payee_id": "payments_payee",
    "payer_id": "parties_payer",
}


def key(column: str, target: str) -> tuple[str, str]:
    name = f"{TABLE}_{column}_tenant_fk"
    return (
        f'ALTER TABLE "{TABLE}" ADD CONSTRAINT "{name}" FOREIGN KEY (tenant_id, "{column}") '
        f'REFERENCES "{target}" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED',
        f'ALTER TABLE "{TABLE}" DROP CONSTRAINT "{name}"',
    )


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0018_bulk_create")]

    operations = [migrations.RunSQL(*key(*each)) for each in KEYS.items()]
