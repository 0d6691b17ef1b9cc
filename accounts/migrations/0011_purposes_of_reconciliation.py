from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_tax_purposes"),
    ]

    operations = [
        migrations.AlterField(
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
                    ("withheld", "Impostos retidos por clientes"),
                    ("split", "Tributos recolhidos na liquidação"),
                    ("in_transit", "Valores em trânsito"),
                    ("late_paid", "Juros e multas pagos"),
                    ("discount_got", "Descontos obtidos"),
                    ("withheld_due", "Impostos retidos a recolher"),
                    ("rounding", "Diferenças de centavos"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="uso",
            ),
        ),
    ]
