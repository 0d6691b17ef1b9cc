"""What a generated company has so far: rows of the five files, made by the cases."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.matching import texts
from benchmarks.matching.company import (
    Account,
    Party,
    cnpj,
    company_name,
    make_accounts,
    make_company,
    make_person,
)
from brazil.banking_days import next_banking_day

CENT = Decimal("0.01")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
Row = dict[str, Any]


def money(value: Decimal | float) -> Decimal:
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def total_of(items: Sequence[Row]) -> Decimal:
    return sum((Decimal(item["amount"]) for item in items), Decimal(0))


class World:
    def __init__(self, seed: int, *, first: date, days: int, parties: int) -> None:
        self.rng = random.Random(seed)
        self.first, self.days = first, days
        self.name = company_name(self.rng)
        self.cnpj = cnpj(self.rng)
        self.accounts = make_accounts()
        self.suppliers = [make_company(self.rng, index) for index in range(parties)]
        self.customers = [make_company(self.rng, parties + index) for index in range(parties)]
        people = range(2 * parties, 3 * parties)
        self.people = [make_person(self.rng, index) for index in people]
        self.staff = self.people[: parties // 2]
        self.acquirer = make_company(self.rng, 3 * parties)
        self.acquirer.name = "Adquirente Pagamentos S.A."
        self.treasury = make_company(self.rng, 3 * parties + 1)
        self.treasury.name, self.treasury.document = "Receita Federal do Brasil", "00394460005887"
        self.prices = [money(self.rng.randrange(5, 90) * 10 + Decimal("9.90")) for _ in range(8)]
        self._make_alike()
        self.items: list[Row] = []
        self.lines: list[Row] = []
        self.truth: list[Row] = []
        self.line_of: dict[str, Row] = {}  # by id
        self.party_of: dict[str, str] = {}  # by line, where it tells of one
        self.items_of: dict[tuple[str | None, str], list[Row]] = defaultdict(list)  # by amount
        self._numbers: dict[str, int] = {}

    def _make_alike(self) -> None:
        """Namesakes, establishments of one company, and one company written down twice."""
        for first, second in zip(self.people[::25], self.people[1::25], strict=False):
            second.name = first.name
        for first, second in zip(self.suppliers[::30], self.suppliers[1::30], strict=False):
            second.name = first.name
            if first.document:
                number = self.rng.randint(2, 9)
                second.document = cnpj(self.rng, root=first.document[:8], establishment=number)
        for first, second in zip(self.customers[::40], self.customers[1::40], strict=False):
            second.name, second.document = texts.fold(first.name), first.document

    # What is drawn

    def day(self) -> date:
        """A banking day of the period, more of them at the usual days of payment."""
        day = self.first + timedelta(days=self.rng.randrange(self.days))
        if self.rng.random() < 0.35:
            day = day.replace(day=self.rng.choice((5, 10, 15, 20, 25, 28)))
        return next_banking_day(max(day, self.first))

    def after(self, day: date, least: int, most: int) -> date:
        return next_banking_day(day + timedelta(days=self.rng.randint(least, most)))

    def amount(self) -> Decimal:
        """Round values are common, 500 or 1.200, and so are the company's list prices."""
        draw = self.rng.random()
        if draw > 0.85:
            return self.rng.choice(self.prices)
        if draw < 0.12:
            return money(
                self.rng.choice((100, 150, 200, 250, 300, 500, 800, 1000, 1200, 1500, 3000))
            )
        if draw < 0.22:
            return money(self.rng.randrange(8, 900) * 10)
        return money(self.rng.lognormvariate(6.8, 1.1) + 10)

    def account(self, *providers: str) -> Account:
        wanted = [account for account in self.accounts if account.provider in providers]
        return self.rng.choice(wanted or self.accounts)

    def payer(self) -> Party:
        return self.rng.choice(self.customers if self.rng.random() < 0.75 else self.people)

    def next(self, what: str, first: int = 1) -> int:
        self._numbers[what] = self._numbers.get(what, first - 1) + 1
        return self._numbers[what]

    def _import_day(self, account: Account, day: date) -> date:
        """Some people import their files each day, some each Monday."""
        if account.id.endswith("1"):
            return day + timedelta(days=7 - day.weekday())
        return next_banking_day(day + timedelta(days=1))

    # What is made

    def item(
        self, kind: str, created: date, party: Party | None, amount: Decimal, **more: Any
    ) -> Row:
        row: Row = {
            "id": f"i{len(self.items)}",
            "kind": kind,
            "created_on": str(max(created, self.first)),
            "closed_on": None,
            "closed_by": None,
            "party": party.id if party else None,
            "amount": str(money(amount)),
            "description": "",
            "number": "",
        }
        row.update({key: str(v) if isinstance(v, date) else v for key, v in more.items()})
        self.items.append(row)
        self.items_of[row["party"], row["amount"]].append(row)
        return row

    def payable(self, party: Party, amount: Decimal, due: date, **more: Any) -> Row:
        created = due - timedelta(days=self.rng.randint(3, 30))
        values: Row = {
            "due_date": due,
            "payment_date": due,
            "method": "other",
            "account": None,
            "order": None,
            "number": str(self.rng.randrange(100, 99999)) if self.rng.random() < 0.7 else "",
            "description": self.rng.choice(("Compra de materiais", "Serviços", "Mensalidade", "")),
        }
        return self.item("payable", created, party, amount, **(values | more))

    def order(self, account: Account, day: date, *, reference: str = "") -> Row:
        number = self.next("order", 100001)
        return {
            "account": account.id,
            "sent_on": str(day),
            "code": f"KM{number}{self.rng.randrange(1000):03d}",
            "reference": reference or f"{self.rng.randrange(10**11, 10**12)}",
        }

    def charge(
        self, party: Party, amount: Decimal, due: date, account: Account, **more: Any
    ) -> Row:
        created = due - timedelta(days=self.rng.randint(5, 30))
        number = self.next(f"charge-{account.id}", 10431)
        values: Row = {
            "due_date": due,
            "account": account.id,
            "method": "boleto",
            "our_number": f"{number:011d}",
            "reference": f"C{number}",
            "fine_percent": "2.00",
            "interest_month_percent": "1.00",
            "discount": "0.00",
            "discount_until": None,
            "number": f"{self.next('invoice', 2201):09d}" if self.rng.random() < 0.8 else "",
            "description": self.rng.choice(("Serviços prestados", "Venda", "Mensalidade")),
        }
        return self.item("charge", created, party, amount, **(values | more))

    def line(
        self,
        account: Account,
        day: date,
        amount: Decimal,
        kind: str,
        description: str,
        name: str = "",
        document: str = "",
    ) -> Row:
        api = bool(account.provider)
        instant = datetime(
            day.year,
            day.month,
            day.day,
            self.rng.randint(7, 21),
            self.rng.randrange(60),
            tzinfo=SAO_PAULO,
        )
        row: Row = {
            "id": f"l{self.next('line', 0)}",
            "account": account.id,
            "bank_id": f"b{self.rng.getrandbits(40):x}",
            "booked_on": str(day),
            "occurred_at": instant.isoformat() if api else None,
            "arrived_on": str(day if api else self._import_day(account, day)),
            "amount": str(money(amount)),
            "kind": kind if api else "",
            "description": description,
            "counterparty_name": name,
            "counterparty_document": document,
        }
        self.lines.append(row)
        self.line_of[row["id"]] = row
        return row

    def moved(
        self,
        account: Account,
        day: date,
        amount: Decimal,
        kind: str,
        party: Party,
        *,
        number: str = "",
        words: str = "",
        unnamed: bool = False,
    ) -> Row:
        """A line with the other side as this bank tells it."""
        text = words or texts.opening_words(self.rng, account, kind, is_credit=amount > 0)
        name, document = texts.counterparty(self.rng, account, party)
        if kind == "boleto" and amount < 0:
            document = ""  # who was paid by a boleto is told by name, if at all
        if unnamed:
            name = document = ""
        elif not account.provider:
            text = f"{text} {texts.in_file(self.rng, party)}"
        if number:
            text = f"{text} {texts.number_in_text(self.rng, number)}"
        row = self.line(account, day, amount, kind, text, name, document)
        self.party_of[row["id"]] = party.id
        return row

    def true(
        self,
        case: str,
        lines: Sequence[Row],
        items: Sequence[Row] = (),
        *,
        parts: dict[str, Decimal] | None = None,
        difference: tuple[str, Decimal] | None = None,
    ) -> None:
        self.truth.append(
            {
                "case": case,
                "lines": [line["id"] for line in lines],
                "items": [item["id"] for item in items],
                "parts": {key: str(money(v)) for key, v in parts.items()} if parts else None,
                "difference": (
                    {"kind": difference[0], "amount": str(money(difference[1]))}
                    if difference
                    else None
                ),
            }
        )
