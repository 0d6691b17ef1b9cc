"""An opening balance that ends releases what it took in, and nothing that another one has.

A Conta do Ativo may belong to another bank account by now, whose own opening balance took in all
that it holds: that stays taken in.
"""

from django.db import migrations

RELEASE = """
CREATE FUNCTION reconciliation_release_items(company uuid, leaf uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM reconciliation_openingbalance
        WHERE tenant_id = company AND ledger_account_id = leaf AND ended_at IS NULL;
    IF NOT FOUND THEN
        PERFORM banking_release_items(company, leaf);
    END IF;
END $$;
"""
RELEASE_BACK = "DROP FUNCTION reconciliation_release_items(uuid, uuid);"
ENDED = """
CREATE OR REPLACE FUNCTION reconciliation_opening_ends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ended record;
BEGIN
    FOR ended IN
        UPDATE reconciliation_openingbalance AS opening SET ended_at = now()
            FROM made WHERE opening.tenant_id = made.tenant_id
                AND opening.entry_id = made.reverses_id AND opening.ended_at IS NULL
            RETURNING opening.tenant_id, opening.ledger_account_id
    LOOP
        PERFORM reconciliation_release_items(ended.tenant_id, ended.ledger_account_id);
    END LOOP;
    RETURN NULL;
END $$;
"""
ENDED_BACK = ENDED.replace("reconciliation_release_items", "banking_release_items")


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0026_change_days")]

    operations = [
        migrations.RunSQL(RELEASE, RELEASE_BACK),
        migrations.RunSQL(ENDED, ENDED_BACK),
    ]
