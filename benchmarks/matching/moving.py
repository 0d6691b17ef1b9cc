"""Cases of money between own accounts, money that comes back, and lines without counterpart."""

from datetime import date
from decimal import Decimal

from benchmarks.matching import texts
from benchmarks.matching.company import Account, Party, cnpj, make_person
from benchmarks.matching.world import Row, World, money


def _pair(world: World) -> tuple[Account, Account]:
    first, second = world.rng.sample(world.accounts, 2)
    return first, second


def _leg(
    world: World, account: Account, other: Account, day: date, amount: Decimal, kind: str
) -> Row:
    """Own money: the bank names the company itself, or the other account."""
    own = Party("", world.name, world.cnpj)
    if account.provider:
        words = texts.opening_words(world.rng, account, kind, is_credit=amount > 0)
        return world.line(account, day, amount, kind, words, world.name, world.cnpj)
    draw = world.rng.random()
    words = texts.opening_words(world.rng, account, kind, is_credit=amount > 0)
    if draw < 0.4:
        words = f"{words} {texts.fold(own.name)[:25]} {world.cnpj if draw < 0.2 else ''}".strip()
    elif draw < 0.7:
        words = f"{words} MESMA TITULARIDADE"
    else:
        words = f"{words} AG {other.branch} CC {other.number}"
    return world.line(account, day, amount, kind, words)


def _transfer(world: World, case: str, *, least: int, most: int, announced: bool = False) -> None:
    source, target = _pair(world)
    day, amount = world.day(), money(world.rng.randrange(5, 400) * 100)
    if world.rng.random() < 0.3:
        amount = world.amount()
    items = []
    if announced:
        items = [
            world.item(
                "transfer",
                day,
                None,
                amount,
                from_account=source.id,
                to_account=target.id,
                date=day,
            )
        ]
    kind = world.rng.choice(("pix", "ted"))
    out = _leg(world, source, target, day, -amount, kind)
    arrives = world.after(day, least, most)
    into = _leg(world, target, source, arrives, amount, kind)
    world.true(case, [out, into], items)


def transfer(world: World) -> None:
    _transfer(world, "transfer", least=0, most=0)


def transfer_with_late_leg(world: World) -> None:
    _transfer(world, "transfer_with_late_leg", least=1, most=4)


def announced_transfer(world: World) -> None:
    _transfer(world, "announced_transfer", least=0, most=2, announced=True)


def two_equal_transfers(world: World) -> None:
    source, first, second = world.rng.sample(world.accounts, 3)
    day, amount = world.day(), money(world.rng.randrange(5, 90) * 100)
    for target in (first, second):
        words = f"TRANSF PARA AG {target.branch} CC {target.number}"
        out = world.line(
            source,
            day,
            -amount,
            "ted",
            words,
            world.name if source.provider else "",
            world.cnpj if source.provider else "",
        )
        into = _leg(world, target, source, world.after(day, 0, 2), amount, "ted")
        world.true("two_equal_transfers", [out, into])


def fee_and_its_reversal(world: World) -> None:
    account, day = world.account(), world.day()
    amount = Decimal(world.rng.choice(("39.90", "12.50", "89.00", "9.90")))
    out = world.line(account, day, -amount, "fee", "TARIFA MANUTENCAO")
    back = world.line(account, world.after(day, 1, 6), amount, "fee", "ESTORNO TARIFA MANUTENCAO")
    world.true("fee_and_its_reversal", [out, back])


def pix_given_back(world: World) -> None:
    """MED or a refund by hand: a receipt nobody expected leaves again."""
    account, day, other = world.account("cora", ""), world.day(), make_person(world.rng, 0)
    amount = world.amount()
    into = world.moved(account, day, amount, "pix", other)
    words = world.rng.choice(("DEVOLUCAO PIX", "PIX DEVOLVIDO", "DEVOLUCAO PIX MED"))
    back = world.moved(account, world.after(day, 1, 9), -amount, "pix", other, words=words)
    world.true("pix_given_back", [into, back])


# Without counterpart


