from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0014_webhook_key"),
        ("tenants", "0006_tax_reform"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="bankevent",
            index=models.Index(
                condition=models.Q(("claims", ""), models.Q(("reference", ""), _negated=True)),
                fields=["tenant", "reference", "received_at"],
                name="bankevent_news",
            ),
        ),
    ]
