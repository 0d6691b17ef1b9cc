"""Payees and their accounts move here from payments: the tables stay as they are."""

import django.db.models.deletion
from django.db import migrations, models

import core.ids
import tenants.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenants", "0003_notice"), ("payments", "0008_former_approvals")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Payee",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=core.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="favorecido")),
                        ("document", models.CharField(max_length=14, verbose_name="CPF/CNPJ")),
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
                        "db_table": "payments_payee",
                    },
                ),
                migrations.CreateModel(
                    name="PayeeAccount",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=core.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("bank_code", models.CharField(max_length=3, verbose_name="banco")),
                        ("branch", models.CharField(max_length=4, verbose_name="agência")),
                        (
                            "account",
                            models.CharField(max_length=13, verbose_name="conta com dígito"),
                        ),
                        (
                            "account_type",
                            models.CharField(
                                choices=[
                                    ("checking", "Conta corrente"),
                                    ("savings", "Poupança"),
                                    ("payment", "Conta de pagamento"),
                                ],
                                max_length=8,
                                verbose_name="tipo de conta",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "payee",
                            tenants.models.TenantForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accounts",
                                to="parties.payee",
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
                    ],
                    options={
                        "db_table": "payments_payeeaccount",
                    },
                ),
                migrations.AddConstraint(
                    model_name="payee",
                    constraint=models.UniqueConstraint(
                        fields=("tenant", "document"), name="payee_document_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="payeeaccount",
                    constraint=models.UniqueConstraint(
                        fields=(
                            "tenant",
                            "payee",
                            "bank_code",
                            "branch",
                            "account",
                            "account_type",
                        ),
                        name="payeeaccount_once",
                    ),
                ),
            ],
        ),
    ]
