"""Cases that banks and people make awkward: glued and cut texts, owners' keys, other rails."""

from datetime import date, timedelta
from decimal import Decimal

from benchmarks.matching import texts
from benchmarks.matching.company import make_person
from benchmarks.matching.world import Row, World, money, total_of

WITHHELD = tuple(map(Decimal, ("1.5", "4.65", "6.15", "11")))


def pix_to_an_owner(world: World) -> None:
    """The invoice names the company, the Pix goes to the CPF of who owns it."""
    party, due = world.rng.choice(world.suppliers), world.day()
    bill = world.payable(party, world.amount(), due, method="pix")
    owner = make_person(world.rng, 0)
    keys = [key for key in party.pix_keys if len(key) == len(owner.document)]
    if keys:
        owner.document = keys[0]
    else:
        party.pix_keys.append(owner.document)
    line = world.line(
        world.account("cora"),
        world.after(due, -1, 1),
        -Decimal(bill["amount"]),
        "pix",
        f"Transf Pix enviada - {owner.name}",
        owner.name,
        owner.document,
    )
    world.true("pix_to_an_owner", [line], [bill])


def pix_before_the_boleto(world: World) -> None:
    """Something else of this value is bought of a supplier some days before its boleto is due."""
    party, due, amount = world.rng.choice(world.suppliers), world.day(), world.amount()
    bill = world.payable(party, amount, due, method="boleto")
    bill["created_on"] = str(due - timedelta(days=20))
    account = world.account("cora", "")
    world.moved(account, world.after(due, -9, -5), -amount, "pix", party)
    world.true("paid_after_a_pix", [world.moved(account, due, -amount, "boleto", party)], [bill])


def withheld_from_a_supplier(world: World) -> None:
    party, due = world.rng.choice(world.suppliers), world.day()
    amount = money(world.rng.uniform(900, 15000))
    tax = money(amount * world.rng.choice(WITHHELD) / 100)
    bill = world.payable(party, amount, due, method="ted")
    line = world.moved(world.account("", "cora"), due, tax - amount, "ted", party)
    world.true("withheld_from_a_supplier", [line], [bill], difference=("withholding", tax))


def refund_to_a_customer(world: World) -> None:
    """Paid without a charge, and sent back by a Pix like any other some days later."""
    account, day, party = world.account("cora", ""), world.day(), world.payer()
    amount = world.amount()
    into = world.moved(account, day, amount, "pix", party)
    words = texts.opening_words(world.rng, account, "pix", is_credit=False)
    back = world.moved(
        account, world.after(day, 2, 20), -amount, "pix", party, words=f"{words} REEMBOLSO"
    )
    world.true("refund_to_a_customer", [into, back])


def glued_text(world: World) -> None:
    """Itaú cuts the name at ten letters and writes the day behind it without a blank."""
    party, due = world.rng.choice(world.suppliers), world.day()
    bill = world.payable(party, world.amount(), due, method="pix")
    text = f"PIX TRANSF {texts.fold(party.name)[:10]}{due:%d/%m}"
    line = world.line(world.account(""), due, -Decimal(bill["amount"]), "pix", text)
    world.true("glued_text", [line], [bill])


def own_name_cut(world: World) -> None:
    target = world.account("")
    source = world.account("cora", "bs2", "kamino")
    day, amount = world.day(), world.amount()
    out = world.line(source, day, -amount, "ted", "TED ENVIADA", world.name, world.cnpj)
    text = f"TED 403.0001{texts.fold(world.name)[:14]}"
    world.true("own_name_cut", [out, world.line(target, day, amount, "ted", text)])


def credit_of_boletos(world: World) -> None:
    """One credit a day for all boletos that were paid since the day before."""
    account, day = world.account(""), world.day()
    charges = [
        _boleto(world, account.id, day - timedelta(days=world.rng.choice((0, 0, 1))))
        for _ in range(world.rng.randint(2, 6))
    ]
    text = world.rng.choice((f"BOLETOS RECEBIDOS {day:%d/%m}", "CRED COBRANCA SIMPLES"))
    line = world.line(account, day, total_of(charges), "boleto", text)
    world.true("credit_of_boletos", [line], charges)


def _boleto(world: World, account: str, due: date) -> Row:
    holder = next(each for each in world.accounts if each.id == account)
    return world.charge(world.payer(), money(world.rng.uniform(80, 4000)), due, holder)


def refused_ted(world: World) -> None:
    """It comes back with a reason in the place of a name."""
    account, due = world.account(""), world.day()
    bill = world.payable(world.rng.choice(world.suppliers), world.amount(), due, method="ted")
    party = next(each for each in world.suppliers if each.id == bill["party"])
    out = world.moved(account, due, -Decimal(bill["amount"]), "ted", party)
    words = world.rng.choice(("DEV.TED CPF/CNPJ INVALIDO", "DEV TED CONTA ENCERRADA"))
    back = world.line(account, world.after(due, 1, 2), Decimal(bill["amount"]), "ted", words)
    world.true("refused_ted", [out, back])


def cheque_of_equal_value(world: World) -> None:
    """A cheque that is in no book, while a boleto of the same value is open."""
    party, due, amount = world.rng.choice(world.suppliers), world.day(), world.amount()
    world.payable(party, amount, due, method="boleto")
    number = world.rng.randrange(100, 999)
    words = f"CHEQUE COMPENSADO {number:06d}"
    world.line(world.account(""), world.after(due, -3, 3), -amount, "other", words)


CASES = (
    (pix_to_an_owner, 8), (pix_before_the_boleto, 1), (withheld_from_a_supplier, 6),
    (refund_to_a_customer, 4), (glued_text, 12), (own_name_cut, 6), (credit_of_boletos, 4),
    (refused_ted, 4), (cheque_of_equal_value, 1),
)  # fmt: skip
