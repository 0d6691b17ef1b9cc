"""What the bank holds on its first start: people, companies and 100 days of their movements."""

# ruff: noqa: S311 - plausible data, no secret
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from simulator.cora import partner
from simulator.cora.bank import BRANCH, SLUG, Cora
from simulator.core import people
from simulator.core.app.consent import LOOPBACK
from simulator.core.clock import at_sao_paulo, is_banking_day
from simulator.core.documents import check_digits
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, add_entries, set_balance

_DAYS = 100


class Partner(NamedTuple):
    client_id: str
    secret: str
    name: str
    redirect_uris: str


PARTNER = Partner(partner.CLIENT_ID, partner.CLIENT_SECRET, "Kamino", json.dumps([LOOPBACK]))


@dataclass(frozen=True, slots=True)
class Profile:
    """A company and the size of its business. Money is centavos."""

    cnpj: str
    name: str
    number: str
    digit: str
    balance: int
    size: int  # an ordinary sale


OFICINA = Profile("11444777000161", "OFICINA MODELO LTDA", "1234567", "8", 10_318_742, 85_000)
PADARIA = Profile("11222333000181", "PADARIA AURORA LTDA", "7654321", "0", 2_845_190, 18_000)
TRANSPORTES = Profile(
    "45987321000160", "TRANSPORTES VALE NORTE LTDA", "3456789", "2", 23_764_055, 240_000
)
PEOPLE = (
    ("52998224725", "Ana Souza", "123456", (OFICINA, PADARIA)),
    ("11144477735", "Bruno Lima", "654321", (TRANSPORTES,)),
)


def _companies(*names: str) -> tuple[tuple[str, str], ...]:
    """Names with a CNPJ each."""
    bodies = [f"{30_112_457 + 1_377_911 * i}0001" for i in range(len(names))]
    return tuple(
        (name, body + check_digits(body)) for name, body in zip(names, bodies, strict=True)
    )


CLIENTS = _companies(
    "MERCADO BOA VISTA LTDA",
    "CLÍNICA SANTA RITA LTDA",
    "CONSTRUTORA PILAR LTDA",
    "AUTO PEÇAS NACIONAL LTDA",
    "ESCOLA PRIMAVERA LTDA",
    "HOTEL BELA COSTA LTDA",
    "RESTAURANTE TEMPERO E CIA LTDA",
    "COOPERATIVA AGRÍCOLA DO SUL",
)
_SUPPLIERS = _companies(
    "DISTRIBUIDORA HORIZONTE LTDA",
    "ENERGIA DO VALE S.A.",
    "TELECOM PLANALTO S.A.",
    "PEÇAS PAULISTA LTDA",
    "EMBALAGENS RIO CLARO LTDA",
    "IMOBILIÁRIA CENTRO LTDA",
    "CONTABILIDADE EXATA LTDA",
)
_STAFF = tuple(
    (name, body + check_digits(body))
    for name, body in (
        ("Carla Mendes", "123456789"),
        ("Diego Rocha", "234567891"),
        ("Elisa Prado", "345678912"),
        ("Fábio Nunes", "456789123"),
    )
)


def plant(cora: Cora) -> None:
    """Write the seed into an empty state."""
    with cora.store.write():
        cora.store.run("INSERT INTO cora_partner VALUES (?, ?, ?, ?)", *PARTNER)
        for cpf, name, password, companies in PEOPLE:
            person = people.create_person(cora.store, cpf, name, password)
            for profile in companies:
                _open(cora, profile, person)


def _open(cora: Cora, profile: Profile, person: int) -> None:
    company = people.create_company(cora.store, profile.cnpj, profile.name)
    people.allow(cora.store, person, company)
    account_id = people.open_account(
        cora.store,
        SLUG,
        company,
        branch=BRANCH,
        number=profile.number,
        digit=profile.digit,
        balance=0,
    )
    add_entries(cora.store, account_id, history(profile, cora.clock.today()))
    set_balance(cora.store, account_id, profile.balance)


