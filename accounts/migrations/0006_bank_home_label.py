"""The group that receives bank accounts is called «grupo padrão das contas bancárias»."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_replaces")]

    operations = [
        migrations.AlterField(
            model_name="classificationgroup",
            name="is_bank_home",
            field=models.BooleanField(
                default=False, verbose_name="grupo padrão das contas bancárias"
            ),
        ),
    ]
