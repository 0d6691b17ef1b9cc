"""Cases of money that comes in."""

from datetime import date, timedelta
from decimal import Decimal

from benchmarks.matching import texts
from benchmarks.matching.company import Account, Party, person_name
from benchmarks.matching.world import Row, World, money, total_of
from brazil.banking_days import next_banking_day


def _boleto_line(
    world: World, account: Account, charge: Row, party: Party, day: date, amount: Decimal
) -> Row:
    words = texts.opening_words(world.rng, account, "boleto", is_credit=True)
    if account.provider == "bs2":
        return world.moved(
            account,
            day,
            amount,
            "boleto",
            party,
            words=f"{words} {charge['our_number']}",
            unnamed=world.rng.random() < 0.5,
        )
    if account.provider == "kamino":
        return world.moved(
            account, day, amount, "boleto", party, words=f"{words} {charge['reference']}"
        )
    if account.provider == "cora" or world.rng.random() < 0.3:
        return world.moved(account, day, amount, "boleto", party)
    return world.line(account, day, amount, "boleto", f"{words} {charge['our_number']}")


def boleto_on_time(world: World) -> None:
    account, party, due = world.account("cora", "bs2", "kamino", ""), world.payer(), world.day()
    charge = world.charge(party, world.amount(), due, account)
    day = world.after(due, -3, 1)
    line = _boleto_line(world, account, charge, party, day, Decimal(charge["amount"]))
    world.true("boleto_on_time", [line], [charge])


def boleto_late(world: World) -> None:
    account, party, due = world.account("cora", "bs2", "kamino", ""), world.payer(), world.day()
    amount = world.amount()
    charge = world.charge(party, amount, due, account)
    day = world.after(next_banking_day(due), 1, 40)
    late = (day - due).days
    extra = money(amount * Decimal("0.02")) + money(amount * Decimal("0.01") * late / 30)
    line = _boleto_line(world, account, charge, party, day, amount + extra)
    world.true("boleto_late", [line], [charge], difference=("interest", extra))


def boleto_with_discount(world: World) -> None:
    account, party, due = world.account("cora", "bs2", "kamino", ""), world.payer(), world.day()
    amount = world.amount()
    discount = money(amount * Decimal("0.05"))
    until = due - timedelta(days=3)
    charge = world.charge(
        party,
        amount,
        due,
        account,
        discount=str(discount),
        discount_until=until,
        created_on=due - timedelta(days=20),
    )
    day = next_banking_day(until - timedelta(days=world.rng.randint(3, 6)))
    if day > until:
        day = until
    line = _boleto_line(world, account, charge, party, day, amount - discount)
    world.true("boleto_with_discount", [line], [charge], difference=("discount", discount))


RATES = ("0.015", "0.0465", "0.0615", "0.0965", "0.1115", "0.11", "0.05", "0.0815")


def tax_withheld(world: World) -> None:
    party, account, due = world.rng.choice(world.customers), world.account("cora", ""), world.day()
    amount = money(world.rng.uniform(1500, 40000))
    charge = world.charge(
        party,
        amount,
        due,
        account,
        method="other",
        our_number="",
        fine_percent="0.00",
        interest_month_percent="0.00",
        description="Nota de serviços",
    )
    withheld = money(amount * Decimal(world.rng.choice(RATES)))
    line = world.moved(
        account,
        world.after(due, 0, 2),
        amount - withheld,
        "ted",
        party,
        number=charge["number"] if world.rng.random() < 0.4 else "",
    )
    world.true("tax_withheld", [line], [charge], difference=("withholding", withheld))


def _pix(world: World, case: str, *, number: bool = False, party: Party | None = None) -> None:
    account, due = world.account("cora", "bs2", "kamino", "", ""), world.day()
    party = party or world.payer()
    charge = world.charge(party, world.amount(), due, account, method="pix", our_number="")
    if number:
        charge["number"] = charge["number"] or f"{world.next('invoice', 2201):09d}"
    kind = world.rng.choice(("pix", "pix", "pix", "ted"))
    line = world.moved(
        account,
        world.after(due, -2, 3),
        Decimal(charge["amount"]),
        kind,
        party,
        number=charge["number"] if number else "",
    )
    world.true(case, [line], [charge])


def pix_of_payer(world: World) -> None:
    _pix(world, "pix_of_payer")


def pix_with_number(world: World) -> None:
    _pix(world, "pix_with_number", number=True)


def pix_of_person(world: World) -> None:
    _pix(world, "pix_of_person", party=world.rng.choice(world.people))


def pix_of_third_person(world: World) -> None:
    """A partner or an employee pays; the books do not know the name."""
    account, due, party = world.account("cora", ""), world.day(), world.payer()
    charge = world.charge(party, world.amount(), due, account, method="pix", our_number="")
    party.pays_as = party.pays_as or person_name(world.rng)
    other = Party("", party.pays_as, "")
    line = world.moved(account, world.after(due, 0, 2), Decimal(charge["amount"]), "pix", other)
    world.true("pix_of_third_person", [line], [charge])


def several_charges_one_pix(world: World) -> None:
    party, account, day = world.payer(), world.account("cora", ""), world.day()
    charges = [
        world.charge(
            party,
            world.amount(),
            world.after(day, -8, 3),
            account,
            method="pix",
            our_number="",
            fine_percent="0.00",
            interest_month_percent="0.00",
        )
        for _ in range(world.rng.randint(2, 4))
    ]
    total = total_of(charges)
    line = world.moved(account, day, total, "pix", party)
    world.true("several_charges_one_pix", [line], charges)


