from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    dependencies = [("banking", "0007_bank_call"), ("core", "0001_clock")]

    operations = [
        migrations.AddField("bankhealth", "clock_ahead", models.DurationField(null=True)),
        migrations.AddField("bankhealth", "clock_seen_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "bankevent",
            "received_at",
            models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
        ),
        migrations.AlterField(
            "connection",
            "connected_at",
            models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
        ),
        migrations.AlterField(
            "consentattempt",
            "started_at",
            models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
        ),
    ]
