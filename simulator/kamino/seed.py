"""What the bank holds on its first start: the partner, one account with a month behind it, and
nothing else: the other accounts are opened in the product."""

# ruff: noqa: S311 - plausible data, no secret
import random
from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import lru_cache

from simulator.core import people
from simulator.core.clock import at_sao_paulo, is_banking_day
from simulator.core.ledger import CREDIT, DEBIT, NewEntry, set_balance
from simulator.kamino import accounts, moving, tokens
from simulator.kamino.bank import ISPB, Kamino
from simulator.kamino.moving import Move
from simulator.kamino.parties import made_up_document, stranger
from simulator.kamino.partner import CLIENT_ID, CLIENT_SECRET

PARTNER_ID, PARTNER_SECRET = CLIENT_ID, CLIENT_SECRET
TRANSPORTES, TRANSPORTES_NAME = "45987321000160", "TRANSPORTES VALE NORTE LTDA"
_BALANCE = 18_433_907  # centavos
_DAYS = 31
_PEOPLE = (
    (
        "52998224725",
        "Ana Souza",
        "123456",
        (("11444777000161", "OFICINA MODELO LTDA"), ("11222333000181", "PADARIA AURORA LTDA")),
    ),
    ("11144477735", "Bruno Lima", "654321", ((TRANSPORTES, TRANSPORTES_NAME),)),
)


def plant(bank: Kamino) -> None:
    """Write the seed into an empty state. Inside a write."""
    tokens.keep_client(bank, PARTNER_ID, PARTNER_SECRET, PARTNER_ID, None, "Kamino")
    for cpf, name, password, companies in _PEOPLE:
        person = people.create_person(bank.store, cpf, name, password)
        for cnpj, company in companies:
            people.allow(bank.store, person, people.create_company(bank.store, cnpj, company))
    account_id = accounts.new_account(bank, TRANSPORTES, TRANSPORTES_NAME, PARTNER_ID, None)
    moving.move(bank, account_id, history(bank.clock.today()))
    set_balance(bank.store, account_id, _BALANCE)


@lru_cache(maxsize=16)
def history(today: date) -> tuple[Move, ...]:
    """The movements of the month that ends yesterday, oldest first."""
    seed = random.Random(f"{TRANSPORTES}{today}")
    moves: list[Move] = []
    held = _BALANCE
    for ago in range(_DAYS, 0, -1):
        day = today - timedelta(days=ago)
        found = sorted(_day(seed, day), key=lambda m: m.entry.at)
        held += sum(
            m.entry.amount if m.entry.direction == CREDIT else -m.entry.amount for m in found
        )
        if is_banking_day(day) and held > _BALANCE:
            at, owner = at_sao_paulo(day, time(20, 30)), ("Bruno Lima", "11144477735")
            text = "Distribuição de lucros"
            entry = NewEntry(at, DEBIT, moving.TED, held - _BALANCE, text, *owner)
            found.append(Move(entry))
            held = _BALANCE
        moves += found
    return tuple(moves)


def _day(seed: random.Random, day: date) -> Iterator[Move]:
    """What one day brings. Pix comes in every day, the rest on banking days."""
    for _ in range(seed.randrange(1, 4)):
        yield _pix(seed, day, CREDIT, seed.randrange(40_000, 900_000), "Pix recebido")
    if not is_banking_day(day):
        return
    if seed.random() < 0.3:
        yield _move(
            seed, day, CREDIT, moving.TED, seed.randrange(500_000, 2_500_000), "TED recebida"
        )
    if seed.random() < 0.6:
        text = "Pagamento de boleto"
        yield _move(seed, day, DEBIT, moving.BOLETO, seed.randrange(30_000, 400_000), text)
    if day == _fifth_banking_day(day):
        for number in range(4):
            yield _pix(seed, day, DEBIT, 285_000 + 12_500 * number, "Salário")
    if day.weekday() == 2:
        for hour in (10, 15):  # two that only their ids tell apart
            at = at_sao_paulo(day, time(hour, 20))
            entry = NewEntry(at, DEBIT, moving.BOLETO, 148_090, "Boleto pago", *_party("posto"))
            yield Move(entry)
    if day.weekday() == 4:
        fee = NewEntry(at_sao_paulo(day, time(19)), DEBIT, moving.FEE, 570, "Tarifa de boleto")
        yield Move(fee)


def _fifth_banking_day(of: date) -> date:
    days = (of.replace(day=number) for number in range(1, 28))
    return [day for day in days if is_banking_day(day)][4]


def _pix(seed: random.Random, day: date, direction: str, amount: int, text: str) -> Move:
    found = _move(seed, day, direction, moving.PIX, amount, text)
    number = f"{seed.randrange(10**11):011d}"
    at = found.entry.at
    return Move(found.entry, end_to_end=f"E{ISPB}{at:%Y%m%d%H%M}{number}")


def _move(
    seed: random.Random, day: date, direction: str, kind: str, amount: int, text: str
) -> Move:
    seconds = seed.randrange(8 * 3600, 20 * 3600)
    at = at_sao_paulo(day, time()) + timedelta(seconds=seconds)
    party = _party(f"parte {seed.randrange(12)}")
    return Move(NewEntry(at, direction, kind, amount, text, *party))


def _party(about: str) -> tuple[str, str]:
    document = made_up_document(about)
    return stranger(document), document
