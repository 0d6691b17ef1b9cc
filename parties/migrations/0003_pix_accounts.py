"""A Pix account may have more digits than one that a TED goes to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_clock")]

    operations = [
        migrations.AlterField(
            model_name="payeeaccount",
            name="account",
            field=models.CharField(max_length=20, verbose_name="conta com dígito"),
        ),
    ]
