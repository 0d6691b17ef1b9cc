"""Cases of money that goes out."""

from datetime import date, timedelta
from decimal import Decimal

from benchmarks.matching import texts
from benchmarks.matching.company import Account, Party, cnpj
from benchmarks.matching.world import Row, World, money, total_of
from brazil.banking_days import next_banking_day


def _sent_line(
    world: World, account: Account, bill: Row, party: Party, day: date, kind: str
) -> Row:
    """The line of an order of ours: BS2 repeats its reference, the Conta Kamino its code."""
    amount = -Decimal(bill["amount"])
    words = texts.opening_words(world.rng, account, kind, is_credit=False)
    if account.provider == "bs2":
        words = f"{words} {bill['order']['reference']}"
    elif account.provider == "kamino":
        words = f"{words} {bill['order']['code']}"
    return world.moved(
        account, day, amount, kind, party, words=words, unnamed=world.rng.random() < 0.1
    )


def _sent(world: World, case: str, kind: str, *providers: str) -> None:
    account, party, due = world.account(*providers), world.rng.choice(world.suppliers), world.day()
    bill = world.payable(
        party, world.amount(), due, method=kind, account=account.id, order=world.order(account, due)
    )
    day = due if world.rng.random() < 0.85 else world.after(due, 1, 2)
    world.true(case, [_sent_line(world, account, bill, party, day, kind)], [bill])


def sent_ted(world: World) -> None:
    _sent(world, "sent_ted", "ted", "cora", "bs2", "kamino")


def sent_pix(world: World) -> None:
    _sent(world, "sent_pix", "pix", "kamino")


def sent_boleto(world: World) -> None:
    _sent(world, "sent_boleto", "boleto", "cora", "bs2", "kamino")


def payroll_lot(world: World) -> None:
    """Salaries of one lot share a reference; some of them are equal."""
    account, day = world.account("bs2"), world.day()
    lot = f"{world.rng.randrange(10**11, 10**12)}"
    usual = money(world.rng.randrange(1800, 3200))
    for person in world.rng.sample(world.staff, min(len(world.staff), world.rng.randint(4, 9))):
        amount = usual if world.rng.random() < 0.3 else money(world.rng.uniform(1700, 6500))
        bill = world.payable(
            person,
            amount,
            day,
            method="ted",
            account=account.id,
            number="",
            description="Salário",
            order=world.order(account, day, reference=lot),
        )
        world.true("payroll_lot", [_sent_line(world, account, bill, person, day, "ted")], [bill])


def payroll_one_debit(world: World) -> None:
    account, day = world.account(""), world.day()
    bills = [
        world.payable(
            person,
            money(world.rng.uniform(1700, 6500)),
            day,
            method="other",
            number="",
            description="Salário",
            account=account.id,
        )
        for person in world.rng.sample(world.staff, min(len(world.staff), world.rng.randint(3, 8)))
    ]
    total = total_of(bills)
    line = world.line(account, day, -total, "other", "SISPAG SALARIOS")
    world.true("payroll_one_debit", [line], bills)


def _outside(world: World, case: str, *, number: bool = False, unnamed: bool = False) -> None:
    party, due = world.rng.choice(world.suppliers), world.day()
    account, kind = world.account("", "", "cora"), world.rng.choice(("pix", "ted", "boleto"))
    bill = world.payable(party, world.amount(), due, method=kind)
    if number:
        bill["number"] = bill["number"] or str(world.rng.randrange(1000, 99999))
    line = world.moved(
        account,
        world.after(due, -1, 2),
        -Decimal(bill["amount"]),
        kind,
        party,
        number=bill["number"] if number else "",
        unnamed=unnamed,
    )
    world.true(case, [line], [bill])


def paid_outside(world: World) -> None:
    _outside(world, "paid_outside")


def paid_outside_by_number(world: World) -> None:
    _outside(world, "paid_outside_by_number", number=True)


def paid_outside_unnamed(world: World) -> None:
    _outside(world, "paid_outside_unnamed", unnamed=True)


def rent_of_equal_months(world: World) -> None:
    """The same value each month; two of them may be open when one is paid."""
    party, account = world.rng.choice(world.suppliers), world.account("", "cora")
    amount, due = world.amount(), world.day()
    bills = [
        world.payable(
            party,
            amount,
            next_banking_day(due + timedelta(days=30 * month)),
            number="",
            description="Aluguel",
            method="pix",
        )
        for month in range(3)
    ]
    for bill in bills:
        day = next_banking_day(world.first.fromisoformat(bill["due_date"]))
        line = world.moved(account, day, -amount, "pix", party)
        world.true("rent_of_equal_months", [line], [bill])


