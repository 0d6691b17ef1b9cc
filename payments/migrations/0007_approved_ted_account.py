"""What an approval shows is fixed, and a bill may go back to approval.

The account of the TED that a Pix may become is written with the approval and taken away with it.
"""

import django.db.models.deletion
from django.db import migrations

import tenants.models

FORMER_MOVES = """
    ('pending', 'approved'), ('pending', 'cancelled'),
    ('approved', 'sent'), ('approved', 'cancelled'),
    ('sent', 'paid'), ('sent', 'approved'),
    ('paid', 'approved')
"""
MOVES = """
    ('pending', 'approved'), ('pending', 'cancelled'),
    ('approved', 'sent'), ('approved', 'cancelled'), ('approved', 'pending'),
    ('sent', 'paid'), ('sent', 'approved'), ('sent', 'pending'),
    ('paid', 'pending')
"""


def moves(pairs: str) -> str:
    """As in 0003, whose trigger calls it."""
    return f"""
    CREATE OR REPLACE FUNCTION payments_payable_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (OLD.status, NEW.status) NOT IN ({pairs}) THEN
            RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payable_moves';
        END IF;
        RETURN NEW;
    END $$;
    """


# As `SecureTenantTable` does it for the keys that a table is born with.
COMPANY_IN_KEY = """
ALTER TABLE "payments_payable" ADD CONSTRAINT "payments_payable_approved_ted_account_id_tenant_fk"
    FOREIGN KEY (tenant_id, approved_ted_account_id)
    REFERENCES "payments_payeeaccount" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
"""
COMPANY_IN_KEY_BACK = """
ALTER TABLE "payments_payable" DROP CONSTRAINT "payments_payable_approved_ted_account_id_tenant_fk"
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_title")]

    operations = [
        migrations.AddField(
            model_name="payable",
            name="approved_ted_account",
            field=tenants.models.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.payeeaccount",
            ),
        ),
        migrations.RunSQL(COMPANY_IN_KEY, COMPANY_IN_KEY_BACK),
        migrations.RunSQL(moves(MOVES), moves(FORMER_MOVES)),
    ]
