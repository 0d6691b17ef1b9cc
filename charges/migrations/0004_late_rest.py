"""Fine and interest that are kept open, what of them did not come, and tax that the payer kept."""

from decimal import Decimal

from django.db import migrations, models

LACKING = """
CREATE TRIGGER settlement_lacking_frozen BEFORE UPDATE OF lacking ON "charges_settlement"
    FOR EACH ROW WHEN (OLD.lacking IS DISTINCT FROM NEW.lacking) EXECUTE FUNCTION charges_never();
"""
BACK = 'DROP TRIGGER settlement_lacking_frozen ON "charges_settlement"'


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_tax_purposes"),
        ("banking", "0016_statementline_amount"),
        ("charges", "0004_credits"),
        ("parties", "0008_payers"),
        ("tenants", "0006_tax_reform"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="settlement",
            name="settlement_amounts",
        ),
        migrations.AddField(
            model_name="charge",
            name="late_rest",
            field=models.DecimalField(
                db_default=Decimal("0.00"),
                decimal_places=2,
                default=Decimal("0.00"),
                max_digits=12,
                verbose_name="multa e juros em aberto",
            ),
        ),
        migrations.AddField(
            model_name="settlement",
            name="lacking",
            field=models.DecimalField(
                db_default=Decimal("0.00"),
                decimal_places=2,
                default=Decimal("0.00"),
                max_digits=12,
                verbose_name="multa e juros que faltaram",
            ),
        ),
        migrations.AlterField(
            model_name="settlement",
            name="way",
            field=models.CharField(
                choices=[
                    ("boleto", "Boleto"),
                    ("pix", "Pix"),
                    ("unknown", "Pelo banco"),
                    ("cash", "Dinheiro"),
                    ("transfer", "Transferência"),
                    ("withheld", "Imposto retido"),
                ],
                max_length=8,
                verbose_name="como",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("late_rest", 0),
                    models.Q(("late_rest__gt", 0), ("status__in", ["partly_paid", "returned"])),
                    _connector="OR",
                ),
                name="charge_late_rest",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("received__gt", 0),
                        models.Q(("received", 0), ("way", "withheld"), ("withheld__gt", 0)),
                        _connector="OR",
                    ),
                    ("discount__gte", 0),
                    ("excess__gte", 0),
                    ("fee__gte", 0),
                    ("fine__gte", 0),
                    ("interest__gte", 0),
                    ("lacking__gte", 0),
                    ("principal__gte", 0),
                    ("split__gte", 0),
                    ("withheld__gte", 0),
                ),
                name="settlement_amounts",
            ),
        ),
        migrations.RunSQL(LACKING, BACK),
    ]
