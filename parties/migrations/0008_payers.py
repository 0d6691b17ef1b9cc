import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import core.search
import tenants.models
from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0007_renamed"),
        ("tenants", "0006_tax_reform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Payer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="pagador")),
                (
                    "name_folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=core.search.Lines(core.search.Folded("name")),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "trade_name",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="nome fantasia"
                    ),
                ),
                (
                    "trade_name_folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=core.search.Lines(core.search.Folded("trade_name")),
                        output_field=models.TextField(),
                    ),
                ),
                ("document", models.CharField(max_length=14, verbose_name="CPF/CNPJ")),
                ("phone", models.CharField(blank=True, max_length=16, verbose_name="telefone")),
                ("zip_code", models.CharField(blank=True, max_length=8, verbose_name="CEP")),
                ("street", models.CharField(blank=True, max_length=120, verbose_name="rua")),
                ("number", models.CharField(blank=True, max_length=20, verbose_name="número")),
                (
                    "complement",
                    models.CharField(blank=True, max_length=60, verbose_name="complemento"),
                ),
                ("district", models.CharField(blank=True, max_length=80, verbose_name="bairro")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="cidade")),
                ("state", models.CharField(blank=True, max_length=2, verbose_name="UF")),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("archived_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
        ),
        migrations.CreateModel(
            name="PayerEmail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("email", models.CharField(max_length=254, verbose_name="e-mail")),
                (
                    "payer",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emails",
                        to="parties.payer",
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
                "ordering": ["position"],
            },
        ),
        migrations.AddConstraint(
            model_name="payer",
            constraint=models.UniqueConstraint(
                fields=("tenant", "document"), name="payer_document_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("city", ""),
                        ("complement", ""),
                        ("district", ""),
                        ("number", ""),
                        ("state", ""),
                        ("street", ""),
                        ("zip_code", ""),
                    ),
                    models.Q(
                        ("state__regex", "^[A-Z]{2}$"),
                        ("zip_code__regex", "^[0-9]{8}$"),
                        models.Q(("street", ""), _negated=True),
                        models.Q(("number", ""), _negated=True),
                        models.Q(("district", ""), _negated=True),
                        models.Q(("city", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payer_address_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="payeremail",
            constraint=models.UniqueConstraint(
                fields=("tenant", "payer", "email"), name="payeremail_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payeremail",
            constraint=models.UniqueConstraint(
                fields=("tenant", "payer", "position"), name="payeremail_position"
            ),
        ),
        SecureTenantTable("payer"),
        SecureTenantTable("payeremail"),
    ]
