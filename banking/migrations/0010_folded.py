"""A column to search in, whose accents and capitals do not matter."""

from django.db import migrations, models

from core.search import Folded, Lines


class Migration(migrations.Migration):
    dependencies = [("banking", "0009_denied")]

    operations = [
        migrations.AddField(
            model_name="statementline",
            name="words_folded",
            field=models.GeneratedField(
                db_persist=True,
                expression=Lines(Folded("description"), Folded("counterparty_name")),
                output_field=models.TextField(),
            ),
        ),
    ]