def bill_paid_late(world: World) -> None:
    """A boleto of a supplier: fine and interest are the supplier's terms, which we do not hold."""
    party, due = world.rng.choice(world.suppliers), world.day()
    account, amount = world.account("", "cora", "bs2"), world.amount()
    day = world.after(due, 2, 25)
    extra = money(amount * Decimal("0.02") + amount * Decimal("0.01") * (day - due).days / 30)
    bill = world.payable(party, amount, due, method="boleto")
    line = world.moved(account, day, -amount - extra, "boleto", party)
    world.true("bill_paid_late", [line], [bill], difference=("interest", extra))


def several_bills_one_pix(world: World) -> None:
    party, account, day = world.rng.choice(world.suppliers), world.account("", "cora"), world.day()
    bills = [
        world.payable(party, world.amount(), world.after(day, -6, 4), method="pix")
        for _ in range(world.rng.randint(2, 5))
    ]
    total = total_of(bills)
    world.true("several_bills_one_pix", [world.moved(account, day, -total, "pix", party)], bills)


def bill_in_parts(world: World) -> None:
    party, account = world.rng.choice(world.suppliers), world.account("", "cora")
    due, amount = world.day(), money(world.rng.uniform(2000, 20000))
    bill = world.payable(party, amount, due, method="pix")
    first = money(amount * world.rng.choice((Decimal("0.5"), Decimal("0.3"), Decimal("0.4"))))
    day = due
    for part in (first, amount - first):
        line = world.moved(account, day, -part, "pix", party, number=bill["number"])
        world.true("bill_in_parts", [line], [bill], parts={bill["id"]: part})
        day = world.after(day, 7, 20)


def bill_in_two_on_one_day(world: World) -> None:
    """The bank's limit for a Pix: one bill leaves in two."""
    party, account, day = world.rng.choice(world.suppliers), world.account("", "cora"), world.day()
    amount = money(world.rng.uniform(5200, 9900))
    bill = world.payable(party, amount, day, method="pix")
    lines = [
        world.moved(account, day, -part, "pix", party) for part in (Decimal(5000), amount - 5000)
    ]
    world.true("bill_in_two_on_one_day", lines, [bill])


def other_establishment(world: World) -> None:
    """The bill names one establishment, the money goes to another of the same root."""
    party = world.rng.choice([party for party in world.suppliers if party.document])
    account, day = world.account("cora", ""), world.day()
    bill = world.payable(party, world.amount(), day, method="ted")
    branch = Party(
        "",
        party.name,
        cnpj(world.rng, root=party.document[:8], establishment=world.rng.randint(2, 9)),
    )
    line = world.moved(account, day, -Decimal(bill["amount"]), "ted", branch)
    world.true("other_establishment", [line], [bill])


def returned_ted(world: World) -> None:
    """The money comes back the next day; the bill is paid again later, or not."""
    account, party, due = (
        world.account("bs2", "cora", ""),
        world.rng.choice(world.suppliers),
        world.day(),
    )
    order = world.order(account, due) if account.provider else None
    bill = world.payable(party, world.amount(), due, method="ted", account=account.id, order=order)
    if order:
        out = _sent_line(world, account, bill, party, due, "ted")
    else:
        out = world.moved(account, due, -Decimal(bill["amount"]), "ted", party)
    words = world.rng.choice(("TED DEVOLVIDA", "DEVOLUCAO DE TED", "DEV TED CONTA INEXISTENTE"))
    day = world.after(due, 0, 2)
    if account.provider == "bs2" and order:
        words = f"{words} {order['reference']}"
    back = world.moved(
        account,
        day,
        Decimal(bill["amount"]),
        "ted",
        party,
        words=words,
        unnamed=world.rng.random() < 0.5,
    )
    world.true("returned_ted", [out, back])
    if world.rng.random() < 0.6:
        again = world.moved(account, world.after(day, 1, 4), -Decimal(bill["amount"]), "ted", party)
        world.true("paid_again", [again], [bill])


def cancelled_and_entered_again(world: World) -> None:
    party, account, due = world.rng.choice(world.suppliers), world.account("", "cora"), world.day()
    amount = world.amount()
    wrong = world.payable(party, amount, due, method="pix")
    wrong["closed_on"], wrong["closed_by"] = str(due - timedelta(days=1)), "cancelled"
    right = world.payable(party, amount, due, method="pix", created_on=due - timedelta(days=1))
    line = world.moved(account, due, -amount, "pix", party)
    world.true("cancelled_and_entered_again", [line], [right])


