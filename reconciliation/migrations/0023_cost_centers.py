from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import tenants.models


def center() -> Any:
    return tenants.models.TenantForeignKey(
        db_constraint=False,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="accounts.costcenter",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_cost_center_walls"),
        ("reconciliation", "0022_items_edited"),
    ]

    operations = [
        migrations.AddField("ruleslice", "cost_center", center()),
        migrations.AddField("bulkact", "cost_center", center()),
        migrations.AddConstraint(
            model_name="bulkact",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "create"), ("cost_center", None), _connector="OR"),
                name="bulkact_centered",
            ),
        ),
    ]
