import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0024_masked_document_is_a_fact"),
        ("tenants", "0007_policies_ask_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LineDoubt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "noted_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("", "Sem resposta"), ("same", "É a mesma"), ("two", "São duas")],
                        default="",
                        max_length=4,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bank_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
                    ),
                ),
                (
                    "line",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.statementline",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "told",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.statementline",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("answer", "")),
                        fields=["tenant", "bank_account"],
                        name="linedoubt_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "told"), name="linedoubt_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None), ("answered_by", None)),
                            models.Q(
                                ("answer__in", ["same", "two"]),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="linedoubt_answered",
                    ),
                ],
            },
        ),
    ]
