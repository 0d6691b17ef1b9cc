"""The use of an advance may be undone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("charges", "0011_payer_contact")]

    operations = [
        migrations.AlterField(
            model_name="refund",
            name="kind",
            field=models.CharField(
                choices=[
                    ("ours", "Devolução"),
                    ("med", "Devolução especial (MED)"),
                    ("found", "Devolução feita fora do Kamino"),
                    ("undo", "Uso de adiantamento desfeito"),
                ],
                max_length=5,
                verbose_name="tipo",
            ),
        ),
        migrations.RemoveConstraint(model_name="advanceuse", name="advanceuse_one_way"),
        migrations.AddConstraint(
            model_name="advanceuse",
            constraint=models.CheckConstraint(
                name="advanceuse_one_way",
                condition=Q(became__isnull=False, bill=None) | Q(became=None, bill__isnull=False),
            ),
        ),
    ]
