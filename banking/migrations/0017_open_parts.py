"""What is open of bank lines and of entries is kept by triggers: it is read without what is not.

Who ends an allocation locks the bank lines, then the journal lines, as who makes one does: what is
left is counted by one at a time.
Source: PostgreSQL documentation, "CREATE TRIGGER" (transition tables; triggers of one event fire in
the order of their names) and "Transaction Isolation" (Read Committed: each statement of a volatile
function sees what was committed before it began).
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import core.ids
from tenants.rls import SecureTenantTable

# Written and read by their key alone, never by the company and the key.
TABLES = ("openline", "daytotal", "openitem", "daysapart", "balancestep")
LEAN = "".join(
    f'ALTER TABLE "banking_{table}" DROP CONSTRAINT "banking_{table}_tenant_key";\n'
    for table in TABLES
)
LEAN_BACK = "".join(
    f'ALTER TABLE "banking_{table}" ADD CONSTRAINT "banking_{table}_tenant_key" '
    "UNIQUE (tenant_id, id);\n"
    for table in TABLES
)

# --- Sums ---

# Each change is a row of its own, so that nobody waits for anybody; now and then those of a day
# become one. Rows that another transaction has are left to it.
FOLDED = """
CREATE FUNCTION banking_steps_fold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF random() >= 0.02 THEN
        RETURN NULL;
    END IF;
    WITH crowded AS (
        SELECT step.tenant_id, step.owner_id, step.day FROM banking_balancestep AS step
        WHERE (step.tenant_id, step.owner_id) IN (SELECT tenant_id, owner_id FROM made)
        GROUP BY step.tenant_id, step.owner_id, step.day HAVING count(*) > 8
    ), folded AS (
        DELETE FROM banking_balancestep WHERE id IN (
            SELECT step.id FROM banking_balancestep AS step
            JOIN crowded USING (tenant_id, owner_id, day)
            FOR UPDATE OF step SKIP LOCKED
        )
        RETURNING tenant_id, owner_id, day, amount, number
    )
    INSERT INTO banking_balancestep (id, tenant_id, owner_id, day, amount, number)
        SELECT gen_random_uuid(), tenant_id, owner_id, day, sum(amount), sum(number)
        FROM folded GROUP BY tenant_id, owner_id, day;
    RETURN NULL;
END $$;
CREATE TRIGGER steps_fold AFTER INSERT ON "banking_balancestep"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION banking_steps_fold();
"""
FOLDED_BACK = """
DROP TRIGGER steps_fold ON "banking_balancestep";
DROP FUNCTION banking_steps_fold();
"""

# --- Bank lines ---

CAME = """
CREATE FUNCTION banking_line_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO banking_openline (id, tenant_id, bank_account_id, day, rest)
        SELECT id, tenant_id, bank_account_id, booked_on, amount FROM made WHERE amount <> 0;
    INSERT INTO banking_daytotal (id, tenant_id, bank_account_id, day, amount, lines)
        SELECT gen_random_uuid(), tenant_id, bank_account_id, booked_on, sum(amount), count(*)
        FROM made GROUP BY tenant_id, bank_account_id, booked_on
        ORDER BY tenant_id, bank_account_id, booked_on
        ON CONFLICT (tenant_id, bank_account_id, day) DO UPDATE
        SET amount = banking_daytotal.amount + EXCLUDED.amount,
            lines = banking_daytotal.lines + EXCLUDED.lines;
    INSERT INTO banking_balancestep (id, tenant_id, owner_id, day, amount, number)
        SELECT gen_random_uuid(), tenant_id, bank_account_id, booked_on, sum(amount), count(*)
        FROM made WHERE amount <> 0 GROUP BY tenant_id, bank_account_id, booked_on;
    RETURN NULL;
END $$;
CREATE TRIGGER line_is_open AFTER INSERT ON "banking_statementline"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION banking_line_is_open();

