"""By which notice people were told that an order requires a look."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_codes_of_former_bills")]

    operations = [
        migrations.AddField(
            model_name="paymentorder",
            name="review_notice",
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(
                    ("needs_person", True), ("review_notice__isnull", False), _connector="OR"
                ),
                fields=["tenant"],
                name="order_to_review",
            ),
        ),
    ]
