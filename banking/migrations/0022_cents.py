"""An amount to be found by: numbers are not, where the walls stand (core/cents.py)."""

from django.db import migrations, models
from django.db.models.functions import Cast


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0021_moved_where_replaced"),
        ("tenants", "0007_policies_ask_once"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="statementline", name="statementline_amount"),
        migrations.AddField(
            model_name="statementline",
            name="cents",
            field=models.GeneratedField(
                db_persist=True,
                expression=Cast(models.F("amount") * 100, models.BigIntegerField()),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                condition=models.Q(("withdrawn_at", None)),
                fields=["tenant", "bank_account", "cents", "booked_on"],
                name="statementline_cents",
            ),
        ),
    ]
