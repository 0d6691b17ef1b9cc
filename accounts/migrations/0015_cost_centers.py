import django.db.models.deletion
from django.db import migrations, models

import core.ids
import tenants.models
from core.search import Folded, Lines


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_total_cents"),
        ("tenants", "0007_policies_ask_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="CostCenter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=20, verbose_name="código")),
                ("name", models.CharField(max_length=60, verbose_name="nome")),
                (
                    "name_folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=Lines(Folded("name")),
                        output_field=models.TextField(),
                    ),
                ),
                ("archived_at", models.DateTimeField(null=True, verbose_name="arquivado em")),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "centro de custo",
                "verbose_name_plural": "centros de custo",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        fields=("tenant", "code"),
                        name="costcenter_code",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("tenant", "name_folded"),
                        name="costcenter_name",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="journalline",
            name="cost_center",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="accounts.costcenter",
                verbose_name="centro de custo",
            ),
        ),
        migrations.AddIndex(
            model_name="journalline",
            index=models.Index(
                models.F("cost_center"),
                models.F("tenant"),
                models.OrderBy(models.F("day"), descending=True),
                models.OrderBy(models.F("entry"), descending=True),
                condition=models.Q(("cost_center__isnull", False)),
                include=("amount",),
                name="line_center_page",
            ),
        ),
    ]
