"""Since when a bank refuses the credentials of a connection whose consent stands."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("banking", "0008_clock")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="denied_at",
            field=models.DateTimeField(null=True),
        ),
    ]
