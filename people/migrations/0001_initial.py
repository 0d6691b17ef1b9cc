"""Invitations and pending changes, and what the database refuses about people.

Source: PostgreSQL documentation, "CREATE TRIGGER" (deferred constraint triggers) and "Writing
SECURITY DEFINER Functions Safely" (temporary tables come last in the search path).
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
from tenants.rls import SecureTenantTable

# What was asked stays as it was asked, is answered once, and is kept.
ASKED = """
CREATE FUNCTION people_change_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'pending changes are kept'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'change_kept';
    END IF;
    IF OLD.outcome <> 'waiting' OR
        to_jsonb(NEW) - '{outcome,decided_by_id,decided_at,reason}'::text[]
        <> to_jsonb(OLD) - '{outcome,decided_by_id,decided_at,reason}'::text[] THEN
        RAISE EXCEPTION 'a pending change is answered once and not rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'change_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER change_once BEFORE UPDATE OR DELETE ON "people_pendingchange"
    FOR EACH ROW EXECUTE FUNCTION people_change_once();
"""

# An invitation that was used or revoked is never open again, and none becomes another's.
INVITED = """
CREATE FUNCTION people_invitation_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.accepted_at IS NOT NULL OR OLD.revoked_at IS NOT NULL
        OR (NEW.email, NEW.role, NEW.made_at) IS DISTINCT FROM (OLD.email, OLD.role, OLD.made_at)
    THEN
        RAISE EXCEPTION 'an invitation is used once, by its own address'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invitation_once BEFORE UPDATE ON "people_invitation"
    FOR EACH ROW EXECUTE FUNCTION people_invitation_once();
"""

# A company that has an admin who can sign in keeps one. Asked at the commit, under a write of the
# company's row: two that go at the same instant wait for each other, and at a stricter level of
# isolation one of them fails. The function looks at the company in question, whatever scope the
# transaction ends in, and at the real tables, whatever temporary ones there are.
LAST_ADMIN = """
CREATE FUNCTION people_require_admin(company uuid) RETURNS void LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    scope text := coalesce(current_setting('kamino.tenant', true), '');
    has_admin boolean;
BEGIN
    PERFORM set_config('kamino.tenant', company::text, true);
    UPDATE tenants_tenant SET plan = plan WHERE id = company;
    SELECT EXISTS (
        SELECT FROM tenants_membership m JOIN tenants_user u ON u.id = m.user_id
            WHERE m.tenant_id = company AND m.role = 'admin' AND u.is_active
    ) INTO has_admin;
    PERFORM set_config('kamino.tenant', scope, true);
    IF NOT has_admin THEN
        RAISE EXCEPTION 'company % would have no admin', company
            USING ERRCODE = 'check_violation', CONSTRAINT = 'last_admin';
    END IF;
END $$;
CREATE FUNCTION people_admin_left() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM people_require_admin(OLD.tenant_id);
    RETURN NULL;
END $$;
CREATE FUNCTION people_user_left() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    scope text := coalesce(current_setting('kamino.tenant', true), '');
    companies uuid[];
    company uuid;
BEGIN
    PERFORM set_config('kamino.tenant', '*', true);
    companies := ARRAY(SELECT tenant_id FROM tenants_membership
        WHERE user_id = OLD.id AND role = 'admin' ORDER BY tenant_id);
    PERFORM set_config('kamino.tenant', scope, true);
    FOREACH company IN ARRAY companies LOOP
        PERFORM people_require_admin(company);
    END LOOP;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER last_admin AFTER UPDATE OR DELETE ON "tenants_membership"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'admin')
    EXECUTE FUNCTION people_admin_left();
CREATE CONSTRAINT TRIGGER last_admin AFTER UPDATE ON "tenants_user"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
    EXECUTE FUNCTION people_user_left();
"""

BACK = """
DROP TRIGGER last_admin ON "tenants_user";
DROP TRIGGER last_admin ON "tenants_membership";
DROP FUNCTION people_user_left();
DROP FUNCTION people_admin_left();
DROP FUNCTION people_require_admin(uuid);
DROP TRIGGER invitation_once ON "people_invitation";
DROP FUNCTION people_invitation_once();
DROP TRIGGER change_once ON "people_pendingchange";
DROP FUNCTION people_change_once();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0005_sending_lock"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("admin", "Administrador"),
                            ("financeiro", "Financeiro"),
                            ("aprovador", "Aprovador"),
                            ("leitura", "Leitura"),
                        ],
                        max_length=12,
                        verbose_name="papel",
                    ),
                ),
                ("is_granted", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField(db_default=core.clock.DatabaseNow())),
                ("token_hash", models.CharField(default="", editable=False, max_length=64)),
                ("emailed_at", models.DateTimeField(null=True)),
                ("is_refused", models.BooleanField(default=False)),
                ("expires_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["token_hash"], name="invitation_token"),
                    models.Index(
                        condition=models.Q(
                            ("accepted_at", None),
                            ("emailed_at", None),
                            ("is_refused", False),
                            ("revoked_at", None),
                        ),
                        fields=["made_at"],
                        name="invitation_to_email",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                        fields=("tenant", "email"),
                        name="invitation_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["admin", "financeiro", "aprovador", "leitura"])
                        ),
                        name="invitation_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at", None), ("revoked_at", None), _connector="OR"
                        ),
                        name="invitation_one_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PendingChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("subject_id", models.UUIDField()),
                ("title", models.CharField(max_length=200)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("value", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField()),
                ("takes_effect_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "aguarda confirmação"),
                            ("confirmed", "confirmada"),
                            ("by_time", "valeu pelo prazo"),
                            ("stopped", "barrada"),
                            ("void", "sem efeito"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(default="", max_length=300)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "favours",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "waiting")),
                        fields=["takes_effect_at"],
                        name="change_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "waiting")),
                        fields=("tenant", "kind", "subject_id"),
                        name="change_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["waiting", "confirmed", "by_time", "stopped", "void"])
                        ),
                        name="change_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("outcome", "waiting")),
                            models.Q(
                                models.Q(("outcome", "waiting"), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="change_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "confirmed"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                models.Q(
                                    ("favours", None),
                                    models.Q(("decided_by", models.F("favours")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="change_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "by_time"), _negated=True),
                            ("decided_at__gte", models.F("takes_effect_at")),
                            _connector="OR",
                        ),
                        name="change_not_before_its_time",
                    ),
                ],
            },
        ),
        SecureTenantTable("invitation"),
        SecureTenantTable("pendingchange"),
        migrations.RunSQL(ASKED + INVITED + LAST_ADMIN, BACK),
    ]
