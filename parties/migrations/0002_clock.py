from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("core", "0001_clock")]

    operations = [
        migrations.AlterField(
            "payeeaccount",
            "created_at",
            models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
        ),
    ]
