from django.db import migrations

# A function of the owner's: the application may call it and cannot replace it. The tests, who own
# their database, replace it where they play another time of day.
CLOCK = """
CREATE FUNCTION kamino_now() RETURNS timestamptz LANGUAGE sql VOLATILE
AS 'SELECT clock_timestamp()'
"""


class Migration(migrations.Migration):
    operations = [migrations.RunSQL(CLOCK, "DROP FUNCTION kamino_now()")]
