"""The cost centre of a rule's part, and of an act on many lines, is of its own company."""

from django.db import migrations


def key(table: str) -> tuple[str, str]:
    name = f"{table}_cost_center_id_tenant_fk"
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (tenant_id, cost_center_id) '
        'REFERENCES "accounts_costcenter" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED',
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0023_cost_centers")]

    operations = [
        migrations.RunSQL(*key(table))
        for table in ("reconciliation_ruleslice", "reconciliation_bulkact")
    ]
