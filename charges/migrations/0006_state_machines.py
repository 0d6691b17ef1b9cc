"""What must never happen to charges, slips and settlements, forbidden by the database.

The allowed moves are those of charges/states.py. Triggers hold for every role, owner included,
and by row: under another company's scope there is no row, so nothing happens and nothing is told.
Source: PostgreSQL documentation, "CREATE TRIGGER" (the WHEN clause, UPDATE OF).
"""

from django.db import migrations

CHARGE_MOVES = """
    ('draft', 'issuing'), ('draft', 'cancelled'), ('draft', 'paid'), ('draft', 'partly_paid'),
    ('issuing', 'unknown'), ('issuing', 'cancelled'), ('issuing', 'draft'),
    ('issuing', 'refused'), ('issuing', 'written_off'), ('issuing', 'registering'),
    ('issuing', 'open'), ('issuing', 'in_payment'), ('issuing', 'paid'),
    ('issuing', 'partly_paid'),
    ('unknown', 'issuing'), ('unknown', 'cancelled'), ('unknown', 'draft'),
    ('unknown', 'refused'), ('unknown', 'written_off'), ('unknown', 'registering'),
    ('unknown', 'open'), ('unknown', 'in_payment'), ('unknown', 'paid'),
    ('unknown', 'partly_paid'),
    ('registering', 'cancelled'), ('registering', 'refused'), ('registering', 'written_off'),
    ('registering', 'draft'), ('registering', 'open'), ('registering', 'in_payment'),
    ('registering', 'paid'), ('registering', 'partly_paid'),
    ('open', 'cancelled'), ('open', 'written_off'), ('open', 'registering'),
    ('open', 'in_payment'), ('open', 'paid'), ('open', 'partly_paid'),
    ('in_payment', 'cancelled'), ('in_payment', 'written_off'), ('in_payment', 'registering'),
    ('in_payment', 'open'), ('in_payment', 'paid'), ('in_payment', 'partly_paid'),
    ('partly_paid', 'paid'), ('partly_paid', 'returned'),
    ('paid', 'partly_paid'), ('paid', 'returned'),
    ('written_off', 'issuing'), ('written_off', 'cancelled'), ('written_off', 'paid'),
    ('written_off', 'partly_paid'),
    ('cancelled', 'paid'), ('cancelled', 'partly_paid'),
    ('returned', 'issuing'), ('returned', 'cancelled'), ('returned', 'paid'),
    ('returned', 'partly_paid'),
    ('refused', 'issuing'), ('refused', 'cancelled'), ('refused', 'paid'),
    ('refused', 'partly_paid')
"""

SLIP_MOVES = """
    ('queued', 'issuing'), ('queued', 'withdrawn'),
    ('issuing', 'queued'), ('issuing', 'unknown'), ('issuing', 'refused'),
    ('issuing', 'registering'), ('issuing', 'open'), ('issuing', 'in_payment'),
    ('issuing', 'paid'), ('issuing', 'cancelled'), ('issuing', 'written_off'),
    ('unknown', 'queued'), ('unknown', 'refused'), ('unknown', 'given_up'),
    ('unknown', 'registering'), ('unknown', 'open'), ('unknown', 'in_payment'),
    ('unknown', 'paid'), ('unknown', 'cancelled'), ('unknown', 'written_off'),
    ('registering', 'open'), ('registering', 'in_payment'), ('registering', 'refused'),
    ('registering', 'paid'), ('registering', 'cancelled'), ('registering', 'written_off'),
    ('open', 'in_payment'), ('open', 'paid'), ('open', 'cancelled'), ('open', 'written_off'),
    ('in_payment', 'open'), ('in_payment', 'paid'), ('in_payment', 'cancelled'),
    ('in_payment', 'written_off'),
    ('cancelled', 'paid'), ('written_off', 'paid'), ('given_up', 'paid')
"""


