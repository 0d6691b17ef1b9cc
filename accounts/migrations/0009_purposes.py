from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_provisional_day"),
        ("tenants", "0006_tax_reform"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="purpose",
            field=models.CharField(
                blank=True,
                choices=[
                    ("advances", "Adiantamentos de clientes"),
                    ("late_charges", "Juros e multas recebidos"),
                    ("discounts", "Descontos concedidos"),
                    ("fees", "Tarifas bancárias"),
                    ("cash", "Caixa"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="uso",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", ""), _negated=True),
                fields=("tenant", "purpose"),
                name="account_one_per_purpose",
            ),
        ),
    ]
