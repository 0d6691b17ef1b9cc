"""What of contracts and agreements never changes."""

from django.db import migrations

# Of which contract and period a charge is, and from which agreement, is said when it is made.
KEPT = """
CREATE TRIGGER charge_origin_frozen
    BEFORE UPDATE OF recurrence_id, recurrence_month, renegotiation_id, additions
    ON "charges_charge" FOR EACH ROW
    WHEN ((OLD.recurrence_id, OLD.recurrence_month, OLD.renegotiation_id, OLD.additions)
        IS DISTINCT FROM
        (NEW.recurrence_id, NEW.recurrence_month, NEW.renegotiation_id, NEW.additions))
    EXECUTE FUNCTION charges_never();
CREATE TRIGGER recurrencevalue_immutable BEFORE UPDATE OR DELETE ON "charges_recurrencevalue"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
CREATE TRIGGER recurrenceevent_immutable BEFORE UPDATE OR DELETE ON "charges_recurrenceevent"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
CREATE TRIGGER recurrence_kept BEFORE DELETE ON "charges_recurrence"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
CREATE TRIGGER renegotiation_kept BEFORE DELETE ON "charges_renegotiation"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
CREATE TRIGGER renegotiation_frozen
    BEFORE UPDATE OF tenant_id, payer_id, principal, additions, discount, bank_account_id,
        revenue_account_id, olds, parts
    ON "charges_renegotiation" FOR EACH ROW
    WHEN ((OLD.tenant_id, OLD.payer_id, OLD.principal, OLD.additions, OLD.discount,
            OLD.bank_account_id, OLD.revenue_account_id, OLD.olds, OLD.parts)
        IS DISTINCT FROM
        (NEW.tenant_id, NEW.payer_id, NEW.principal, NEW.additions, NEW.discount,
            NEW.bank_account_id, NEW.revenue_account_id, NEW.olds, NEW.parts))
    EXECUTE FUNCTION charges_never();
CREATE TRIGGER renegotiation_over BEFORE UPDATE OF status ON "charges_renegotiation"
    FOR EACH ROW WHEN (OLD.status <> 'ending' AND OLD.status <> NEW.status)
    EXECUTE FUNCTION charges_never();
"""
NOT_KEPT = """
DROP TRIGGER renegotiation_over ON "charges_renegotiation";
DROP TRIGGER renegotiation_frozen ON "charges_renegotiation";
DROP TRIGGER renegotiation_kept ON "charges_renegotiation";
DROP TRIGGER recurrence_kept ON "charges_recurrence";
DROP TRIGGER recurrenceevent_immutable ON "charges_recurrenceevent";
DROP TRIGGER recurrencevalue_immutable ON "charges_recurrencevalue";
DROP TRIGGER charge_origin_frozen ON "charges_charge";
"""


class Migration(migrations.Migration):
    dependencies = [("charges", "0008_dunning_guards")]

    operations = [
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
