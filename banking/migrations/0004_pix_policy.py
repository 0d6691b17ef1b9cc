"""Each account says what becomes of a Pix that its bank does not send."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0003_modes_and_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="bankaccount",
            name="pix_policy",
            field=models.CharField(
                choices=[
                    ("keep", "Não enviar pagamentos definidos com Pix"),
                    ("ted", "Enviar sempre via TED"),
                ],
                default="keep",
                max_length=4,
                verbose_name="envio preferencial para PIX/TED",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("pix_policy__in", ["keep", "ted"])),
                name="bankaccount_pix_policy",
            ),
        ),
    ]
