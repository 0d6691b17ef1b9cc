"""What BS2 holds on its first start: accounts of the same companies, and 40 days of movements."""

# ruff: noqa: S311 - plausible data, no secret
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from simulator.bs2.applications import register_partner
from simulator.bs2.bank import BANK_CODE, BRANCH, SLUG, Bs2
from simulator.bs2.banks import Place, place_of
from simulator.bs2.movements import (
    BOLETO,
    FEE,
    PAYMENT,
    PIX,
    PIX_INTERNAL,
    TED,
    Details,
    keep_details,
)
from simulator.bs2.moving import Move
from simulator.bs2.partner import CLIENT_ID, CLIENT_SECRET
from simulator.bs2.pix.keys import CNPJ, EVP, register_key
from simulator.core import people
from simulator.core.app.consent import LOOPBACK
from simulator.core.clock import at_sao_paulo, is_banking_day
from simulator.core.documents import check_digits
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, add_entries, set_balance

PARTNER_KEY, PARTNER_SECRET, PARTNER_NAME = CLIENT_ID, CLIENT_SECRET, "Kamino"
_DAYS = 40


class Party(NamedTuple):
    name: str
    document: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A company and the size of its business. Money is centavos."""

    cnpj: str
    name: str
    number: str
    digit: str
    balance: int
    size: int  # an ordinary sale
    random_key: str


OFICINA = Profile(
    *("11444777000161", "OFICINA MODELO LTDA", "302715", "4", 6_482_055, 62_000),
    "7d9f0335-8dcc-4054-9bf9-0dbd61d36906",
)
PADARIA = Profile(
    *("11222333000181", "PADARIA AURORA LTDA", "418860", "9", 1_920_430, 14_000),
    "2b1f6a0e-5a0e-4f0b-9f43-6a58d1f2c7aa",
)
TRANSPORTES = Profile(
    *("45987321000160", "TRANSPORTES VALE NORTE LTDA", "519034", "1", 15_330_710, 190_000),
    "c0a4b7f1-12de-4c53-8a7e-9b0f5d3e6c21",
)
PEOPLE = (
    ("52998224725", "Ana Souza", "123456", (OFICINA, PADARIA)),
    ("11144477735", "Bruno Lima", "654321", (TRANSPORTES,)),
)


def _parties(first: int, *names: str) -> tuple[Party, ...]:
    """Names with a CNPJ each."""
    bodies = [f"{first + 1_411_733 * i}0001" for i in range(len(names))]
    return tuple(
        Party(name, body + check_digits(body)) for name, body in zip(names, bodies, strict=True)
    )


CLIENTS = _parties(
    41_207_318,
    "FARMÁCIA SÃO JOSÉ LTDA",
    "GRÁFICA MODERNA LTDA",
    "TRANSPORTADORA LESTE LTDA",
    "ACADEMIA CORPO LIVRE LTDA",
    "PET SHOP AMIGO FIEL LTDA",
)
_NEIGHBOURS = _parties(52_318_429, "STUDIO LUZ NATURAL LTDA", "CAFÉ DA PRAÇA LTDA")
_SUPPLIERS = _parties(
    61_874_205,
    "TINTAS E SOLVENTES MINAS LTDA",
    "MOINHO DO SUL S.A.",
    "PNEUS CENTRAL LTDA",
    "SEGUROS CONFIANÇA S.A.",
)
_OWNER = Party("Carla Mendes", "123456789" + check_digits("123456789"))


def plant(bs2: Bs2) -> None:
    """Write the seed into an empty state."""
    with bs2.store.write():
        register_partner(
            *(bs2, PARTNER_NAME, [LOOPBACK]), api_key=PARTNER_KEY, api_secret=PARTNER_SECRET
        )
        for cpf, name, password, companies in PEOPLE:
            person = people.create_person(bs2.store, cpf, name, password)
            for profile in companies:
                _open(bs2, profile, person)


def _open(bs2: Bs2, profile: Profile, person: int) -> None:
    company = people.create_company(bs2.store, profile.cnpj, profile.name)
    people.allow(bs2.store, person, company)
    account_id = people.open_account(
        bs2.store,
        SLUG,
        company,
        branch=BRANCH,
        number=profile.number,
        digit=profile.digit,
        balance=0,
    )
    moves = history(profile, bs2.clock.today())
    ids = add_entries(bs2.store, account_id, [each.entry for each in moves])
    for entry_id, each in zip(ids, moves, strict=True):
        if each.details != Details():
            keep_details(bs2, entry_id, each.details)
    set_balance(bs2.store, account_id, profile.balance)
    register_key(bs2, CNPJ, profile.cnpj, account_id=account_id, receiver=None)
    register_key(bs2, EVP, profile.random_key, account_id=account_id, receiver=None)


@lru_cache(maxsize=64)
def history(profile: Profile, today: date) -> tuple[Move, ...]:
    """The movements of the 40 days that end yesterday, oldest first."""
    seed = random.Random(f"bs2{profile.cnpj}{today}")
    found: list[Move] = []
    held = profile.balance
    for ago in range(_DAYS, 0, -1):
        day = today - timedelta(days=ago)
        moves = list(_day(seed, profile, day))
        if ago == _DAYS // 3:
            moves += _equal_payments(profile, day)
        moves.sort(key=lambda each: each.entry.at)
        held += sum(_signed(each.entry) for each in moves)
        if is_banking_day(day) and (balancing := _balancing(profile, day, held)):
            moves.append(balancing)
            held = profile.balance
        found += moves
    return tuple(found)


def _balancing(profile: Profile, day: date, held: int) -> Move | None:
    """The owner takes out what is too much, and puts in what is too little."""
    at, excess = at_sao_paulo(day, time(20, 30)), held - profile.balance
    if abs(excess) <= profile.balance // 2:
        return None
    direction, text = (DEBIT, "Distribuição de lucros") if excess > 0 else (CREDIT, "Aporte")
    entry = NewEntry(at, direction, PIX, abs(excess), text, *_OWNER)
    return Move(entry, Details(place=place_of(_OWNER.document)))


def _signed(entry: NewEntry) -> int:
    return entry.amount if entry.direction == CREDIT else -entry.amount


def _day(seed: random.Random, profile: Profile, day: date) -> Iterator[Move]:
    """Pix come in every day, the rest moves on banking days."""
    banking = is_banking_day(day)
    for _ in range(seed.randrange(1, 4)):
        amount = _about(seed, profile.size)
        yield _move(seed, day, CREDIT, PIX, amount, "Pix recebido", seed.choice(CLIENTS))
    if seed.random() < 0.4:
        amount, who = _about(seed, profile.size), seed.choice(_NEIGHBOURS)
        yield _move(seed, day, CREDIT, PIX_INTERNAL, amount, "Pix recebido", who)
    if not banking:
        return
    if seed.random() < 0.3:
        amount, who = _about(seed, profile.size * 3), seed.choice(CLIENTS)
        yield _move(seed, day, CREDIT, TED, amount, "TED recebida", who)
    if seed.random() < 0.3:
        amount, who = _about(seed, profile.size), seed.choice(CLIENTS)
        yield _move(seed, day, CREDIT, BOLETO, amount, f"NF-{day:%d%m}", who)
    if seed.random() < 0.6:
        amount, who = _about(seed, profile.size * 2), seed.choice(_SUPPLIERS)
        yield _move(seed, day, DEBIT, PAYMENT, amount, "Pagamento de título", who)
    if seed.random() < 0.5:
        amount, who = _about(seed, profile.size), seed.choice(_SUPPLIERS)
        yield _move(seed, day, DEBIT, PIX, amount, "Pix enviado", who)
    if seed.random() < 0.2:
        amount, who = _about(seed, profile.size * 2), seed.choice(_SUPPLIERS)
        yield _move(seed, day, DEBIT, TED, amount, "TED enviada", who)
    if day.weekday() == 0:
        fee = 190 * seed.randrange(1, 6)
        yield Move(NewEntry(_at(seed, day), DEBIT, FEE, fee, "Tarifa de cobrança"))


def _equal_payments(profile: Profile, day: date) -> Iterator[Move]:
    """Two movements that only their protocols tell apart."""
    who = _SUPPLIERS[0]
    for hour in (10, 15):
        at = at_sao_paulo(day, time(hour, 20))
        entry = NewEntry(at, DEBIT, PAYMENT, profile.size, "Pagamento de título", *who)
        yield Move(entry, Details(place=place_of(who.document)))


def _move(
    seed: random.Random, day: date, direction: str, kind: str, amount: int, text: str, who: Party
) -> Move:
    place = place_of(who.document)
    if kind == PIX_INTERNAL:
        place = Place(BANK_CODE, BRANCH, place.account)
    return Move(NewEntry(_at(seed, day), direction, kind, amount, text, *who), Details(place=place))


def _about(seed: random.Random, amount: int) -> int:
    return seed.randrange(amount // 4, amount * 2)


def _at(seed: random.Random, day: date) -> datetime:
    seconds, millis = seed.randrange(8 * 3600, 20 * 3600), seed.randrange(1000)
    return at_sao_paulo(day, time()) + timedelta(seconds=seconds, milliseconds=millis)
