"""A company's parties as the engine is told them. A payee and a payer of one document are one."""

from collections import OrderedDict
from threading import Lock
from typing import Any
from uuid import UUID

from django.db import connection

from brazil.cnpj import is_valid_cnpj
from brazil.cpf import is_valid_cpf
from reconciliation.proposals.book import Register
from reconciliation.proposals.facts import Party

# Another value when a party comes or goes, or is called otherwise.
PRINT = """
SELECT (SELECT (count(*), sum(hashtextextended(name || '|' || trade_name || '|' || document, 0)))
        FROM payments_payee WHERE tenant_id = %(tenant)s AND merged_into_id IS NULL)::text,
    (SELECT (count(*), sum(hashtextextended(name || '|' || trade_name || '|' || document, 0)))
        FROM parties_payer WHERE tenant_id = %(tenant)s)::text,
    (SELECT (count(*), max(id::text), count(archived_at), count(confirmed_at))
        FROM payments_payeeaccount WHERE tenant_id = %(tenant)s)::text,
    (SELECT (count(*), max(id::text), count(archived_at), count(confirmed_at))
        FROM parties_payeekey WHERE tenant_id = %(tenant)s)::text
"""
PARTIES = """
SELECT document, name, trade_name FROM payments_payee
    WHERE tenant_id = %(tenant)s AND merged_into_id IS NULL
UNION ALL
SELECT document, name, trade_name FROM parties_payer WHERE tenant_id = %(tenant)s
"""
ACCOUNTS = """
SELECT payee.document, told.branch, told.account
FROM payments_payeeaccount AS told JOIN payments_payee AS payee
    ON payee.tenant_id = told.tenant_id AND payee.id = told.payee_id
WHERE told.tenant_id = %(tenant)s AND told.archived_at IS NULL AND told.confirmed_at IS NOT NULL
"""
# A key that is a document is often an owner's.
KEYS = """
SELECT payee.document, told.key
FROM parties_payeekey AS told JOIN payments_payee AS payee
    ON payee.tenant_id = told.tenant_id AND payee.id = told.payee_id
WHERE told.tenant_id = %(tenant)s AND told.archived_at IS NULL AND told.confirmed_at IS NOT NULL
    AND told.key_type IN ('cpf', 'cnpj')
"""
MOST_KEPT = 8  # companies, in this process

_kept: OrderedDict[UUID, tuple[Any, Register]] = OrderedDict()
_lock = Lock()


def register_of(tenant_id: UUID) -> Register:
    """Made anew when a party has changed. Runs inside the company's scope."""
    with connection.cursor() as cursor:
        cursor.execute(PRINT, {"tenant": tenant_id})
        now = cursor.fetchone()
    with _lock:
        former = _kept.pop(tenant_id, None)
    if former is None or former[0] != now:
        former = (now, Register(parties_of(tenant_id)))
    with _lock:
        _kept[tenant_id] = former
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return former[1]


def parties_of(tenant_id: UUID) -> list[Party]:
    with connection.cursor() as cursor:
        cursor.execute(PARTIES, {"tenant": tenant_id})
        named: dict[str, list[tuple[str, str]]] = {}
        for document, name, trade_name in cursor.fetchall():
            named.setdefault(document, []).append((name, trade_name))
        cursor.execute(ACCOUNTS, {"tenant": tenant_id})
        accounts: dict[str, list[tuple[str, str]]] = {}
        for document, branch, account in cursor.fetchall():
            accounts.setdefault(document, []).append((branch, account))
        cursor.execute(KEYS, {"tenant": tenant_id})
        keys: dict[str, list[str]] = {}
        for document, key in cursor.fetchall():
            keys.setdefault(document, []).append(key)
    return [
        party_of(document, names, tuple(accounts.get(document, ())), tuple(keys.get(document, ())))
        for document, names in named.items()
    ]


def party_of(
    document: str,
    names: list[tuple[str, str]],
    accounts: tuple[tuple[str, str], ...],
    keys: tuple[str, ...],
) -> Party:
    """As a payee it may be named otherwise than as a payer."""
    name = names[0][0]
    others = [trade_name for _, trade_name in names] + [each for each, _ in names if each != name]
    return Party(
        id=document,
        name=name,
        document=document if is_document(document) else "",
        trade_name=next(filter(None, others), ""),
        accounts=accounts,
        keys=keys,
    )


def is_document(text: str) -> bool:
    return is_valid_cnpj(text) if len(text) == 14 else is_valid_cpf(text)
