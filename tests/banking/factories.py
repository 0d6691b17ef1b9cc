"""Plain functions that make connections, accounts and statement lines."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import httpx
import redis
from django.conf import settings
from django.utils import timezone

from accounts.chart.setup import open_bank_account_leaf
from banking.banks import registry
from banking.banks.contract.auth import Grant
from banking.connections.complete import open_connection
from banking.connections.webhook_registration import digest
from banking.gateway.credentials import seal
from banking.gateway.sealing import encrypt_for
from banking.models import BankAccount, Connection, DailyBalance, StatementLine
from core.ids import uuid7
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.bs2_simulator import Bs2Simulator
from tests.cora_simulator import OFICINA, CoraSimulator
from tests.loopback import LOOPBACK

DAY = date(2026, 11, 20)  # Friday
CPF, PASSWORD = "52998224725", "123456"  # Ana Souza, who signs for Oficina and for Padaria

_numbers = count(1)
# What the banks of connections made here sign their notices with.
SIGNING_KEY = bytes(range(32))


def make_grant(**changes: Any) -> Grant:
    values = {
        "access_token": "access-0",
        "refresh_token": "refresh-0",
        "expires_at": timezone.now() + timedelta(days=1),
        "scope": "",
    }
    return Grant(**{**values, **changes})


def granted(cora: CoraSimulator, cnpj: str = OFICINA, **changes: Any) -> Grant:
    """A consent that the bank really knows, without its page."""
    answer = cora.grant(cnpj)
    values = {
        "access_token": answer["access_token"],
        "refresh_token": answer["refresh_token"],
        "expires_at": timezone.now() + timedelta(seconds=answer["expires_in"]),
    }
    return make_grant(**{**values, **changes})


def make_connection(
    tenant: Tenant,
    person: User,
    *,
    provider: str = "cora",
    mode: str = "",
    grant: Grant | None = None,
    status: Connection.Status = Connection.Status.ACTIVE,
    secret: str = "segredo",
    **changes: Any,
) -> Connection:
    """Of any bank, by any of its modes; without `mode` by its first. The bank need not know it."""
    mode = registry.info(provider).mode(mode).slug
    grant = grant or make_grant(mode=mode)
    connection = Connection(
        id=uuid7(),
        tenant=tenant,
        provider=provider,
        mode=mode,
        status=status,
        keep_alive_at=grant.keep_alive_at,
        refresh_by=grant.refresh_by,
        webhook_digest=digest(secret),
        connected_by=person,
        **changes,
    )
    connection.credentials = seal(grant, connection.id)
    connection.webhook_key = encrypt_for(connection.id, SIGNING_KEY)
    with tenant_scope(tenant.id):
        connection.save(force_insert=True)
    return connection


def make_account(tenant: Tenant, person: User, **changes: Any) -> BankAccount:
    """An account with its Conta do Ativo, at Cora unless told; the bank need not know it."""
    number = f"{next(_numbers):07d}-1"
    provider = changes.get("provider", "cora")
    bank = registry.info(provider)
    connection = changes.pop("connection", None) or make_connection(
        tenant, person, provider=provider
    )
    values = {
        "provider": provider,
        "bank_code": bank.compe,
        "branch": "0001",
        "number": number,
        "holder_name": tenant.legal_name,
        "holder_document": tenant.cnpj,
    }
    with tenant_scope(tenant.id):
        leaf = open_bank_account_leaf(tenant, name=f"{bank.name} 0001 / {number}")
        account: BankAccount = BankAccount.objects.create(
            tenant=tenant, connection=connection, ledger_account=leaf, **{**values, **changes}
        )
    return account


def connect_account(tenant: Tenant, person: User, cora: CoraSimulator) -> BankAccount:
    """By the product's own way, from a consent that the bank knows."""
    connection = make_connection(
        tenant, person, grant=granted(cora), status=Connection.Status.OPENING
    )
    account = open_connection(tenant.id, connection.id)
    assert account is not None
    return account


