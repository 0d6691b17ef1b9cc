"""A group may be of another nature than the one above it, where charts have it so.

Equity stands within the liabilities (Lei 6.404/1976, art. 178), revenue and expense within the
result. What a foreign key over both natures held is held by a trigger. It runs as its caller,
within the scope of the caller's company: a parent that the scope hides is refused.
"""

from django.db import migrations, models

SAME_NATURE = """
ALTER TABLE "accounts_classificationgroup"
    ADD CONSTRAINT "group_nature_of_parent"
    FOREIGN KEY (tenant_id, parent_id, nature)
    REFERENCES "accounts_classificationgroup" (tenant_id, id, nature)
    DEFERRABLE INITIALLY DEFERRED;
"""

SAME_NATURE_GONE = """
ALTER TABLE "accounts_classificationgroup" DROP CONSTRAINT "group_nature_of_parent";
"""

# At the end of the transaction, on the rows as they are then. The key of "group_nature_key" has the
# nature in it, so FOR KEY SHARE waits for whoever changes the parent's, and makes them wait.
WITHIN = """
CREATE FUNCTION accounts_nature_may_hold(above text, below text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT below = above
        OR (above = 'passivo' AND below = 'patrimonio')
        OR (above = 'resultado' AND below IN ('receita', 'despesa'))
$$;
CREATE FUNCTION accounts_group_nature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_is record;
    above text;
BEGIN
    SELECT parent_id, nature INTO now_is
        FROM accounts_classificationgroup WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF now_is.parent_id IS NOT NULL THEN
        SELECT nature INTO above FROM accounts_classificationgroup
            WHERE tenant_id = NEW.tenant_id AND id = now_is.parent_id FOR KEY SHARE;
        IF NOT coalesce(accounts_nature_may_hold(above, now_is.nature), false) THEN
            RAISE EXCEPTION 'group_nature_of_parent: group % of nature % under %', NEW.id, now_is.nature, above
                USING ERRCODE = 'check_violation', CONSTRAINT = 'group_nature_of_parent';
        END IF;
    END IF;
    PERFORM 1 FROM accounts_classificationgroup
        WHERE tenant_id = NEW.tenant_id AND parent_id = NEW.id
            AND NOT accounts_nature_may_hold(now_is.nature, nature);
    IF FOUND THEN
        RAISE EXCEPTION 'group_nature_of_parent: % of nature % does not hold what is under it',
            NEW.id, now_is.nature
            USING ERRCODE = 'check_violation', CONSTRAINT = 'group_nature_of_parent';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER group_nature_of_parent
    AFTER INSERT OR UPDATE OF parent_id, nature ON "accounts_classificationgroup"
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION accounts_group_nature();
"""

WITHIN_GONE = """
DROP TRIGGER group_nature_of_parent ON "accounts_classificationgroup";
DROP FUNCTION accounts_group_nature();
DROP FUNCTION accounts_nature_may_hold(text, text);
"""

NATURES = [
    ("ativo", "Ativo"),
    ("passivo", "Passivo"),
    ("patrimonio", "Patrimônio líquido"),
    ("receita", "Receita"),
    ("despesa", "Despesa"),
    ("resultado", "Resultado"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_bank_home_label")]

    operations = [
        migrations.AlterField(
            model_name="classificationgroup",
            name="nature",
            field=models.CharField(choices=NATURES, max_length=10, verbose_name="natureza"),
        ),
        migrations.RemoveConstraint(model_name="classificationgroup", name="group_nature"),
        migrations.AddConstraint(
            model_name="classificationgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(nature__in=[nature for nature, _ in NATURES]),
                name="group_nature",
            ),
        ),
        migrations.RunSQL(SAME_NATURE_GONE, SAME_NATURE),
        migrations.RunSQL(WITHIN, WITHIN_GONE),
    ]
