"""What must never happen to bills and orders, forbidden by the database.

The allowed moves are those of payments/states.py. Triggers hold for every role, owner included,
and by row: under another company's scope there is no row, so nothing happens and nothing is told.
Source: PostgreSQL documentation, "CREATE TRIGGER" (the WHEN clause, UPDATE OF).
"""

from django.db import migrations

PAYABLE_MOVES = """
    ('pending', 'approved'), ('pending', 'cancelled'),
    ('approved', 'sent'), ('approved', 'cancelled'),
    ('sent', 'paid'), ('sent', 'approved'),
    ('paid', 'approved')
"""

ORDER_MOVES = """
    ('queued', 'sending'), ('queued', 'cancelled'),
    ('sending', 'queued'), ('sending', 'unknown'), ('sending', 'at_bank'),
    ('sending', 'scheduled'), ('sending', 'paid'), ('sending', 'rejected'),
    ('unknown', 'queued'), ('unknown', 'at_bank'), ('unknown', 'scheduled'), ('unknown', 'paid'),
    ('unknown', 'rejected'), ('unknown', 'expired'), ('unknown', 'cancelled'),
    ('unknown', 'returned'),
    ('at_bank', 'scheduled'), ('at_bank', 'paid'), ('at_bank', 'rejected'),
    ('at_bank', 'expired'), ('at_bank', 'cancelled'), ('at_bank', 'returned'),
    ('scheduled', 'at_bank'), ('scheduled', 'paid'), ('scheduled', 'rejected'),
    ('scheduled', 'expired'), ('scheduled', 'cancelled'), ('scheduled', 'returned'),
    ('paid', 'returned')
"""


def moves(table: str, name: str, pairs: str) -> migrations.RunSQL:
    """Refuse every change of status that is not one of the pairs."""
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION payments_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (OLD.status, NEW.status) NOT IN ({pairs}) THEN
                RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {name} BEFORE UPDATE OF status ON "{table}"
            FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
            EXECUTE FUNCTION payments_{name}();
        """,
        f"""
        DROP TRIGGER {name} ON "{table}";
        DROP FUNCTION payments_{name}();
        """,
    )


REFUSAL = """
CREATE FUNCTION payments_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER payable_kept BEFORE DELETE ON "payments_payable"
    FOR EACH ROW EXECUTE FUNCTION payments_never();
CREATE TRIGGER order_kept BEFORE DELETE ON "payments_paymentorder"
    FOR EACH ROW EXECUTE FUNCTION payments_never();
CREATE TRIGGER event_immutable BEFORE UPDATE OR DELETE ON "payments_payableevent"
    FOR EACH ROW EXECUTE FUNCTION payments_never();
"""

# A repeat has to be the same request: what is sent under a key never changes.
FROZEN = """
CREATE TRIGGER order_frozen
    BEFORE UPDATE OF key, content, amount, rail, payable_id, bank_account_id, tenant_id
    ON "payments_paymentorder"
    FOR EACH ROW WHEN (
        (OLD.key, OLD.content, OLD.amount, OLD.rail, OLD.payable_id, OLD.bank_account_id,
            OLD.tenant_id)
        IS DISTINCT FROM
        (NEW.key, NEW.content, NEW.amount, NEW.rail, NEW.payable_id, NEW.bank_account_id,
            NEW.tenant_id)
    )
    EXECUTE FUNCTION payments_never();
"""

# What somebody approved is what is paid.
PAYABLE_FROZEN = """
CREATE TRIGGER payable_frozen
    BEFORE UPDATE OF payee_id, payee_account_id, method, linha_digitavel, amount, created_by_id,
        tenant_id
    ON "payments_payable"
    FOR EACH ROW WHEN (
        OLD.status <> 'pending' AND
        (OLD.payee_id, OLD.payee_account_id, OLD.method, OLD.linha_digitavel, OLD.amount,
            OLD.created_by_id, OLD.tenant_id)
        IS DISTINCT FROM
        (NEW.payee_id, NEW.payee_account_id, NEW.method, NEW.linha_digitavel, NEW.amount,
            NEW.created_by_id, NEW.tenant_id)
    )
    EXECUTE FUNCTION payments_never();
"""

NEVER_BACK = """
DROP TRIGGER payable_frozen ON "payments_payable";
DROP TRIGGER order_frozen ON "payments_paymentorder";
DROP TRIGGER event_immutable ON "payments_payableevent";
DROP TRIGGER order_kept ON "payments_paymentorder";
DROP TRIGGER payable_kept ON "payments_payable";
DROP FUNCTION payments_never();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_walls")]

    operations = [
        moves("payments_payable", "payable_moves", PAYABLE_MOVES),
        moves("payments_paymentorder", "order_moves", ORDER_MOVES),
        migrations.RunSQL(REFUSAL + FROZEN + PAYABLE_FROZEN, NEVER_BACK),
    ]
