"""A column to search in, whose accents and capitals do not matter."""

from django.db import migrations, models

from core.search import Folded, Lines


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_review_notice")]

    operations = [
        migrations.AddField(
            model_name="payable",
            name="description_folded",
            field=models.GeneratedField(
                db_persist=True,
                expression=Lines(Folded("description")),
                output_field=models.TextField(),
            ),
        ),
    ]
