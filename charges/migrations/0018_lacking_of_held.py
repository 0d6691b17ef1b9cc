"""What lacks of a payment that is held back is told when it is posted, as its parts are."""

from django.db import migrations

DROP = 'DROP TRIGGER settlement_lacking_frozen ON "charges_settlement";'
FREEZE = """
CREATE TRIGGER settlement_lacking_frozen BEFORE UPDATE OF lacking ON "charges_settlement"
    FOR EACH ROW WHEN ({when}OLD.lacking IS DISTINCT FROM NEW.lacking)
    EXECUTE FUNCTION charges_never();
"""


class Migration(migrations.Migration):
    dependencies = [("charges", "0017_received_by_day")]

    operations = [
        migrations.RunSQL(
            DROP + FREEZE.format(when="OLD.entry_id IS NOT NULL AND "),
            DROP + FREEZE.format(when=""),
        ),
    ]