def moves(table: str, name: str, pairs: str) -> migrations.RunSQL:
    """Refuse every change of status that is not one of the pairs."""
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION charges_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (OLD.status, NEW.status) NOT IN ({pairs}) THEN
                RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {name} BEFORE UPDATE OF status ON "{table}"
            FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
            EXECUTE FUNCTION charges_{name}();
        """,
        f"""
        DROP TRIGGER {name} ON "{table}";
        DROP FUNCTION charges_{name}();
        """,
    )


KEPT = """
CREATE FUNCTION charges_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER charge_kept BEFORE DELETE ON "charges_charge"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
CREATE TRIGGER slip_kept BEFORE DELETE ON "charges_slip"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
CREATE TRIGGER settlement_kept BEFORE DELETE ON "charges_settlement"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
CREATE TRIGGER chargeevent_immutable BEFORE UPDATE OR DELETE ON "charges_chargeevent"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
"""
NOT_KEPT = """
DROP TRIGGER chargeevent_immutable ON "charges_chargeevent";
DROP TRIGGER settlement_kept ON "charges_settlement";
DROP TRIGGER slip_kept ON "charges_slip";
DROP TRIGGER charge_kept ON "charges_charge";
DROP FUNCTION charges_never();
"""


def frozen(table: str, name: str, columns: str, when: str = "true") -> migrations.RunSQL:
    """These columns of a row never change while `when` holds of what it was."""
    old = ", ".join(f"OLD.{column.strip()}" for column in columns.split(","))
    new = ", ".join(f"NEW.{column.strip()}" for column in columns.split(","))
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON "{table}"
            FOR EACH ROW WHEN ({when} AND ({old}) IS DISTINCT FROM ({new}))
            EXECUTE FUNCTION charges_never();
        """,
        f'DROP TRIGGER {name} ON "{table}"',
    )


# What a bank was given is what is owed: changed only while no bank collects it.
CHARGE_COLUMNS = """tenant_id, payer_id, bank_account_id, amount, due_date, late_from, form,
    fine_percent, interest_percent, discount"""
COLLECTED = "OLD.status NOT IN ('draft', 'refused', 'written_off', 'returned')"

# What came and was not given back, and what was given up, is what the charge says is settled.
SETTLED = """
CREATE FUNCTION charges_settled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose uuid;
    told numeric;
    given numeric;
BEGIN
    IF TG_TABLE_NAME = 'charges_charge' THEN whose := NEW.id; ELSE whose := NEW.charge_id; END IF;
    SELECT settled, waived INTO told, given FROM charges_charge WHERE id = whose;
    IF told - given IS DISTINCT FROM (
        SELECT coalesce(sum(principal), 0) FROM charges_settlement
        WHERE charge_id = whose AND entry_id IS NOT NULL
    ) - (
        SELECT coalesce(sum(principal), 0) FROM charges_refund
        WHERE charge_id = whose AND entry_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'charge % is not settled by that much', whose
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charge_settled_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER charge_settled_sum AFTER INSERT OR UPDATE OF settled, waived
    ON "charges_charge" DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION charges_settled();
CREATE CONSTRAINT TRIGGER settlement_sum AFTER INSERT OR UPDATE OF entry_id
    ON "charges_settlement" DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION charges_settled();
CREATE CONSTRAINT TRIGGER refund_sum AFTER INSERT OR UPDATE OF entry_id
    ON "charges_refund" DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION charges_settled();
"""
NOT_SETTLED = """
DROP TRIGGER refund_sum ON "charges_refund";
DROP TRIGGER settlement_sum ON "charges_settlement";
DROP TRIGGER charge_settled_sum ON "charges_charge";
DROP FUNCTION charges_settled();
"""


class Migration(migrations.Migration):
    dependencies = [("charges", "0005_walls")]

    operations = [
        moves("charges_charge", "charge_moves", CHARGE_MOVES),
        moves("charges_slip", "slip_moves", SLIP_MOVES),
        migrations.RunSQL(KEPT, NOT_KEPT),
        frozen("charges_charge", "charge_frozen", CHARGE_COLUMNS, COLLECTED),
        # A repeat has to be the same request: what is sent under a key never changes.
        frozen(
            "charges_slip",
            "slip_frozen",
            "tenant_id, charge_id, bank_account_id, batch_id, key, content, form, amount, due_date",
        ),
        frozen(
            "charges_settlement",
            "settlement_frozen",
            "tenant_id, charge_id, slip_id, bank_account_id, evidence, way, paid_on, received,"
            " withheld, split, fee",
        ),
        # Money that is held back says only when it is posted what it is made of: other money may
        # have come in between.
        frozen(
            "charges_settlement",
            "settlement_parts_frozen",
            "discount, principal, fine, interest, excess",
            "OLD.entry_id IS NOT NULL",
        ),
        frozen(
            "charges_settlement",
            "settlement_lacking_frozen",
            "lacking",
            "OLD.entry_id IS NOT NULL",
        ),
        migrations.RunSQL(SETTLED, NOT_SETTLED),
    ]
