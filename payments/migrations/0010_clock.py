from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_payees_to_parties"), ("core", "0001_clock")]

    operations = [
        migrations.AlterField(
            model,
            name,
            models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
        )
        for model, name in (
            ("dispatchrun", "started_at"),
            ("payable", "created_at"),
            ("paymentorder", "created_at"),
        )
    ]
