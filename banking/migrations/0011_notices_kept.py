"""Notices are kept as they came; what the clock purges can be found by its age."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("banking", "0010_folded")]

    operations = [
        migrations.AlterField(
            model_name="bankevent",
            name="kind",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="bankevent", name="headers", field=models.JSONField(default=dict)
        ),
        migrations.AddField(
            model_name="bankevent", name="sealed_body", field=models.BinaryField(null=True)
        ),
        migrations.AddIndex(
            model_name="bankevent",
            index=models.Index(
                condition=models.Q(("claims", ""), _negated=True),
                fields=["tenant", "reference"],
                name="bankevent_claims",
            ),
        ),
        migrations.AddIndex(
            model_name="bankevent",
            index=models.Index(
                condition=models.Q(("sealed_body__isnull", False)),
                fields=["received_at"],
                name="bankevent_raw",
            ),
        ),
        migrations.AddIndex(
            model_name="bankevent",
            index=models.Index(
                condition=models.Q(("sealed_body", None)),
                fields=["received_at"],
                name="bankevent_bare",
            ),
        ),
        migrations.AddIndex(
            model_name="bankcall",
            index=models.Index(fields=["made_at"], name="bankcall_old"),
        ),
        migrations.AddIndex(
            model_name="consentattempt",
            index=models.Index(fields=["started_at"], name="consentattempt_old"),
        ),
    ]