CREATE FUNCTION banking_open_lines(touched uuid[]) RETURNS void LANGUAGE sql AS $$
    WITH left_of AS MATERIALIZED (
        SELECT line.id, line.tenant_id, line.bank_account_id, line.booked_on,
               line.amount - coalesce(used.amount, 0) AS rest
        FROM banking_statementline AS line CROSS JOIN LATERAL (
            SELECT sum(a.amount) AS amount FROM banking_allocation AS a
            WHERE a.tenant_id = line.tenant_id AND a.statement_line_id = line.id
                AND a.ended_at IS NULL
        ) AS used
        WHERE line.id = ANY (touched)
    ), done AS (
        DELETE FROM banking_openline AS kept USING left_of
            WHERE kept.id = left_of.id AND left_of.rest = 0
    ), summed AS (
        INSERT INTO banking_balancestep (id, tenant_id, owner_id, day, amount, number)
            SELECT gen_random_uuid(), left_of.tenant_id, left_of.bank_account_id,
                   left_of.booked_on, sum(left_of.rest - coalesce(former.rest, 0)),
                   count(nullif(left_of.rest, 0)) - count(former.id)
            FROM left_of LEFT JOIN banking_openline AS former ON former.id = left_of.id
            GROUP BY left_of.tenant_id, left_of.bank_account_id, left_of.booked_on
    )
    INSERT INTO banking_openline (id, tenant_id, bank_account_id, day, rest)
        SELECT id, tenant_id, bank_account_id, booked_on, rest FROM left_of WHERE rest <> 0
        ON CONFLICT (id) DO UPDATE SET rest = EXCLUDED.rest;
$$;
"""
CAME_BACK = """
DROP FUNCTION banking_open_lines(uuid[]);
DROP TRIGGER line_is_open ON "banking_statementline";
DROP FUNCTION banking_line_is_open();
"""

# --- Lines of entries ---

# A reversal is no item, but that of what an opening balance took in: the books lose what the bank
# has.
POSTED = """
CREATE FUNCTION banking_open_items(touched uuid[]) RETURNS void LANGUAGE sql AS $$
    WITH left_of AS MATERIALIZED (
        SELECT line.id, line.tenant_id, line.account_id, entry.date, reversal.date AS reversed_on,
               CASE
                   WHEN reversal.date = entry.date THEN 0
                   WHEN entry.reverses_id IS NOT NULL AND NOT EXISTS (
                       SELECT 1 FROM accounts_journalline AS former
                       JOIN banking_openitem AS taken ON taken.id = former.id
                       WHERE former.tenant_id = line.tenant_id
                           AND former.entry_id = entry.reverses_id
                           AND former.position = line.position AND taken.is_absorbed
                   ) THEN 0
                   ELSE line.amount - coalesce(used.amount, 0)
               END AS rest
        FROM accounts_journalline AS line
        JOIN accounts_journalentry AS entry
            ON entry.tenant_id = line.tenant_id AND entry.id = line.entry_id
        LEFT JOIN accounts_journalentry AS reversal
            ON reversal.reverses_id = entry.id AND reversal.tenant_id = entry.tenant_id
        CROSS JOIN LATERAL (
            SELECT sum(a.amount) AS amount FROM banking_allocation AS a
            WHERE a.tenant_id = line.tenant_id AND a.journal_line_id = line.id
                AND a.ended_at IS NULL
        ) AS used
        WHERE line.id = ANY (touched) AND EXISTS (
            SELECT 1 FROM banking_bankaccount AS account
            WHERE account.tenant_id = line.tenant_id
                AND account.ledger_account_id = line.account_id
        )
    ), done AS (
        DELETE FROM banking_openitem AS kept USING left_of
            WHERE kept.id = left_of.id AND left_of.rest = 0 AND NOT kept.is_absorbed
    )
    INSERT INTO banking_openitem (id, tenant_id, account_id, day, reversed_on, rest)
        SELECT id, tenant_id, account_id, date, reversed_on, rest FROM left_of WHERE rest <> 0
        ON CONFLICT (id) DO UPDATE
        SET rest = EXCLUDED.rest, reversed_on = EXCLUDED.reversed_on;
$$;

