"""The clock asks at every tick which runs of today left out what was read since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0032_upgrade_told")]

    operations = [
        migrations.AddIndex(
            model_name="dispatchrun",
            index=models.Index(fields=["day"], name="dispatchrun_by_day"),
        ),
    ]
