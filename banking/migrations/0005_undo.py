"""A connection may be undone, and another one made to bring it back for the same account."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenants.models


def company_in_key(table: str) -> migrations.RunSQL:
    """As `SecureTenantTable` does it for the keys that a table is born with."""
    name = f"{table}_redoes_id_tenant_fk"
    return migrations.RunSQL(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (tenant_id, redoes_id) '
        'REFERENCES "banking_bankaccount" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED',
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )


def redoes() -> tenants.models.TenantForeignKey[Any, Any]:
    return tenants.models.TenantForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="banking.bankaccount",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0004_pix_policy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="connection",
            name="status",
            field=models.CharField(
                choices=[
                    ("opening", "Conectando"),
                    ("active", "Ativo"),
                    ("lost", "Precisa ser refeito"),
                    ("failed", "Não conectado"),
                    ("undone", "Desfeito"),
                ],
                default="opening",
                max_length=8,
            ),
        ),
        migrations.RemoveConstraint(model_name="connection", name="connection_status"),
        migrations.AddConstraint(
            model_name="connection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["opening", "active", "lost", "failed", "undone"])
                ),
                name="connection_status",
            ),
        ),
        migrations.AddField(
            model_name="connection",
            name="undone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="undone_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(model_name="connection", name="redoes", field=redoes()),
        migrations.AddField(model_name="consentattempt", name="redoes", field=redoes()),
        company_in_key("banking_connection"),
        company_in_key("banking_consentattempt"),
    ]