CREATE FUNCTION banking_item_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched uuid[];
BEGIN
    SELECT array_agg(line.id) INTO touched FROM (
        SELECT id, tenant_id, account_id FROM made
        UNION ALL
        SELECT former.id, former.tenant_id, former.account_id
        FROM (SELECT DISTINCT tenant_id, entry_id FROM made) AS written
        JOIN accounts_journalentry AS entry
            ON entry.tenant_id = written.tenant_id AND entry.id = written.entry_id
            AND entry.reverses_id IS NOT NULL
        JOIN accounts_journalline AS former
            ON former.tenant_id = entry.tenant_id AND former.entry_id = entry.reverses_id
    ) AS line
    JOIN banking_bankaccount AS account
        ON account.tenant_id = line.tenant_id AND account.ledger_account_id = line.account_id;
    IF touched IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM banking_open_items(touched);
    INSERT INTO banking_balancestep (id, tenant_id, owner_id, day, amount, number)
        SELECT gen_random_uuid(), made.tenant_id, made.account_id, entry.date, sum(made.amount), 0
        FROM made
        JOIN banking_bankaccount AS account
            ON account.tenant_id = made.tenant_id AND account.ledger_account_id = made.account_id
        JOIN accounts_journalentry AS entry
            ON entry.tenant_id = made.tenant_id AND entry.id = made.entry_id
        GROUP BY made.tenant_id, made.account_id, entry.date;
    RETURN NULL;
END $$;
-- Before allocation_moved, which allocates what was written.
CREATE TRIGGER a_item_is_open AFTER INSERT ON "accounts_journalline"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION banking_item_is_open();

