"""Sign-ins are counted and not rewritten: nobody makes one smaller, older or another's, and none of
the last 30 days goes. Triggers hold for every role, owner included.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION audit_sign_in_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.user_id, NEW.outcome, NEW.hour, NEW.device)
            IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.outcome, OLD.hour, OLD.device)
        OR NEW.count <> OLD.count + 1 OR NEW.last_at < OLD.last_at THEN
        RAISE EXCEPTION 'a sign-in is counted, and not changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signin_counts BEFORE UPDATE ON "audit_signin"
    FOR EACH ROW EXECUTE FUNCTION audit_sign_in_counts();
CREATE FUNCTION audit_sign_in_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.last_at > kamino_now() - interval '30 days' THEN
        RAISE EXCEPTION 'a sign-in of the last 30 days is kept'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER signin_kept BEFORE DELETE ON "audit_signin"
    FOR EACH ROW EXECUTE FUNCTION audit_sign_in_kept();
CREATE TRIGGER signin_never_emptied BEFORE TRUNCATE ON "audit_signin"
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never();
"""

BACK = """
DROP TRIGGER signin_never_emptied ON "audit_signin";
DROP TRIGGER signin_kept ON "audit_signin";
DROP FUNCTION audit_sign_in_kept();
DROP TRIGGER signin_counts ON "audit_signin";
DROP FUNCTION audit_sign_in_counts();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_sign_ins")]

    operations = [migrations.RunSQL(GUARDS, BACK)]