@lru_cache(maxsize=64)
def history(profile: Profile, today: date) -> tuple[NewEntry, ...]:
    """The movements of the 100 days that end yesterday, oldest first."""
    seed = random.Random(f"{profile.cnpj}{today}")
    found: list[NewEntry] = []
    held = profile.balance
    for ago in range(_DAYS, 0, -1):
        day = today - timedelta(days=ago)
        entries = sorted(_day(seed, profile, day), key=lambda entry: entry.at)
        if ago == _DAYS // 2:
            entries += _equal_payments(profile, day)
        held += sum(e.amount if e.direction == CREDIT else -e.amount for e in entries)
        if is_banking_day(day) and (balancing := _balancing(profile, day, held)):
            entries.append(balancing)
            held = profile.balance
        found += entries
    return tuple(found)


def _balancing(profile: Profile, day: date, held: int) -> NewEntry | None:
    """The owner takes out what is too much, and puts in what is too little."""
    at, owner = at_sao_paulo(day, time(20, 30)), _STAFF[0]
    if held > profile.balance * 3 // 2:
        amount = held - profile.balance
        return NewEntry(at, DEBIT, "PIX", amount, "Distribuição de lucros", *owner)
    if held < profile.balance // 2:
        amount = profile.balance - held
        return NewEntry(at, CREDIT, "PIX", amount, "Aporte da sócia", *owner)
    return None


def _day(seed: random.Random, profile: Profile, day: date) -> Iterator[NewEntry]:
    """What one day brings. Sales come in every day, the rest on banking days."""
    banking = is_banking_day(day)
    for _ in range(seed.randrange(3, 7) if banking else seed.randrange(3)):
        who = seed.choice(CLIENTS + _STAFF[:2])
        yield _credit(seed, day, "PIX", _about(seed, profile.size), "Pix recebido", who)
    if not banking:
        return
    if seed.random() < 0.25:
        who = seed.choice(CLIENTS)
        yield _credit(seed, day, "TRANSFER", _about(seed, profile.size * 4), "TED recebida", who)
    for _ in range(seed.randrange(3)):
        who = seed.choice(_SUPPLIERS)
        yield _debit(seed, day, "PAYMENT", _about(seed, profile.size), "Pagamento de boleto", who)
    if seed.random() < 0.5:
        who = seed.choice(_SUPPLIERS)
        yield _debit(seed, day, "PIX", _about(seed, profile.size // 2), "Pix enviado", who)
    yield from _monthly(seed, profile, day)


def _monthly(seed: random.Random, profile: Profile, day: date) -> Iterator[NewEntry]:
    banking_days = sum(is_banking_day(day.replace(day=n)) for n in range(1, day.day + 1))
    if banking_days == 5:
        for i, who in enumerate(_STAFF):
            at = _at(seed, day)
            amount = profile.size * (3 + i)
            yield NewEntry(at, DEBIT, "TRANSFER", amount, "Salário", *who)
            yield NewEntry(at, DEBIT, "FEE", 200, "Tarifa TED")
    if banking_days == 7:
        who = _SUPPLIERS[5]
        yield _debit(seed, day, "PAYMENT", profile.size * 5, "Aluguel", who)
    if banking_days == 14:
        who = ("RECEITA FEDERAL", "00394460005887")
        yield _debit(seed, day, "PAYMENT", _about(seed, profile.size * 6), "Simples Nacional", who)
    if day.weekday() == 4:
        yield NewEntry(_at(seed, day), DEBIT, "FEE", 170 * seed.randrange(1, 6), "Tarifa de boleto")


def _equal_payments(profile: Profile, day: date) -> Iterator[NewEntry]:
    """Two movements that only their ids tell apart."""
    for hour in (10, 15):
        at = at_sao_paulo(day, time(hour, 20))
        who = _SUPPLIERS[3]
        yield NewEntry(at, DEBIT, "PAYMENT", profile.size, "Pagamento de boleto", *who)


def _credit(
    seed: random.Random, day: date, kind: str, amount: int, label: str, who: tuple[str, str]
) -> NewEntry:
    return NewEntry(_at(seed, day), CREDIT, kind, amount, label, *who)


def _debit(
    seed: random.Random, day: date, kind: str, amount: int, label: str, who: tuple[str, str]
) -> NewEntry:
    return NewEntry(_at(seed, day), DEBIT, kind, amount, label, *who)


def _about(seed: random.Random, amount: int) -> int:
    return seed.randrange(amount // 4, amount * 2)


def _at(seed: random.Random, day: date) -> datetime:
    seconds = seed.randrange(8 * 3600, 20 * 3600)
    return at_sao_paulo(day, time()) + timedelta(
        seconds=seconds, microseconds=seed.randrange(10**6)
    )
