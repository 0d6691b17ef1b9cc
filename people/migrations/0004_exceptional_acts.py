"""Acts out of the ordinary: what was asked stays, is answered once by another, and nobody does alone
more than the limit.

Source: PostgreSQL documentation, "CREATE TRIGGER".
"""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids
from tenants.rls import SecureTenantTable

GUARDS = """
CREATE FUNCTION people_exception_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'exceptional acts are kept'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'exceptionalact_kept';
    END IF;
    IF OLD.outcome <> 'waiting' OR NEW.outcome = 'alone' OR
        to_jsonb(NEW) - '{outcome,decided_by_id,decided_at,reason}'::text[]
        <> to_jsonb(OLD) - '{outcome,decided_by_id,decided_at,reason}'::text[] THEN
        RAISE EXCEPTION 'an exceptional act is answered once and not rewritten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'exceptionalact_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exceptionalact_once BEFORE UPDATE OR DELETE ON "people_exceptionalact"
    FOR EACH ROW EXECUTE FUNCTION people_exception_once();
-- One is either done at once, within what the person may do alone, or waits.
CREATE FUNCTION people_exception_alone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE alone numeric;
BEGIN
    IF NEW.outcome = 'waiting' THEN RETURN NEW; END IF;
    SELECT coalesce(sum(amount), 0) INTO alone FROM people_exceptionalact
        WHERE tenant_id = NEW.tenant_id AND outcome = 'alone' AND kind = NEW.kind
            AND asked_by_id = NEW.asked_by_id AND counts_with = NEW.counts_with AND day = NEW.day;
    IF NEW.outcome <> 'alone' OR NEW.decided_by_id <> NEW.asked_by_id OR alone + NEW.amount > coalesce(
        (SELECT amount FROM people_exceptionallimit WHERE tenant_id = NEW.tenant_id), 500
    ) THEN
        RAISE EXCEPTION 'one person does no more than the limit alone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'exceptionalact_limit';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exceptionalact_limit BEFORE INSERT ON "people_exceptionalact"
    FOR EACH ROW EXECUTE FUNCTION people_exception_alone();
"""

BACK = """
DROP TRIGGER exceptionalact_limit ON "people_exceptionalact";
DROP FUNCTION people_exception_alone();
DROP TRIGGER exceptionalact_once ON "people_exceptionalact";
DROP FUNCTION people_exception_once();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_password_link"),
        ("tenants", "0006_tax_reform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExceptionalAct",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("subject_id", models.UUIDField()),
                ("subject", models.CharField(max_length=200)),
                ("url", models.CharField(max_length=300)),
                ("counts_with", models.UUIDField()),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="valor"),
                ),
                ("title", models.CharField(max_length=200)),
                ("why", models.CharField(max_length=300, verbose_name="motivo")),
                ("effect", models.JSONField(default=dict)),
                ("value", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField()),
                ("day", models.DateField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "aguarda liberação"),
                            ("alone", "feito"),
                            ("released", "liberado"),
                            ("refused", "recusado"),
                            ("withdrawn", "retirado"),
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
                    "author",
                    models.ForeignKey(
                        null=True,
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
                    models.Index(fields=["tenant", "-asked_at", "-id"], name="exceptionalact_page"),
                    models.Index(
                        condition=models.Q(("outcome", "waiting")),
                        fields=["tenant"],
                        name="exceptionalact_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("outcome", "alone")),
                        fields=["tenant", "asked_by", "day"],
                        name="exceptionalact_alone",
                    ),
                    models.Index(fields=["tenant", "subject_id"], name="exceptionalact_subject"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "waiting")),
                        fields=("tenant", "kind", "subject_id"),
                        name="exceptionalact_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="exceptionalact_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                ["waiting", "alone", "released", "refused", "withdrawn", "void"],
                            )
                        ),
                        name="exceptionalact_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", None), ("outcome", "waiting")
                            ),
                            models.Q(
                                models.Q(("outcome", "waiting"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="exceptionalact_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "released"), _negated=True),
                            models.Q(
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                models.Q(
                                    ("author", None),
                                    models.Q(("decided_by", models.F("author")), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="exceptionalact_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExceptionalLimit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("500.00"),
                        max_digits=12,
                        verbose_name="limite",
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
                "constraints": [
                    models.UniqueConstraint(fields=("tenant",), name="exceptionallimit_one"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="exceptionallimit_amount"
                    ),
                ],
            },
        ),
        SecureTenantTable("exceptionalact"),
        SecureTenantTable("exceptionallimit"),
        migrations.RunSQL(GUARDS, BACK),
    ]
