from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_purposes"),
        ("banking", "0015_news"),
        ("parties", "0008_payers"),
        ("payments", "0033_runs_by_day"),
        ("tenants", "0006_tax_reform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="payable",
            name="cbs",
            field=models.DecimalField(
                decimal_places=2, max_digits=12, null=True, verbose_name="CBS"
            ),
        ),
        migrations.AddField(
            model_name="payable",
            name="fiscal_key",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=44,
                verbose_name="chave do documento fiscal",
            ),
        ),
        migrations.AddField(
            model_name="payable",
            name="fiscal_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("nfe", "NF-e"),
                    ("nfse", "NFS-e"),
                    ("nfce", "NFC-e"),
                    ("cte", "CT-e"),
                    ("other", "Outro"),
                ],
                db_default="",
                default="",
                max_length=5,
                verbose_name="documento fiscal",
            ),
        ),
        migrations.AddField(
            model_name="payable",
            name="ibs",
            field=models.DecimalField(
                decimal_places=2, max_digits=12, null=True, verbose_name="IBS"
            ),
        ),
        migrations.AddField(
            model_name="payable",
            name="net_expected",
            field=models.DecimalField(
                decimal_places=2, max_digits=12, null=True, verbose_name="líquido esperado"
            ),
        ),
        migrations.AddField(
            model_name="payable",
            name="net_received",
            field=models.DecimalField(
                decimal_places=2, max_digits=12, null=True, verbose_name="líquido recebido"
            ),
        ),
        migrations.AddField(
            model_name="payable",
            name="split",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "Sem split"),
                    ("informed", "Informado"),
                    ("done", "Feito"),
                    ("refused", "Recusado"),
                ],
                db_default="",
                default="",
                max_length=8,
                verbose_name="split payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fiscal_key", ""), ("fiscal_kind", "")),
                    models.Q(
                        ("fiscal_key__regex", "^[0-9A-Z]{44}$"),
                        models.Q(("fiscal_kind", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payable_fiscal_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fiscal_kind__in", ["", "nfe", "nfse", "nfce", "cte", "other"])
                ),
                name="payable_fiscal_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(("split__in", ["", "none", "informed", "done", "refused"])),
                name="payable_split",
            ),
        ),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ibs", None), ("ibs__gte", 0), _connector="OR"),
                    models.Q(("cbs", None), ("cbs__gte", 0), _connector="OR"),
                    models.Q(("net_expected", None), ("net_expected__gte", 0), _connector="OR"),
                    models.Q(("net_received", None), ("net_received__gte", 0), _connector="OR"),
                ),
                name="payable_tax_amounts",
            ),
        ),
    ]
