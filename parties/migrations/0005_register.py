"""Who entered and confirmed accounts and keys; trade names, merges, names that are alike."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import core.clock
import core.ids
import tenants.models
from core.search import Folded, Lines
from tenants.rls import SecureTenantTable


def own_id() -> Any:
    return models.UUIDField(
        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
    )


def company() -> Any:
    return models.ForeignKey(
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="tenants.tenant",
    )


def person(*, null: bool = True) -> Any:
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


def payee(related_name: str, *, null: bool = False) -> Any:
    return tenants.models.TenantForeignKey(
        db_constraint=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="parties.payee",
    )


def instant() -> Any:
    return models.DateTimeField(null=True)


def reason() -> Any:
    return models.CharField(blank=True, default="", max_length=200)


def hands() -> list[tuple[str, Any]]:
    return [
        ("entered_by", person()),
        ("brought_by", person()),
        ("confirmed_by", person()),
        ("confirmed_at", instant()),
        ("usable_from", instant()),
        ("archived_by", person()),
        ("archived_at", instant()),
        ("archived_why", reason()),
    ]


def confirmed_whole(name: str) -> Any:
    return models.CheckConstraint(
        condition=Q(confirmed_by=None, confirmed_at=None, usable_from=None)
        | Q(
            confirmed_by__isnull=False,
            confirmed_at__isnull=False,
            usable_from__gte=F("confirmed_at"),
        ),
        name=name,
    )


# As `SecureTenantTable` does it for the keys that a table is born with.
COMPANY_IN_KEY = """
ALTER TABLE "payments_payee" ADD CONSTRAINT "payments_payee_merged_into_id_tenant_fk"
    FOREIGN KEY (tenant_id, merged_into_id)
    REFERENCES "payments_payee" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
"""
COMPANY_IN_KEY_BACK = """
ALTER TABLE "payments_payee" DROP CONSTRAINT "payments_payee_merged_into_id_tenant_fk"
"""


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_folded"),
        ("tenants", "0005_sending_lock"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("payee", "archived_at", instant()),
        migrations.AddField("payee", "merged_into", payee("merged", null=True)),
        migrations.RunSQL(COMPANY_IN_KEY, COMPANY_IN_KEY_BACK),
        migrations.AddField(
            "payee",
            "trade_name",
            models.CharField(blank=True, default="", max_length=120, verbose_name="nome fantasia"),
        ),
        migrations.AddField(
            "payee",
            "trade_name_folded",
            models.GeneratedField(
                db_persist=True,
                expression=Lines(Folded("trade_name")),
                output_field=models.TextField(),
            ),
        ),
        *[migrations.AddField("payeeaccount", name, field) for name, field in hands()],
        migrations.RemoveConstraint("payeeaccount", "payeeaccount_once"),
        migrations.AddConstraint(
            "payeeaccount",
            models.UniqueConstraint(
                condition=Q(archived_at=None),
                fields=("tenant", "payee", "bank_code", "branch", "account", "account_type"),
                name="payeeaccount_once",
            ),
        ),
        migrations.AddConstraint("payeeaccount", confirmed_whole("payeeaccount_confirmed")),
        migrations.CreateModel(
            name="PayeeKey",
            fields=[
                ("id", own_id()),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                *hands(),
                (
                    "key_type",
                    models.CharField(
                        choices=[
                            ("cpf", "CPF"),
                            ("cnpj", "CNPJ"),
                            ("phone", "Telefone"),
                            ("email", "E-mail"),
                            ("random", "Aleatória"),
                        ],
                        max_length=6,
                        verbose_name="tipo da chave",
                    ),
                ),
                ("key", models.CharField(max_length=77, verbose_name="chave Pix")),
                ("payee", payee("keys")),
                ("tenant", company()),
            ],
            options={
                "abstract": False,
                "constraints": [
                    confirmed_whole("payeekey_confirmed"),
                    models.UniqueConstraint(
                        condition=Q(archived_at=None),
                        fields=("tenant", "payee", "key_type", "key"),
                        name="payeekey_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayeeMerge",
            fields=[
                ("id", own_id()),
                (
                    "proposed_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("decided_at", instant()),
                ("is_confirmed", models.BooleanField(default=False)),
                ("decided_by", person()),
                ("proposed_by", person(null=False)),
                ("source", payee("merges_away")),
                ("target", payee("merges_here")),
                ("tenant", company()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=~Q(source=F("target")), name="merge_of_two"),
                    models.CheckConstraint(
                        condition=Q(decided_by=None, decided_at=None, is_confirmed=False)
                        | Q(decided_by__isnull=False, decided_at__isnull=False)
                        & (Q(is_confirmed=False) | ~Q(decided_by=F("proposed_by"))),
                        name="merge_by_another",
                    ),
                    models.UniqueConstraint(
                        condition=Q(decided_at=None) | Q(is_confirmed=True),
                        fields=("tenant", "source"),
                        name="merge_once",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="SimilarName",
            fields=[
                ("id", own_id()),
                ("other", payee("+")),
                ("payee", payee("similar_names")),
                ("tenant", company()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "payee", "other"), name="similar_once"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="RegisterSettings",
            fields=[
                ("id", own_id()),
                (
                    "rest_hours",
                    models.PositiveSmallIntegerField(default=0, verbose_name="horas de repouso"),
                ),
                ("tenant", company()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tenant",), name="register_settings_one")
                ]
            },
        ),
        SecureTenantTable("payeekey"),
        SecureTenantTable("payeemerge"),
        SecureTenantTable("similarname"),
        SecureTenantTable("registersettings"),
    ]