def fee(world: World) -> None:
    account = world.account()
    words, amount = world.rng.choice(
        (
            ("TARIFA PIX", "1.20"),
            ("TARIFA TED", "9.90"),
            ("TARIFA BANCARIA CESTA PJ", "168.50"),
            ("TAR LIQ COBRANCA", "2.69"),
            ("TARIFA PACOTE SERVICOS", "89.90"),
            ("IOF", "4.17"),
        )
    )
    world.line(account, world.day(), -Decimal(amount), "fee", words)


def card_purchase(world: World) -> None:
    place = world.rng.choice(
        ("POSTO IPIRANGA", "UBER TRIP", "IFOOD", "KALUNGA", "CORREIOS", "PADARIA REAL")
    )
    account = world.account("", "cora")
    words = world.rng.choice(("COMPRA CARTAO", "COMPRA NO DEBITO", "RSHOP"))
    world.line(account, world.day(), -world.amount(), "other", f"{words} {place}")


def interest_of_savings(world: World) -> None:
    amount = money(world.rng.uniform(0.1, 60))
    words = world.rng.choice(("REND PAGO APLIC AUT MAIS", "RENDIMENTO DIARIO", "REMUNERACAO SALDO"))
    world.line(world.account(""), world.day(), amount, "other", words)


def sweep(world: World) -> None:
    amount = money(world.rng.randrange(10, 900) * 100)
    words, sign = world.rng.choice(
        (("APLICACAO CDB", -1), ("RESGATE CDB", 1), ("APLIC AUT MAIS", -1))
    )
    world.line(world.account(""), world.day(), sign * amount, "other", words)


def unknown_person(world: World) -> None:
    """A sale over the counter, or somebody whom the books do not know."""
    sign = 1 if world.rng.random() < 0.7 else -1
    other = make_person(world.rng, 0)
    other.accounts = []
    world.moved(world.account("cora", ""), world.day(), sign * world.amount(), "pix", other)


def advance_of_customer(world: World) -> None:
    """A customer pays before anything was charged."""
    world.moved(world.account("cora", ""), world.day(), world.amount(), "pix", world.payer())


def supplier_without_bill(world: World) -> None:
    """Bought and paid at once; the bill was never entered."""
    party = world.rng.choice(world.suppliers)
    world.moved(world.account("cora", ""), world.day(), -world.amount(), "pix", party)


def returned_without_a_word(world: World) -> None:
    """A supplier sends the money back by a Pix like any other."""
    account, day = world.account("cora", ""), world.day()
    party, amount = world.rng.choice(world.suppliers), world.amount()
    out = world.moved(account, day, -amount, "pix", party)
    back = world.moved(account, world.after(day, 1, 4), amount, "pix", party)
    world.true("returned_without_a_word", [out, back])


def stranger_with_equal_value(world: World) -> None:
    """An earlier purchase of ours and a stranger's Pix of the same value in another account."""
    first, second = _pair(world)
    day, amount = world.day(), world.amount()
    world.line(first, day, -amount, "other", "COMPRA PAPELARIA CENTRAL")
    other = Party("", make_person(world.rng, 0).name, make_person(world.rng, 0).document)
    world.moved(second, world.after(day, 0, 2), amount, "pix", other)


def bill_never_paid(world: World) -> None:
    """Open for ever; somebody else is paid the same value."""
    party, due, amount = world.rng.choice(world.suppliers), world.day(), world.amount()
    world.payable(party, amount, due, method="pix")
    if world.rng.random() < 0.3:
        other = Party("", make_person(world.rng, 0).name, cnpj(world.rng))
        world.moved(world.account("cora", ""), world.after(due, 0, 9), -amount, "pix", other)


def charge_never_paid(world: World) -> None:
    world.charge(world.payer(), world.amount(), world.day(), world.account("cora", "bs2", ""))


CASES = (
    (transfer, 25), (transfer_with_late_leg, 8), (announced_transfer, 8), (two_equal_transfers, 3),
    (fee_and_its_reversal, 5), (pix_given_back, 5), (returned_without_a_word, 3), (fee, 110),
    (card_purchase, 35), (interest_of_savings, 15), (sweep, 10), (unknown_person, 40),
    (advance_of_customer, 20), (supplier_without_bill, 18), (stranger_with_equal_value, 5),
    (bill_never_paid, 25), (charge_never_paid, 30),
)  # fmt: skip
