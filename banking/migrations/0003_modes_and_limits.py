"""Ways of connecting, and what is known of a bank across companies: whether it answers, and how
many token requests of the last minute it counts. Those two tables belong to no company.
"""

import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0002_walls"),
        ("tenants", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankHealth",
            fields=[
                ("provider", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("open_until", models.DateTimeField(null=True)),
                ("probe_leased_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TokenBudget",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                (
                    "spent",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(), size=None
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="sync_hinted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="sync_wait_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="keep_alive_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="lost_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="mode",
            field=models.CharField(blank=True, max_length=40, verbose_name="modo"),
        ),
        migrations.AddField(
            model_name="connection",
            name="refresh_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="terms_accepted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="terms_version",
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name="connection",
            name="typed",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="consentattempt",
            name="mode",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="consentattempt",
            name="typed",
            field=models.BinaryField(default=bytes),
        ),
        migrations.AddIndex(
            model_name="connection",
            index=models.Index(
                condition=models.Q(
                    ("keep_alive_at__isnull", False), ("status__in", ["opening", "active"])
                ),
                fields=["keep_alive_at"],
                name="connection_keep_alive",
            ),
        ),
    ]
