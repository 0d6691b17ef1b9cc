"""Signs of life: of beat, the workers and the day's run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("overdue_tasks", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="DailyCall",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("leased_until", models.DateTimeField(null=True)),
                ("called_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
