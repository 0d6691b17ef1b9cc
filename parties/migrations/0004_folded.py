"""A column to search in, whose accents and capitals do not matter."""

from django.db import migrations, models

from core.search import Folded, Lines


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_pix_accounts")]

    operations = [
        migrations.AddField(
            model_name="payee",
            name="name_folded",
            field=models.GeneratedField(
                db_persist=True,
                expression=Lines(Folded("name")),
                output_field=models.TextField(),
            ),
        ),
    ]
