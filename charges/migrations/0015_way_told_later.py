"""A payment that only the statement told of does not say how it came: its bank says so once."""

from importlib import import_module

from django.db import migrations

former = import_module("charges.migrations.0006_state_machines")
TABLE = "charges_settlement"
COLUMNS = (
    "tenant_id, charge_id, slip_id, bank_account_id, evidence, paid_on, received,"
    " withheld, split, fee"
)
DROP = f'DROP TRIGGER settlement_frozen ON "{TABLE}"'
FORMER = former.frozen(TABLE, "settlement_frozen", f"way, {COLUMNS}").sql


class Migration(migrations.Migration):
    dependencies = [("charges", "0014_receipts_of_lines")]

    operations = [
        migrations.RunSQL(DROP, FORMER),
        former.frozen(TABLE, "settlement_frozen", COLUMNS),
        former.frozen(TABLE, "settlement_way_frozen", "way", "OLD.way <> 'unknown'"),
    ]
