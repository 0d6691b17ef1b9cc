from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("banking", "0022_cents")]

    operations = [
        migrations.AddField(
            model_name="statementline",
            name="masked_document",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=20,
                verbose_name="CPF/CNPJ parcial",
            ),
        ),
    ]
