import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_purposes"),
        ("banking", "0015_news"),
        ("charges", "0003_state_machines"),
        ("parties", "0008_payers"),
        ("tenants", "0006_tax_reform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="charge",
            name="next_amount",
            field=models.DecimalField(decimal_places=2, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="charge",
            name="next_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="charge",
            name="next_due_date",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("next_due_date__isnull", False)),
                fields=["tenant", "bank_account"],
                name="charge_to_reissue",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_amount", None), ("next_by", None), ("next_due_date", None)),
                    models.Q(
                        ("next_amount__gt", 0),
                        ("next_by__isnull", False),
                        ("next_due_date__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="charge_next_whole",
            ),
        ),
    ]