CREATE FUNCTION banking_release_items(company uuid, leaf uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    released uuid[];
BEGIN
    WITH free AS (
        UPDATE banking_openitem SET is_absorbed = false
            WHERE tenant_id = company AND account_id = leaf AND is_absorbed
            RETURNING id
    )
    SELECT array_agg(line.id) INTO released FROM free
    JOIN accounts_journalline AS former ON former.id = free.id
    LEFT JOIN accounts_journalentry AS reversal
        ON reversal.reverses_id = former.entry_id AND reversal.tenant_id = former.tenant_id
    JOIN accounts_journalline AS line
        ON line.tenant_id = former.tenant_id AND line.account_id = leaf
        AND line.entry_id IN (former.entry_id, reversal.id);
    PERFORM banking_open_items(released);
END $$;
"""
POSTED_BACK = """
DROP FUNCTION banking_release_items(uuid, uuid);
DROP TRIGGER a_item_is_open ON "accounts_journalline";
DROP FUNCTION banking_item_is_open();
DROP FUNCTION banking_open_items(uuid[]);
"""

# --- Allocations ---

ALLOCATED = """
CREATE FUNCTION banking_allocation_uses() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bank uuid[];
    posted uuid[];
BEGIN
    SELECT array_agg(DISTINCT statement_line_id), array_agg(DISTINCT journal_line_id)
        INTO bank, posted FROM made WHERE ended_at IS NULL;
    IF bank IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM banking_openitem WHERE id = ANY (posted) ORDER BY id FOR UPDATE;
    PERFORM 1 FROM banking_openitem WHERE id = ANY (posted) AND is_absorbed;
    IF FOUND THEN
        RAISE EXCEPTION 'what an opening balance took in waits for no bank line'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_absorbed';
    END IF;
    PERFORM banking_open_lines(bank);
    PERFORM banking_open_items(posted);
    INSERT INTO banking_daysapart (
        id, tenant_id, bank_account_id, since, until, is_line_first, amount
    )
    SELECT made.id, made.tenant_id, line.bank_account_id, least(line.booked_on, entry.date),
           greatest(line.booked_on, entry.date), line.booked_on < entry.date,
           CASE WHEN line.booked_on < entry.date THEN made.amount ELSE -made.amount END
    FROM made
    JOIN banking_statementline AS line ON line.id = made.statement_line_id
    JOIN accounts_journalline AS item ON item.id = made.journal_line_id
    JOIN accounts_journalentry AS entry
        ON entry.tenant_id = item.tenant_id AND entry.id = item.entry_id
    WHERE made.ended_at IS NULL AND line.booked_on <> entry.date;
    RETURN NULL;
END $$;
CREATE TRIGGER allocation_uses AFTER INSERT ON "banking_allocation"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION banking_allocation_uses();

CREATE FUNCTION banking_allocation_gives_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bank uuid[];
    posted uuid[];
BEGIN
    SELECT array_agg(DISTINCT statement_line_id), array_agg(DISTINCT journal_line_id)
        INTO bank, posted FROM now_so WHERE ended_at IS NOT NULL;
    IF bank IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM banking_statementline WHERE id = ANY (bank) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM accounts_journalline WHERE id = ANY (posted) ORDER BY id FOR NO KEY UPDATE;
    PERFORM banking_open_lines(bank);
    PERFORM banking_open_items(posted);
    DELETE FROM banking_daysapart USING now_so WHERE banking_daysapart.id = now_so.id;
    RETURN NULL;
END $$;
CREATE TRIGGER allocation_gives_back AFTER UPDATE ON "banking_allocation"
    REFERENCING NEW TABLE AS now_so
    FOR EACH STATEMENT EXECUTE FUNCTION banking_allocation_gives_back();
"""
ALLOCATED_BACK = """
DROP TRIGGER allocation_gives_back ON "banking_allocation";
DROP FUNCTION banking_allocation_gives_back();
DROP TRIGGER allocation_uses ON "banking_allocation";
DROP FUNCTION banking_allocation_uses();
"""

# --- Another Conta do Ativo ---

# What bank lines stand for on the former one is never of the same day as they: the new one has
# nothing of it. PostgreSQL's last day that Python can read.
TIED = """
CREATE FUNCTION banking_leaf_is_read() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.ledger_account_id = OLD.ledger_account_id THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM banking_openitem
            WHERE tenant_id = OLD.tenant_id AND account_id = OLD.ledger_account_id;
        DELETE FROM banking_balancestep
            WHERE tenant_id = OLD.tenant_id AND owner_id = OLD.ledger_account_id;
        DELETE FROM banking_daysapart
            WHERE tenant_id = NEW.tenant_id AND bank_account_id = NEW.id;
        INSERT INTO banking_daysapart (
            id, tenant_id, bank_account_id, since, until, is_line_first, amount
        )
        SELECT a.id, a.tenant_id, NEW.id,
               CASE WHEN here THEN least(bank, posted) ELSE bank END,
               CASE WHEN here THEN greatest(bank, posted) ELSE '9999-12-31' END,
               NOT here OR bank < posted,
               CASE WHEN NOT here OR bank < posted THEN a.amount ELSE -a.amount END
        FROM (
            SELECT part.id, part.tenant_id, part.amount, line.booked_on AS bank,
                   entry.date AS posted, item.account_id = NEW.ledger_account_id AS here
            FROM banking_allocation AS part
            JOIN banking_statementline AS line
                ON line.tenant_id = part.tenant_id AND line.id = part.statement_line_id
                AND line.bank_account_id = NEW.id
            JOIN accounts_journalline AS item
                ON item.tenant_id = part.tenant_id AND item.id = part.journal_line_id
            JOIN accounts_journalentry AS entry
                ON entry.tenant_id = item.tenant_id AND entry.id = item.entry_id
            WHERE part.tenant_id = NEW.tenant_id AND part.ended_at IS NULL
        ) AS a
        WHERE NOT here OR bank <> posted;
    END IF;
    PERFORM banking_open_items(ARRAY(
        SELECT id FROM accounts_journalline
        WHERE tenant_id = NEW.tenant_id AND account_id = NEW.ledger_account_id
    ));
    INSERT INTO banking_balancestep (id, tenant_id, owner_id, day, amount, number)
        SELECT gen_random_uuid(), item.tenant_id, item.account_id, entry.date, sum(item.amount), 0
        FROM accounts_journalline AS item
        JOIN accounts_journalentry AS entry
            ON entry.tenant_id = item.tenant_id AND entry.id = item.entry_id
        WHERE item.tenant_id = NEW.tenant_id AND item.account_id = NEW.ledger_account_id
        GROUP BY item.tenant_id, item.account_id, entry.date;
    RETURN NULL;
END $$;
CREATE TRIGGER leaf_is_read AFTER INSERT OR UPDATE OF ledger_account_id ON "banking_bankaccount"
    FOR EACH ROW EXECUTE FUNCTION banking_leaf_is_read();
"""
TIED_BACK = """
DROP TRIGGER leaf_is_read ON "banking_bankaccount";
DROP FUNCTION banking_leaf_is_read();
"""

# --- What is there already ---

FORMER = """
INSERT INTO banking_openline (id, tenant_id, bank_account_id, day, rest)
    SELECT line.id, line.tenant_id, line.bank_account_id, line.booked_on,
           line.amount - coalesce(used.amount, 0)
    FROM banking_statementline AS line LEFT JOIN (
        SELECT statement_line_id, sum(amount) AS amount FROM banking_allocation
        WHERE ended_at IS NULL GROUP BY statement_line_id
    ) AS used ON used.statement_line_id = line.id
    WHERE line.amount <> coalesce(used.amount, 0);
INSERT INTO banking_daytotal (id, tenant_id, bank_account_id, day, amount, lines)
    SELECT gen_random_uuid(), tenant_id, bank_account_id, booked_on, sum(amount), count(*)
    FROM banking_statementline GROUP BY tenant_id, bank_account_id, booked_on;
INSERT INTO banking_daysapart (
    id, tenant_id, bank_account_id, since, until, is_line_first, amount
)
    SELECT part.id, part.tenant_id, line.bank_account_id, least(line.booked_on, entry.date),
           greatest(line.booked_on, entry.date), line.booked_on < entry.date,
           CASE WHEN line.booked_on < entry.date THEN part.amount ELSE -part.amount END
    FROM banking_allocation AS part
    JOIN banking_statementline AS line ON line.id = part.statement_line_id
    JOIN accounts_journalline AS item ON item.id = part.journal_line_id
    JOIN accounts_journalentry AS entry ON entry.id = item.entry_id
    WHERE part.ended_at IS NULL AND line.booked_on <> entry.date;
INSERT INTO banking_balancestep (id, tenant_id, owner_id, day, amount, number)
    SELECT gen_random_uuid(), tenant_id, bank_account_id, day, sum(rest), count(*)
    FROM banking_openline GROUP BY tenant_id, bank_account_id, day
    UNION ALL
    SELECT gen_random_uuid(), item.tenant_id, item.account_id, entry.date, sum(item.amount), 0
    FROM accounts_journalline AS item
    JOIN banking_bankaccount AS account ON account.ledger_account_id = item.account_id
    JOIN accounts_journalentry AS entry ON entry.id = item.entry_id
    GROUP BY item.tenant_id, item.account_id, entry.date;
SELECT banking_open_items(ARRAY(
    SELECT item.id FROM accounts_journalline AS item
    JOIN banking_bankaccount AS account ON account.ledger_account_id = item.account_id
));
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute(FORMER)
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0016_statementline_amount"),
        ("tenants", "0006_tax_reform"),
        ("accounts", "0011_purposes_of_reconciliation"),
    ]

    operations = [
        migrations.CreateModel(
            name="BalanceStep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("owner_id", models.UUIDField()),
                ("day", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("number", models.IntegerField()),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                        fields=["tenant", "owner_id", "day"],
                        include=("amount", "number"),
                        name="balancestep_sum",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DaysApart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("bank_account_id", models.UUIDField()),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("is_line_first", models.BooleanField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                        fields=["tenant", "bank_account_id", "until", "since"],
                        include=("amount",),
                        name="daysapart_crossing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayTotal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("bank_account_id", models.UUIDField()),
                ("day", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("lines", models.IntegerField()),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "bank_account_id", "day"), name="daytotal_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpenItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.UUIDField()),
                ("day", models.DateField()),
                ("reversed_on", models.DateField(null=True)),
                ("rest", models.DecimalField(decimal_places=2, max_digits=14)),
                ("is_absorbed", models.BooleanField(db_default=False, default=False)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                        models.F("tenant"),
                        models.F("account_id"),
                        models.OrderBy(models.F("day"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("is_absorbed", False)),
                        include=("rest", "reversed_on"),
                        name="openitem_page",
                    ),
                    models.Index(
                        condition=models.Q(("is_absorbed", True)),
                        fields=["tenant", "account_id"],
                        name="openitem_absorbed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpenLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("bank_account_id", models.UUIDField()),
                ("day", models.DateField()),
                ("rest", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                        models.F("tenant"),
                        models.F("bank_account_id"),
                        models.OrderBy(models.F("day"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        include=("rest",),
                        name="openline_page",
                    )
                ],
            },
        ),
        *map(SecureTenantTable, TABLES),
        migrations.RunSQL(LEAN, LEAN_BACK),
        migrations.RunSQL(FOLDED, FOLDED_BACK),
        migrations.RunSQL(CAME, CAME_BACK),
        migrations.RunSQL(POSTED, POSTED_BACK),
        migrations.RunSQL(ALLOCATED, ALLOCATED_BACK),
        migrations.RunSQL(TIED, TIED_BACK),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