def entered_by_hand(world: World) -> None:
    """Marked as paid outside: the entry waits for its line."""
    party, account, day = world.rng.choice(world.suppliers), world.account("", "cora"), world.day()
    amount = world.amount()
    bill = world.payable(party, amount, day, method="pix")
    bill["closed_on"], bill["closed_by"] = str(day), "entry"
    entry = world.item(
        "entry",
        day,
        party,
        -amount,
        account=account.id,
        date=day,
        description=f"Pagamento {party.name}",
    )
    line = world.moved(account, world.after(day, 0, 2), -amount, "pix", party)
    world.true("entered_by_hand", [line], [entry])


def entry_of_expense(world: World) -> None:
    account, day, amount = world.account("", "cora", "bs2"), world.day(), world.amount()
    what, words = world.rng.choice(
        (
            ("Combustível da frota", "COMPRA CARTAO POSTO SHELL"),
            ("Cartório", "PAGAMENTO CARTORIO 2 OFICIO"),
            ("Passagem aérea", "COMPRA CARTAO LATAM AIRLINES"),
            ("Material de escritório", "COMPRA DEBITO KALUNGA"),
        )
    )
    entry = world.item("entry", day, None, -amount, account=account.id, date=day, description=what)
    line = world.line(account, world.after(day, 0, 1), -amount, "other", words)
    world.true("entry_of_expense", [line], [entry])


def tax(world: World) -> None:
    account, due = world.account("", "cora"), world.day()
    amount = money(world.rng.uniform(80, 9000))
    name = world.rng.choice(("DARF PIS", "DARF COFINS", "DAS Simples Nacional", "GPS INSS", "FGTS"))
    bill = world.payable(world.treasury, amount, due, method="boleto", number="", description=name)
    words = world.rng.choice(
        ("PAGTO ELETRONICO TRIBUTO", "DARF NUMERADO", "PAGAMENTO TRIBUTO FEDERAL")
    )
    world.true("tax", [world.line(account, due, -amount, "boleto", words)], [bill])


def utility_by_debit(world: World) -> None:
    party, due = world.rng.choice(world.suppliers), world.day()
    account, amount = world.account(""), money(world.rng.uniform(80, 2900))
    bill = world.payable(party, amount, due, method="boleto", description="Conta de consumo")
    line = world.moved(account, due, -amount, "other", party, words="DEB AUTOMATICO")
    world.true("utility_by_debit", [line], [bill])


def equal_bills_on_one_day(world: World) -> None:
    """Nothing tells them apart, not even the due date."""
    party, account, day = world.rng.choice(world.suppliers), world.account("", "cora"), world.day()
    amount = world.amount()
    bills = [
        world.payable(party, amount, day, method="pix", number="", description="Frete")
        for _ in range(2)
    ]
    words = texts.opening_words(world.rng, account, "pix", is_credit=False)
    text = words if account.provider else f"{words} {texts.fold(party.name)}"
    name = party.name if account.provider else ""
    for bill in bills:
        line = world.line(account, day, -amount, "pix", text, name, party.document if name else "")
        world.true("equal_bills_on_one_day", [line], [bill])


def paid_with_fee(world: World) -> None:
    """The bank adds its fee to the transfer instead of a line of its own."""
    party, account, day = world.rng.choice(world.suppliers), world.account(""), world.day()
    amount, fee = (
        world.amount(),
        world.rng.choice((Decimal("9.90"), Decimal("12.50"), Decimal("1.75"))),
    )
    bill = world.payable(party, amount, day, method="ted")
    line = world.moved(account, day, -amount - fee, "ted", party)
    world.true("paid_with_fee", [line], [bill], difference=("fee", fee))


def supplier_discount(world: World) -> None:
    party, account, day = world.rng.choice(world.suppliers), world.account("", "cora"), world.day()
    amount = world.amount()
    discount = money(amount * world.rng.choice((Decimal("0.05"), Decimal("0.03"), Decimal("0.10"))))
    bill = world.payable(party, amount, day, method="boleto")
    line = world.moved(account, day, discount - amount, "boleto", party)
    world.true("supplier_discount", [line], [bill], difference=("discount", discount))


CASES = (
    (sent_ted, 60), (sent_pix, 60), (sent_boleto, 80), (payroll_lot, 9), (payroll_one_debit, 4),
    (paid_outside, 75), (paid_outside_by_number, 35), (paid_outside_unnamed, 25),
    (rent_of_equal_months, 10), (bill_paid_late, 12), (several_bills_one_pix, 14),
    (bill_in_parts, 7), (bill_in_two_on_one_day, 5), (other_establishment, 12), (returned_ted, 7),
    (cancelled_and_entered_again, 8), (entered_by_hand, 18), (entry_of_expense, 14), (tax, 18),
    (utility_by_debit, 22), (equal_bills_on_one_day, 6), (paid_with_fee, 5), (supplier_discount, 6),
)  # fmt: skip
