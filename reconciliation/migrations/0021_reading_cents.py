"""What is open of a line to be found by: numbers are not, where the walls stand (core/cents.py)."""

from django.db import migrations, models
from django.db.models.functions import Cast


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0020_engine_turn")]

    operations = [
        migrations.AddField(
            model_name="linereading",
            name="cents",
            field=models.GeneratedField(
                db_persist=True,
                expression=Cast(models.F("amount") * 100, models.BigIntegerField()),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.RemoveIndex(model_name="linereading", name="linereading_of_amount"),
        migrations.AddIndex(
            model_name="linereading",
            index=models.Index(fields=["tenant", "cents"], name="linereading_of_cents"),
        ),
    ]
