"""The company of a data set in the product: itself, two people, its accounts and parties."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.chart.purposes import account_for
from accounts.chart.setup import open_bank_account_leaf, open_books
from accounts.models import Account, AccountPurpose
from banking.banks.by_file import BY_FILE
from banking.banks.contract.auth import Grant
from banking.banks.contract.payments import AccountType
from banking.gateway.credentials import seal
from banking.models import BankAccount, Connection
from brazil.errors import InvalidValue
from brazil.pix_key import PixKeyKind, parse_pix_key
from core.clock import database_now
from core.ids import uuid7
from core.money import MAX_AMOUNT
from parties.models import TED_ACCOUNT_LENGTH, Payee, PayeeAccount, PayeeKey, Payer
from people.models import ExceptionalLimit
from tenants.models import Membership, Plan, Role, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import add_member, create_company

Row = Mapping[str, Any]
# Placeholders where the product wants what the data set does not know. They are nobody's.
NO_DOCUMENT = "SEMDOC{:08d}"
NO_BRANCH, NO_ACCOUNT = "0000", "9{:012d}"
NOBODY: Row = {
    "id": "", "name": "Não informado", "trade_name": "", "document": "", "accounts": [],
    "pix_keys": [],
}  # fmt: skip


@dataclass(slots=True)
class Loaded:
    """What the product has of the data set's company; by the data set's ids."""

    tenant: Tenant
    operator: User  # enters, brings files, accepts proposals
    approver: User
    person: Membership  # of the operator
    accounts: dict[str, BankAccount]
    expense: Account
    revenue: Account
    cash: Account
    payees: dict[str, Payee] = field(default_factory=dict)
    payers: dict[str, Payer] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    keys: dict[str, PayeeKey] = field(default_factory=dict)
    ted_accounts: dict[str, PayeeAccount] = field(default_factory=dict)

    def account(self, name: str | None) -> BankAccount | None:
        return self.accounts[name] if name else None


def load_company(data: Mapping[str, Any]) -> Loaded:
    """To be called outside of scopes. Nothing of its items and lines is there yet."""
    row = data["company"]
    tenant = create_company(
        name=row["name"][:120], legal_name=row["name"][:160], cnpj=row["cnpj"], plan=Plan.NORTH
    )
    operator = User.objects.create_user(f"{tenant.id}-o@example.com", "x")
    approver = User.objects.create_user(f"{tenant.id}-a@example.com", "x")
    with tenant_scope(tenant.id):
        open_books(tenant)
    add_member(tenant, operator, Role.FINANCE)
    add_member(tenant, approver, Role.APPROVER)
    with tenant_scope(tenant.id):
        # One person plays: what the company lets go above its limit asks no second one.
        ExceptionalLimit.objects.create(tenant=tenant, amount=MAX_AMOUNT)
        loaded = Loaded(
            tenant,
            operator,
            approver,
            Membership.objects.of(tenant).select_related("user", "tenant").get(user=operator),
            {each["id"]: make_account(tenant, operator, each) for each in row["accounts"]},
            expense_of(tenant),
            revenue_of(tenant),
            account_for(tenant, AccountPurpose.CASH),
        )
        load_parties(loaded, [*data["parties"], NOBODY], data["items"])
    return loaded


def expense_of(tenant: Tenant) -> Account:
    found: Account | None = Account.objects.expense_accounts(tenant).first()
    assert found is not None
    return found


def revenue_of(tenant: Tenant) -> Account:
    found: Account | None = Account.objects.revenue_accounts(tenant).first()
    assert found is not None
    return found


# --- Accounts ---


def make_account(tenant: Tenant, by: User, row: Row) -> BankAccount:
    """Connected, or «Outro banco» where its statement comes by file. Inside the scope."""
    made: BankAccount = BankAccount.objects.create(
        tenant=tenant,
        provider=row["provider"] or BY_FILE.slug,
        bank_label="" if row["provider"] else f"Banco {row['bank']}",
        bank_code=row["bank"][:3],
        branch=(row["branch"] or "")[:8],
        number=(row["number"] or row["id"])[:20],
        holder_name=tenant.legal_name,
        holder_document=tenant.cnpj,
        connection=connect(tenant, by, row["provider"]) if row["provider"] else None,
        ledger_account=open_bank_account_leaf(tenant, name=f"Conta {row['number']}"),
    )
    return made


def connect(tenant: Tenant, by: User, provider: str) -> Connection:
    now = datetime.now(UTC)
    made = Connection(
        id=uuid7(), tenant=tenant, provider=provider, status=Connection.Status.ACTIVE,
        webhook_digest=b"0" * 32, webhook_registered_at=now, connected_by=by,
    )  # fmt: skip
    grant = Grant("none", "refresh", now + timedelta(hours=20), "account payment transfer")
    made.credentials = seal(grant, made.id)
    made.save(force_insert=True)
    return made


# --- Parties ---


@dataclass(slots=True)
class Uses:
    """Which parties the items are of: those that are paid, those that pay."""

    paid: set[str] = field(default_factory=set)
    paying: set[str] = field(default_factory=set)


def uses_of(items: Iterable[Row]) -> Uses:
    uses = Uses()
    for row in items:
        is_paying = row["kind"] == "charge" or (
            row["kind"] == "entry" and Decimal(row["amount"]) > 0
        )
        (uses.paying if is_paying else uses.paid).add(row["party"] or "")
    return uses


def load_parties(loaded: Loaded, parties: Sequence[Row], items: Iterable[Row]) -> None:
    """Two of one document are one. Who is known by an account or a key is a payee too: of payers
    the product keeps neither."""
    uses = uses_of(items)
    payees: dict[str, Payee] = {}
    payers: dict[str, Payer] = {}
    for number, row in enumerate(parties, 1):
        party, document = row["id"], document_of(row["document"] or "", number)
        told = {
            "name": (row["name"] or document)[:120],
            "trade_name": (row["trade_name"] or "")[:120],
            "document": document,
        }
        loaded.names[party] = row["name"] if party else ""
        is_known = bool(row["accounts"] or row["pix_keys"])
        if party in uses.paying:
            payer = payers.setdefault(document, Payer(tenant=loaded.tenant, **told))
            loaded.payers[party] = payer
        if party in uses.paid or is_known or party not in uses.paying:
            payee = payees.setdefault(document, Payee(tenant=loaded.tenant, **told))
            loaded.payees[party] = payee
    Payee.objects.bulk_create(payees.values())
    Payer.objects.bulk_create(payers.values())
    load_destinations(loaded, parties)


def document_of(told: str, number: int) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", told).upper()[:14] or NO_DOCUMENT.format(number)


def load_destinations(loaded: Loaded, parties: Sequence[Row]) -> None:
    """Entered by one, confirmed by the other. Every payee has an account that a TED can go to."""
    accounts: dict[tuple[Any, ...], PayeeAccount] = {}
    keys: dict[tuple[Any, ...], PayeeKey] = {}
    for number, row in enumerate(parties, 1):
        payee = loaded.payees.get(row["id"])
        if payee is None:
            continue
        made = [destination_of(loaded, payee, told) for told in row["accounts"] or ()]
        if not any(each.takes_ted for each in made):
            nowhere = {"bank": "999", "branch": NO_BRANCH, "number": NO_ACCOUNT.format(number)}
            made.append(destination_of(loaded, payee, nowhere))
        for each in made:
            where = (payee.id, each.bank_code, each.branch, each.account)
            each = accounts.setdefault(where, each)
            if each.takes_ted:
                loaded.ted_accounts.setdefault(row["id"], each)
        for text in row["pix_keys"] or ():
            kind, key = key_of(text)
            made_key = PayeeKey(
                tenant=loaded.tenant, payee=payee, key_type=kind, key=key,
                entered_by=loaded.operator,
            )  # fmt: skip
            loaded.keys.setdefault(row["id"], keys.setdefault((payee.id, kind, key), made_key))
    PayeeAccount.objects.bulk_create(accounts.values())
    PayeeKey.objects.bulk_create(keys.values())
    now = database_now()
    for model in (PayeeAccount, PayeeKey):
        rows = model.objects.of(loaded.tenant)
        rows.update(confirmed_by=loaded.approver, confirmed_at=now, usable_from=now)


def destination_of(loaded: Loaded, payee: Payee, told: Row) -> PayeeAccount:
    branch = re.sub(r"\W", "", (told["branch"] or "").partition("-")[0])
    return PayeeAccount(
        tenant=loaded.tenant,
        payee=payee,
        bank_code=(told["bank"] or "")[:3],
        branch=branch[:4],
        account=re.sub(r"\W", "", told["number"] or "")[:20],
        account_type=AccountType.CHECKING,
        entered_by=loaded.operator,
    )


def key_of(text: str) -> tuple[str, str]:
    """Eleven digits that are a CPF are taken for one."""
    for kind in PixKeyKind:
        with suppress(InvalidValue):
            return kind.value, parse_pix_key(text, kind)
    return PayeeKey.Type.RANDOM.value, text[:77]


assert len(NO_ACCOUNT.format(0)) == TED_ACCOUNT_LENGTH