def charge_in_parts(world: World) -> None:
    party, account, due = world.payer(), world.account("cora", ""), world.day()
    amount = money(world.rng.uniform(900, 12000))
    charge = world.charge(
        party,
        amount,
        due,
        account,
        method="pix",
        our_number="",
        fine_percent="0.00",
        interest_month_percent="0.00",
    )
    first, day = money(amount / 2), due
    for part in (first, amount - first):
        line = world.moved(account, day, part, "pix", party, number=charge["number"])
        world.true("charge_in_parts", [line], [charge], parts={charge["id"]: part})
        day = world.after(day, 5, 15)


def boleto_paid_twice(world: World) -> None:
    """The payer pays the same boleto again: the second money has no counterpart."""
    account, party, due = world.account("bs2", ""), world.payer(), world.day()
    charge = world.charge(party, world.amount(), due, account)
    amount = Decimal(charge["amount"])
    line = _boleto_line(world, account, charge, party, due, amount)
    world.true("boleto_on_time", [line], [charge])
    again = world.after(due, 1, 5)
    # One bank writes both alike.
    told = (line["description"], line["counterparty_name"], line["counterparty_document"])
    world.line(account, again, amount, "boleto", *told)


def sales_net_of_fee(world: World) -> None:
    """The acquirer credits a day's sales less its rate."""
    account, day = world.account("", "bs2"), world.day()
    sales = [
        world.charge(
            world.acquirer,
            money(world.rng.uniform(30, 900)),
            day,
            account,
            method="other",
            our_number="",
            reference=f"NSU{world.next('nsu', 400001)}",
            description="Venda no cartão",
            fine_percent="0.00",
            interest_month_percent="0.00",
            number="",
        )
        for _ in range(world.rng.randint(1, 5))
    ]
    gross = total_of(sales)
    fee = money(gross * Decimal(world.rng.choice(("0.0199", "0.0315", "0.0249"))))
    line = world.line(account, day, gross - fee, "other", "CREDITO ADQUIRENTE PAGAMENTOS VENDAS")
    world.true("sales_net_of_fee", [line], sales, difference=("fee", fee))


def slips_credited_as_one(world: World) -> None:
    """The bank credits all boletos of a day in one line."""
    account, day = world.accounts[-1], world.day()
    charges = [
        world.charge(world.payer(), world.amount(), world.after(day, -1, 0), account)
        for _ in range(world.rng.randint(2, 4))
    ]
    total = total_of(charges)
    line = world.line(account, day, total, "boleto", "CREDITO COBRANCA DO DIA")
    world.true("slips_credited_as_one", [line], charges)


def some_centavos_off(world: World) -> None:
    party, account, due = world.payer(), world.account("cora", ""), world.day()
    charge = world.charge(party, world.amount(), due, account, method="pix", our_number="")
    off = Decimal(world.rng.choice(("0.01", "0.02", "0.05")))
    amount = Decimal(charge["amount"]) + (off if world.rng.random() < 0.5 else -off)
    line = world.moved(account, due, amount, "pix", party)
    world.true("some_centavos_off", [line], [charge], difference=("rounding", off))


def contract_months(world: World) -> None:
    """Two equal months are open; the text may say which one is paid."""
    party, account, due = world.payer(), world.account("cora", ""), world.day()
    amount = world.amount()
    charges = [
        world.charge(
            party,
            amount,
            next_banking_day(due + timedelta(days=30 * n)),
            account,
            method="pix",
            our_number="",
            number=f"{world.next('invoice', 2201):09d}",
            created_on=due - timedelta(days=10),
        )
        for n in range(2)
    ]
    tells = world.rng.random() < 0.6
    for charge in charges:
        day = next_banking_day(date.fromisoformat(charge["due_date"]))
        line = world.moved(
            account, day, amount, "pix", party, number=charge["number"] if tells else ""
        )
        world.true("contract_months", [line], [charge])


def receipt_entered_by_hand(world: World) -> None:
    party, account, day = world.payer(), world.account("cora", ""), world.day()
    amount = world.amount()
    charge = world.charge(party, amount, day, account, method="pix", our_number="")
    charge["closed_on"], charge["closed_by"] = str(day), "entry"
    entry = world.item(
        "entry",
        day,
        party,
        amount,
        account=account.id,
        date=day,
        description=f"Recebimento {party.name}",
    )
    line = world.moved(account, world.after(day, 0, 2), amount, "pix", party)
    world.true("receipt_entered_by_hand", [line], [entry])


def two_entries_one_credit(world: World) -> None:
    account, day = world.account(""), world.day()
    entries = [
        world.item(
            "entry",
            day,
            party,
            world.amount(),
            account=account.id,
            date=day,
            description=f"Boleto recebido {party.name}",
        )
        for party in world.rng.sample(world.customers, 2)
    ]
    total = total_of(entries)
    world.true(
        "two_entries_one_credit",
        [world.line(account, day, total, "boleto", "CRED COBRANCA")],
        entries,
    )


CASES = (
    (boleto_on_time, 130), (boleto_late, 35), (boleto_with_discount, 14), (tax_withheld, 12),
    (pix_of_payer, 90), (pix_with_number, 40), (pix_of_person, 40), (pix_of_third_person, 8),
    (several_charges_one_pix, 14), (charge_in_parts, 7), (boleto_paid_twice, 4),
    (sales_net_of_fee, 20), (slips_credited_as_one, 6), (some_centavos_off, 6),
    (contract_months, 10),
    (receipt_entered_by_hand, 12), (two_entries_one_credit, 4),
)  # fmt: skip
