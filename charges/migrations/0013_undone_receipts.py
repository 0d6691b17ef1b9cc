"""What a person registered as received may be undone: once, by a person, and it counts no more.

A charge goes back to what its slips say. Whoever undoes it looks at refunds and uses of its advance
under its charge's lock (charges/settlement/undo.py).
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

former = import_module("charges.migrations.0006_state_machines")
# Besides those of 0006, where nothing is settled any more (charges/states.py: UNDO_MOVES).
MORE_MOVES = """
    ('paid', 'draft'), ('paid', 'issuing'), ('paid', 'unknown'), ('paid', 'registering'),
    ('paid', 'open'), ('paid', 'in_payment'), ('paid', 'written_off'), ('paid', 'refused'),
    ('paid', 'cancelled'),
    ('partly_paid', 'draft'), ('partly_paid', 'issuing'), ('partly_paid', 'unknown'),
    ('partly_paid', 'registering'), ('partly_paid', 'open'), ('partly_paid', 'in_payment'),
    ('partly_paid', 'written_off'), ('partly_paid', 'refused'), ('partly_paid', 'cancelled')
"""


MOVES = f"""
CREATE OR REPLACE FUNCTION charges_charge_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN ({former.CHARGE_MOVES})
        AND NOT (NEW.settled = 0 AND NEW.late_rest = 0
            AND (OLD.status, NEW.status) IN ({MORE_MOVES}))
    THEN
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charge_moves';
    END IF;
    RETURN NEW;
END $$;
"""
FORMER_MOVES = f"""
CREATE OR REPLACE FUNCTION charges_charge_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN ({former.CHARGE_MOVES}) THEN
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charge_moves';
    END IF;
    RETURN NEW;
END $$;
"""

ONCE = """
CREATE TRIGGER settlement_undone_once BEFORE UPDATE OF undone_at, undone_by_id
    ON "charges_settlement" FOR EACH ROW WHEN (
        OLD.undone_at IS NOT NULL
        AND (OLD.undone_at, OLD.undone_by_id) IS DISTINCT FROM (NEW.undone_at, NEW.undone_by_id))
    EXECUTE FUNCTION charges_never();
"""
NOT_ONCE = 'DROP TRIGGER settlement_undone_once ON "charges_settlement";'


# As in 0006, of the settlements that count.
SETTLED = """
CREATE OR REPLACE FUNCTION charges_settled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose uuid;
    told numeric;
    given numeric;
BEGIN
    IF TG_TABLE_NAME = 'charges_charge' THEN whose := NEW.id; ELSE whose := NEW.charge_id; END IF;
    SELECT settled, waived INTO told, given FROM charges_charge WHERE id = whose;
    IF told - given IS DISTINCT FROM (
        SELECT coalesce(sum(principal), 0) FROM charges_settlement
        WHERE charge_id = whose AND entry_id IS NOT NULL AND undone_at IS NULL
    ) - (
        SELECT coalesce(sum(principal), 0) FROM charges_refund
        WHERE charge_id = whose AND entry_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'charge % is not settled by that much', whose
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charge_settled_sum';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER settlement_sum ON "charges_settlement";
CREATE CONSTRAINT TRIGGER settlement_sum AFTER INSERT OR UPDATE OF entry_id, undone_at
    ON "charges_settlement" DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION charges_settled();
"""
FORMERLY = SETTLED.replace(" AND undone_at IS NULL", "").replace(", undone_at", "")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_purposes_of_reconciliation"),
        ("banking", "0016_statementline_amount"),
        ("charges", "0012_advance_undone"),
        ("tenants", "0006_tax_reform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="settlement",
            name="undone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="settlement",
            name="undone_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at", None), ("undone_by", None)),
                    models.Q(
                        ("registered_by__isnull", False),
                        ("undone_at__isnull", False),
                        ("undone_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="settlement_undone_by_person",
            ),
        ),
        migrations.RunSQL(MOVES, FORMER_MOVES),
        migrations.RunSQL(ONCE, NOT_ONCE),
        migrations.RunSQL(SETTLED, FORMERLY),
    ]
