"""Bills, charges and bank lines by the ten thousand, past the guards of their tables: it takes
seconds. Bills and charges are copies of what the product made, each with its amount and day."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg

from banking.models import BankAccount
from charges.models import late_from
from kamino.local.environment import in_database

# What is a copy's own.
BILL = {"id": "gen_random_uuid()", "amount": "amount", "due_date": "day", "payment_date": "day"}
CHARGE = {
    "id": "gen_random_uuid()", "amount": "amount", "due_date": "day", "late_from": "late_from",
    "competence_date": "day",
}  # fmt: skip
COPY = """
INSERT INTO {table} ({columns})
SELECT {values}
FROM unnest(%(amounts)s::numeric[], %(days)s::date[], %(late)s::date[])
    WITH ORDINALITY AS copy (amount, day, late_from, number)
JOIN (
    SELECT *, row_number() OVER (ORDER BY id) - 1 AS place
    FROM {table} WHERE tenant_id = %(tenant)s
) AS made ON made.place = copy.number %% %(made)s
"""
MADE = "SELECT count(*) FROM {table} WHERE tenant_id = %s"
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""
ITEMS = """
SELECT -bill.amount, bill.payment_date, party.name, party.document
FROM payments_payable AS bill JOIN payments_payee AS party ON party.id = bill.payee_id
WHERE bill.tenant_id = %(tenant)s
UNION ALL
SELECT charge.amount, charge.due_date, party.name, party.document
FROM charges_charge AS charge JOIN parties_payer AS party ON party.id = charge.payer_id
WHERE charge.tenant_id = %(tenant)s
ORDER BY 1, 2, 4
"""

# Lines of former years, all of them explained: nothing is open of them, nothing is due.
OLD = """
INSERT INTO banking_statementline (id, tenant_id, bank_account_id, bank_id, booked_on,
    occurred_at, amount, kind, description, counterparty_name, counterparty_document, raw)
SELECT gen_random_uuid(), %(tenant)s, %(account)s, 'old-' || n, day, day + time '12:00',
    (5000 + n %% 4995000) / 100.0 * CASE WHEN n %% 2 = 0 THEN 1 ELSE -1 END, 'transfer',
    'TED ' || n, 'Antigo ' || n %% 5000, '', '{}'
FROM (SELECT n, date '2026-09-30' - (n %% 700)::int AS day
      FROM generate_series(1, %(count)s) AS n) AS made
"""
OLD_DAYS = """
INSERT INTO banking_daytotal (id, tenant_id, bank_account_id, day, amount, lines)
SELECT gen_random_uuid(), tenant_id, bank_account_id, booked_on, sum(amount), count(*)
FROM banking_statementline WHERE tenant_id = %(tenant)s AND bank_account_id = %(account)s
GROUP BY tenant_id, bank_account_id, booked_on
"""


@dataclass(frozen=True, slots=True)
class Known:
    """An open item, as a bank line tells of it."""

    amount: Decimal  # negative: a bill
    day: date
    name: str
    document: str


def admin() -> psycopg.Connection:
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    address = in_database(os.environ["DATABASE_ADMIN_URL"], name)
    return psycopg.connect(address, autocommit=True)


def unguarded() -> psycopg.Connection:
    """No trigger fires: nothing is checked, noted or summed."""
    database = admin()
    database.execute("SET session_replication_role = replica")
    return database


def copy_bills(tenant_id: UUID, count: int, draw: Callable[[], tuple[Decimal, date]]) -> None:
    copy(tenant_id, "payments_payable", BILL, [draw() for _ in range(count)])


def copy_charges(tenant_id: UUID, count: int, draw: Callable[[], tuple[Decimal, date]]) -> None:
    copy(tenant_id, "charges_charge", CHARGE, [draw() for _ in range(count)])


def copy(
    tenant_id: UUID, table: str, own: Mapping[str, str], drawn: list[tuple[Decimal, date]]
) -> None:
    """Of the company's rows in turns."""
    with unguarded() as database:
        columns = [name for (name,) in database.execute(COLUMNS, [table])]
        values = [
            f"{'' if '(' in own[name] else 'copy.'}{own[name]}" if name in own else f"made.{name}"
            for name in columns
        ]
        ((made,),) = database.execute(MADE.format(table=table), [tenant_id])
        statement = COPY.format(table=table, columns=", ".join(columns), values=", ".join(values))
        days = [day for _, day in drawn]
        told: dict[str, Any] = {
            "tenant": tenant_id, "made": made, "amounts": [amount for amount, _ in drawn],
            "days": days, "late": [late_from(day) for day in days],
        }  # fmt: skip
        database.execute(statement, told)


def items_of(tenant_id: UUID) -> list[Known]:
    with admin() as database:
        return [Known(*row) for row in database.execute(ITEMS, {"tenant": tenant_id})]


def make_old_lines(account: BankAccount, count: int) -> None:
    """On an account without others."""
    told = {"tenant": account.tenant_id, "account": account.id, "count": count}
    with unguarded() as database:
        database.execute(OLD, told)
        database.execute(OLD_DAYS, told)
