import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenants.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_fold_sooner"),
        ("banking", "0026_line_doubt_walls"),
        ("parties", "0008_payers"),
        ("reconciliation", "0017_sample_walls"),
        ("tenants", "0007_policies_ask_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkact",
            name="classification",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="bulkact",
            name="memo",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="histórico"
            ),
        ),
        migrations.AddField(
            model_name="bulkact",
            name="payee",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.payee",
            ),
        ),
        migrations.AddField(
            model_name="bulkact",
            name="payer",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.payer",
            ),
        ),
        migrations.AlterField(
            model_name="bulkact",
            name="kind",
            field=models.CharField(
                choices=[
                    ("accept", "Conciliar"),
                    ("ignore", "Ignorar"),
                    ("create", "Criar"),
                    ("undo", "Desfazer"),
                ],
                max_length=6,
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("classification__isnull", False), ("kind", "create")),
                    models.Q(("kind", "create"), ("stage", "draft")),
                    models.Q(
                        models.Q(("kind", "create"), _negated=True),
                        ("classification", None),
                        ("payee", None),
                        ("payer", None),
                    ),
                    _connector="OR",
                ),
                name="bulkact_classified",
            ),
        ),
    ]
