"""What came in a month is summed up from its index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("charges", "0016_late_rest_in_sums")]

    operations = [
        migrations.RemoveIndex(model_name="settlement", name="settlement_by_day"),
        migrations.AddIndex(
            model_name="settlement",
            index=models.Index(
                fields=["tenant", "posted_on"],
                include=("received", "entry", "way"),
                name="settlement_by_day",
            ),
        ),
    ]