def bs2_keys(bs2: Bs2Simulator, cnpj: str = OFICINA, **changes: str) -> dict[str, str]:
    """What a person copies from the bank's portal into our form."""
    application, account = bs2.portal_application(cnpj), bs2.account(cnpj)
    names = ("api_key", "api_secret", "scope", "refresh_token")
    typed = {name: str(application[name]) for name in names} | {
        "branch": account["branch"],
        "account": f"{account['number']}-{account['digit']}",
        "document": cnpj,
    }
    return typed | changes


def make_bs2_connection(tenant: Tenant, person: User, bs2: Bs2Simulator) -> Connection:
    """By portal keys that the bank knows; no token was asked for yet."""
    grant = registry.find("bs2").read_form("chaves", bs2_keys(bs2))
    status = Connection.Status.OPENING
    return make_connection(
        tenant, person, provider="bs2", mode="chaves", grant=grant, status=status
    )


def make_lines(account: BankAccount, *amounts: str, day: date = DAY, **changes: Any) -> None:
    """Movements of one day, the first at 09:00 São Paulo and then one each minute."""
    first = datetime.combine(day, time(12), tzinfo=UTC)
    values = {"kind": "pix", "description": "Pix recebido", "raw": {}, "counterparty_name": ""}
    with tenant_scope(account.tenant_id):
        StatementLine.objects.bulk_create(
            StatementLine(
                tenant_id=account.tenant_id,
                bank_account=account,
                bank_id=f"ent_{next(_numbers)}",
                booked_on=day,
                occurred_at=first + timedelta(minutes=minute),
                amount=Decimal(amount),
                **{**values, **changes},
            )
            for minute, amount in enumerate(amounts)
        )


def make_line(account: BankAccount, amount: str, day: date = DAY, **changes: Any) -> StatementLine:
    """The last of the account's lines of that day."""
    make_lines(account, amount, day=day, **changes)
    with tenant_scope(account.tenant_id):
        lines = StatementLine.objects.of(account.tenant_id).filter(bank_account=account)
        return lines.filter(booked_on=day).order_by("-id").first()


def make_daily_balance(account: BankAccount, day: date, closing: str) -> None:
    with tenant_scope(account.tenant_id):
        DailyBalance.objects.create(
            tenant_id=account.tenant_id, bank_account=account, day=day, closing=Decimal(closing)
        )


def reread(row: Any) -> Any:
    """The row as it is in the database now."""
    with tenant_scope(row.tenant_id):
        return type(row).objects.of(row.tenant_id).get(id=row.id)


def change(row: Any, **values: Any) -> None:
    with tenant_scope(row.tenant_id):
        type(row).objects.of(row.tenant_id).filter(id=row.id).update(**values)


def stored_lines(account: BankAccount) -> int:
    with tenant_scope(account.tenant_id):
        return StatementLine.objects.of(account.tenant_id).filter(bank_account=account).count()


def consent(address: str, company: str = "OFICINA MODELO LTDA") -> str:
    """Sign in at the bank as Ana Souza and allow; the address that it leads back to."""
    with httpx.Client(**LOOPBACK) as browser:
        form = {"act": "sign_in", "cpf": CPF, "password": PASSWORD}
        page = browser.post(address, data=form).text
        session = re.search(r'name="session" value="([^"]+)"', page)
        option = re.search(rf'name="account" value="(\d+)"[^>]*>\s*<span>{company}', page)
        assert session and option
        allow = {"act": "allow", "session": session[1], "account": option[1]}
        return browser.post(address, data=allow).headers["Location"]


@contextmanager
def nudged() -> Iterator[list[tuple[str, list[str]]]]:
    """Collects (task, arguments) of the messages that are sent to the workers meanwhile."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    queues = [queue.name for queue in settings.CELERY_TASK_QUEUES]
    before = {queue: broker.llen(queue) for queue in queues}
    sent: list[tuple[str, list[str]]] = []
    yield sent
    for queue in queues:
        # New messages come on the left.
        more = broker.llen(queue) - before[queue]
        for message in reversed(broker.lrange(queue, 0, more - 1) if more > 0 else []):
            headers = json.loads(message)["headers"]
            sent.append((headers["task"], re.findall(r"'([^']*)'", headers["argsrepr"])))
    broker.close()
