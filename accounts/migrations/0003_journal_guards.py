"""What must never happen in the books, forbidden by the database.

Sources: PostgreSQL documentation, "CREATE TRIGGER" (constraint triggers, deferred to the end of
the transaction) and "Explicit Locking". The functions run as their caller, within the scope of
the caller's company: rows that the scope hides count as missing, and what is missing is refused.
"""

from django.db import migrations

SAME_NATURE = """
ALTER TABLE "accounts_classificationgroup"
    ADD CONSTRAINT "group_nature_key" UNIQUE (tenant_id, id, nature);
ALTER TABLE "accounts_classificationgroup"
    ADD CONSTRAINT "group_nature_of_parent"
    FOREIGN KEY (tenant_id, parent_id, nature)
    REFERENCES "accounts_classificationgroup" (tenant_id, id, nature)
    DEFERRABLE INITIALLY DEFERRED;
"""

SAME_NATURE_BACK = """
ALTER TABLE "accounts_classificationgroup" DROP CONSTRAINT "group_nature_of_parent";
ALTER TABLE "accounts_classificationgroup" DROP CONSTRAINT "group_nature_key";
"""

# Also fired by each line: a line that comes in a later transaction finds the entry complete.
WHOLE = """
CREATE FUNCTION accounts_entry_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid;
    entry record;
    lines record;
BEGIN
    IF TG_TABLE_NAME = 'accounts_journalentry' THEN
        checked := NEW.id;
    ELSE
        checked := NEW.entry_id;
    END IF;
    SELECT line_count, total INTO entry
        FROM accounts_journalentry WHERE tenant_id = NEW.tenant_id AND id = checked;
    SELECT count(*) AS number, sum(amount) AS balance,
            sum(amount) FILTER (WHERE amount > 0) AS debits INTO lines
        FROM accounts_journalline WHERE tenant_id = NEW.tenant_id AND entry_id = checked;
    IF lines.number IS DISTINCT FROM entry.line_count
        OR lines.balance IS DISTINCT FROM 0
        OR lines.debits IS DISTINCT FROM entry.total
    THEN
        RAISE EXCEPTION 'journal entry %: % lines, balance %, debits %; declared % lines, total %',
            checked, lines.number, lines.balance, lines.debits, entry.line_count, entry.total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_whole AFTER INSERT ON "accounts_journalentry"
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION accounts_entry_is_whole();
CREATE CONSTRAINT TRIGGER entry_whole AFTER INSERT ON "accounts_journalline"
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION accounts_entry_is_whole();
"""

WHOLE_BACK = """
DROP TRIGGER entry_whole ON "accounts_journalline";
DROP TRIGGER entry_whole ON "accounts_journalentry";
DROP FUNCTION accounts_entry_is_whole();
"""

IMMUTABLE = """
CREATE FUNCTION accounts_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: entries are reversed, never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'entry_immutable';
END $$;
CREATE TRIGGER entry_immutable BEFORE UPDATE OR DELETE ON "accounts_journalentry"
    FOR EACH ROW EXECUTE FUNCTION accounts_never_changed();
CREATE TRIGGER entry_immutable BEFORE UPDATE OR DELETE ON "accounts_journalline"
    FOR EACH ROW EXECUTE FUNCTION accounts_never_changed();
"""

IMMUTABLE_BACK = """
DROP TRIGGER entry_immutable ON "accounts_journalline";
DROP TRIGGER entry_immutable ON "accounts_journalentry";
DROP FUNCTION accounts_never_changed();
"""

# FOR SHARE waits for whoever is archiving the account, and makes them wait for this entry.
ARCHIVED = """
CREATE FUNCTION accounts_archived_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM accounts_account
        WHERE tenant_id = NEW.tenant_id AND id = NEW.account_id AND archived_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'account % takes no entries', NEW.account_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_open_account';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER line_open_account BEFORE INSERT ON "accounts_journalline"
    FOR EACH ROW EXECUTE FUNCTION accounts_archived_is_closed();
"""

ARCHIVED_BACK = """
DROP TRIGGER line_open_account ON "accounts_journalline";
DROP FUNCTION accounts_archived_is_closed();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_walls")]

    operations = [
        migrations.RunSQL(SAME_NATURE, SAME_NATURE_BACK),
        migrations.RunSQL(WHOLE, WHOLE_BACK),
        migrations.RunSQL(IMMUTABLE, IMMUTABLE_BACK),
        migrations.RunSQL(ARCHIVED, ARCHIVED_BACK),
    ]
