from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0005_sending_lock"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="uses_tax_reform",
            field=models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="documento fiscal e reforma tributária",
            ),
        ),
    ]
