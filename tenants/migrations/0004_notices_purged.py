"""Notices that are open, and those that the clock purges, are found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_notice")]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["subject"], name="notice_open"
            ),
        ),
        migrations.AddIndex(
            model_name="notice", index=models.Index(fields=["until"], name="notice_old")
        ),
    ]
