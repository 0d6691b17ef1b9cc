"""After a restore nothing is sent until an admin of the company releases it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_notices_purged")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="sending_locked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
