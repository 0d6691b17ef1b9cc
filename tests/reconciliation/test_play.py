"""A data set of matching in the product: what is loaded, and read back, is what was told."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from banking.models import OpenItem, StatementLine
from banking.statements.allocation import line_on
from benchmarks.matching.days import days_of
from benchmarks.matching.judge import Judge, Pairing
from benchmarks.matching.load import load_company
from benchmarks.matching.load_items import Items
from benchmarks.matching.load_lines import Lines
from benchmarks.matching.orders import send_orders
from benchmarks.matching.read_back import ReadBack
from brazil.banking_days import SAO_PAULO
from charges.models import Charge, Slip
from payments.models import Payable, PaymentOrder
from reconciliation.matches.differences import Difference, DifferenceKind
from reconciliation.matches.give_back import give_back
from reconciliation.matches.items import Choice, ItemKind
from reconciliation.matches.match import match_lines
from reconciliation.matches.pairing import Pairing as Asked
from reconciliation.matches.transfer import transfer
from tenants.scope import tenant_scope
from tests.clock import travel

pytestmark = pytest.mark.django_db

D = Decimal

SUPPLIER, CUSTOMER, PERSON = "11222333000181", "45723174000110", "52998224725"
OUR_CODE = "kp-00112233445566778899"


def account(name, provider, bank):
    row = {"id": name, "provider": provider, "bank": bank, "branch": "0001"}
    return row | {"number": f"{bank}77-1", "opening": "1000.00"}


def party(name, document, **more):
    row = {"id": name, "name": f"Empresa {name} Ltda", "trade_name": "", "document": document}
    return row | {"accounts": [], "pix_keys": []} | more


def item(name, kind, amount, **more):
    row = {"id": name, "kind": kind, "created_on": "2026-03-02", "closed_on": None}
    row |= {"closed_by": None, "party": None, "amount": amount, "description": "", "number": ""}
    return row | more


def bill(name, amount, method="ted", **more):
    days = {"due_date": "2026-03-10", "payment_date": "2026-03-10"}
    row = {"party": "s", "method": method, "account": None, "order": None}
    return item(name, "payable", amount, **days | row | more)


def debt(name, amount, method="boleto", **more):
    row = {"party": "c", "due_date": "2026-03-10", "account": "kamino", "method": method}
    row |= {"our_number": "", "reference": "", "fine_percent": "0.00", "discount": "0.00"}
    row |= {"interest_month_percent": "0.00", "discount_until": None}
    return item(name, "charge", amount, **row | more)


def line(name, account, amount, day="2026-03-10", **more):
    row = {"id": name, "account": account, "bank_id": f"b{name}", "booked_on": day}
    row |= {"occurred_at": None, "arrived_on": day, "amount": amount, "kind": "other"}
    row |= {"description": "LANC", "counterparty_name": "", "counterparty_document": ""}
    return row | more


def fact(lines, items, parts=None, difference=None):
    told = dict(zip(("kind", "amount"), difference, strict=True)) if difference else None
    row = {"case": "case", "lines": lines.split(), "items": items.split()}
    return row | {"parts": parts, "difference": told}


def sent(account, **more):
    return {"account": account, "sent_on": "2026-03-10", "code": "KM1", "reference": "R-77"} | more


COMPANY = {
    "cnpj": "12345678000195",
    "name": "Oficina Modelo Ltda",
    "accounts": [
        account("cora", "cora", "403"),
        account("bs2", "bs2", "218"),
        account("kamino", "kamino", "659"),
        account("file", "", "341"),
    ],
}
PARTIES = [
    party(
        "s", SUPPLIER, trade_name="Nome de rua", pix_keys=[SUPPLIER],
        accounts=[{"bank": "001", "branch": "1893-4", "number": "22417-0"}],
    ),
    party("c", CUSTOMER),
    party("again", CUSTOMER),
    party("unknown", ""),
]  # fmt: skip
ITEMS = [
    bill("sent", "100.00", account="bs2", order=sent("bs2"), number="417"),
    bill("ours", "101.00", account="kamino", order=sent("kamino", code=OUR_CODE)),
    bill("late", "200.00", "boleto", party="unknown"),
    bill("parts", "300.00", "pix"),
    bill("one", "40.00", "other"),
    bill("two", "50.00", "pix"),
    debt("slip", "500.00", our_number="00000010431", reference="C1", number="000002201",
         fine_percent="2.00", interest_month_percent="1.00", due_date="2026-03-06"),
    debt("early", "510.00", discount="10.00", discount_until="2026-03-07", reference="C2"),
    debt("card", "600.00", "other", account="file", reference="NSU9"),
    debt("taxed", "700.00", "pix", party="again", reference="C3"),
    item("paid", "entry", "-70.00", account="file", date="2026-03-09", party="s", number="88"),
    item("came", "entry", "80.00", account="file", date="2026-03-09", description="Depósito"),
    item("moved", "transfer", "900.00", from_account="cora", to_account="file", date="2026-03-10"),
    bill("gone", "11.00", "pix", closed_on="2026-03-05", closed_by="cancelled"),
    bill("cash", "12.00", closed_on="2026-03-05", closed_by="entry"),
    debt("off", "13.00", closed_on="2026-03-05", closed_by="cancelled"),
    debt("till", "14.00", closed_on="2026-03-05", closed_by="entry"),
    item("wrong", "entry", "-15.00", account="file", date="2026-03-03", closed_on="2026-03-05",
         closed_by="cancelled"),
]  # fmt: skip
LINES = [
    line("l1", "bs2", "-100.00", kind="ted", counterparty_document=SUPPLIER, description="T R-77"),
    line("l2", "kamino", "-101.00", kind="ted", counterparty_document=SUPPLIER),
    line("l3", "file", "-205.00", kind=""),
    line("l4", "cora", "-100.00", kind="pix"),
    line("l5", "cora", "-200.00", "2026-03-12", kind="pix"),
    line("l6", "file", "-90.00"),
    line("l7", "kamino", "510.67", kind="boleto"),
    line("l8", "file", "588.06"),
    line("l9", "cora", "689.50", kind="pix", counterparty_document="***.982.247-**"),
    line("l10", "file", "-70.00"),
    line("l11", "file", "80.00", bank_id=""),
    line("l12", "cora", "-900.00"),
    line("l13", "file", "900.00", "2026-03-11"),
    line("l14", "bs2", "-1000.00", kind="ted"),
    line("l15", "cora", "1000.00", kind="ted", occurred_at="2026-03-10T09:30:00-03:00"),
    line("l16", "file", "-31.00"),
    line("l17", "file", "31.00", "2026-03-12", description="DEVOLUCAO"),
    line("l18", "cora", "-2.00", bank_id="bl4", kind="fee"),
    line("l19", "file", "-3.00", bank_id="bl6", arrived_on="2026-03-16"),
    line("l20", "kamino", "500.00", "2026-03-06"),
    line("l21", "bs2", "100.00", "2026-03-11", kind="ted", description="TED DEVOLVIDA R-77"),
]  # fmt: skip
TRUTH = [
    fact("l1", "sent"),
    fact("l2", "ours"),
    fact("l3", "late", difference=("interest", "5.00")),
    fact("l4", "parts", {"parts": "100.00"}),
    fact("l5", "parts", {"parts": "200.00"}),
    fact("l6", "one two"),
    fact("l7", "slip", difference=("interest", "10.67")),
    fact("l8", "card", difference=("fee", "11.94")),
    fact("l9", "taxed", difference=("withholding", "10.50")),
    fact("l10", "paid"),
    fact("l11", "came"),
    fact("l12 l13", "moved"),
    fact("l14 l15", ""),
    fact("l16 l17", ""),
    fact("l20", "early", difference=("discount", "10.00")),
]
DATA = {
    "company": COMPANY, "parties": PARTIES, "items": ITEMS, "lines": LINES, "truth": TRUTH,
}  # fmt: skip


class Play:
    """The data set without the engine: its days are over."""

    def __init__(self):
        self.loaded = load_company(DATA)
        self.items, self.lines = Items(self.loaded), Lines(self.loaded)
        self.back = ReadBack(self.loaded, self.lines, self.items)
        for _, day in sorted(days_of(DATA).items()):
            with self.scope():
                self.items.create(day.created)
                send_orders(self.loaded, day.sent, [self.items.bills[r["id"]] for r in day.sent])
                self.items.close(day.closed)
                for name, rows in day.arrived.items():
                    self.lines.store(name, rows)
        self.line = {name: line for line, name in self.lines.told.items()}

    def scope(self):
        return tenant_scope(self.loaded.tenant.id)

    def one(self, model, **wanted):
        with self.scope():
            return model.objects.of(self.loaded.tenant).get(**wanted)

    def bill(self, name):
        return self.one(Payable, id=self.items.bills[name])

    def charge(self, name):
        return self.one(Charge, id=self.items.charges[name])

    def stored(self, name):
        return self.one(StatementLine, id=self.line[name])

    def match(self, lines, items, parts=None, difference=None):
        asked = Asked(
            lines=[self.line[name] for name in lines],
            items=[self.choice(lines[0], name, (parts or {}).get(name)) for name in items],
            differences=[self.difference(lines[0], **difference)] if difference else (),
        )
        with self.scope():
            match_lines(asked, by=self.loaded.person)
            self.items.approve_waiting()

    def choice(self, line, name, part=None):
        amount = D(part) if part else None
        if name in self.items.charges:
            return Choice(ItemKind.CHARGE, self.items.charges[name], amount, late="keep")
        with self.scope():
            if name in self.items.entries:
                account = self.stored(line).bank_account
                posted = line_on(account, self.items.entries[name])
                return Choice(ItemKind.ENTRY, posted.id, amount)
            rows = Payable.objects.of(self.loaded.tenant).filter(status__in=["approved", "sent"])
            found = [each.id for each in rows if self.back.item_of_bill(each.id) == name]
        return Choice(ItemKind.BILL, found[0], amount)

    def difference(self, line, kind, amount):
        is_incoming = self.stored(line).is_incoming
        is_more = kind == "interest" or (kind == "fee" and not is_incoming)
        sign = 1 if is_more == is_incoming else -1
        kind = {"withholding": "withheld"}.get(kind, kind)
        return Difference(DifferenceKind(kind), D(amount) * sign)

    def accept(self, fact):
        """By the acts of people."""
        lines, items = fact["lines"], fact["items"]
        first, *others = [self.line[name] for name in lines]
        if items == ["moved"]:
            for name in lines:
                self.match([name], items)
        elif items:
            self.match(lines, items, fact["parts"], fact["difference"])
        elif "l14" in lines:
            with self.scope():
                transfer(first, by=self.loaded.person, other_line=others[0])
        else:
            with self.scope():
                give_back(others[0], first, by=self.loaded.person)

    def read(self):
        with self.scope():
            return [pairing for _, pairing in self.back.matched()]


@pytest.fixture(autouse=True)
def april():
    with travel(datetime(2026, 4, 1, 12, tzinfo=SAO_PAULO)):
        yield


@pytest.fixture
def play():
    return Play()


def test_what_is_matched_is_read_as_the_truth_tells_it(play):
    judge = Judge(DATA)

    for row in TRUTH:
        play.accept(row)

    told = {(frozenset(each.lines), frozenset(each.parts.items())) for each in judge.facts}
    found = play.read()
    assert {(each.lines, each.parts) for each in found} == told
    assert len(found) == len(TRUTH)
    assert all(judge.is_true(each) for each in found)


def test_a_match_of_another_item_than_the_true_one_is_read_as_false(play):
    play.match(["l6"], ["one"], difference={"kind": "interest", "amount": "50.00"})

    (found,) = play.read()
    assert found == Pairing(frozenset({"l6"}), frozenset({("one", D("40.00"))}))
    assert not Judge(DATA).is_true(found)


def test_a_proposal_is_read_with_what_is_left_of_a_bill_as_that_bill(play):
    play.match(["l4"], ["parts"], {"parts": "100.00"})
    rest = play.choice("l5", "parts").id
    with play.scope():
        part = {"kind": "bill", "id": str(rest), "amount": "200.00"}
        found = play.back.proposed([play.line["l5"]], [part])

    assert rest != play.items.bills["parts"]
    assert found == Pairing(frozenset({"l5"}), frozenset({("parts", D("200.00"))}))


def test_both_legs_of_an_announced_transfer_are_one_item_of_its_whole_amount(play):
    legs = [play.choice(name, "moved").id for name in ("l12", "l13")]
    parts = [{"kind": "entry", "id": str(leg), "amount": "900.00"} for leg in legs]
    with play.scope():
        found = play.back.proposed([play.line["l12"], play.line["l13"]], parts)

    assert found == Pairing(frozenset({"l12", "l13"}), frozenset({("moved", D("900.00"))}))


def test_no_line_is_lost_though_an_account_tells_an_id_twice_or_none(play):
    with play.scope():
        rows = StatementLine.objects.of(play.loaded.tenant)
        stored = {play.lines.told[row.id]: (row.amount, row.is_from_file) for row in rows}

    files = {account["id"] for account in COMPANY["accounts"] if not account["provider"]}
    assert stored == {row["id"]: (D(row["amount"]), row["account"] in files) for row in LINES}


def test_a_line_says_when_what_and_with_whom_as_its_bank_told(play):
    first, masked, late = map(play.stored, ("l1", "l9", "l19"))

    assert (first.kind, first.description) == ("transfer", "T R-77")
    assert first.counterparty_document == SUPPLIER
    assert masked.counterparty_document == ""
    assert masked.raw["transaction"]["counterParty"]["identity"] == "***.982.247-**"
    assert late.booked_on == date(2026, 3, 10)
    at = play.stored("l15").occurred_at.astimezone(SAO_PAULO)
    assert (at.hour, at.minute) == (9, 30)


def test_an_order_is_known_to_its_bank_by_what_its_lines_repeat(play):
    at_bs2 = play.one(PaymentOrder, payable=play.items.bills["sent"])
    at_kamino = play.one(PaymentOrder, payable=play.items.bills["ours"])

    assert (at_bs2.reference, at_bs2.status) == ("R-77", "at_bank")
    assert at_kamino.code == OUR_CODE
    assert at_bs2.first_sent_at.astimezone(SAO_PAULO).date() == date(2026, 3, 10)
    assert {play.bill("sent").status, play.bill("ours").status} == {"sent"}


def test_a_bill_says_whom_it_pays_when_and_by_which_document(play):
    bill = play.bill("sent")
    with play.scope():
        payee, where = bill.payee, bill.payee_account

        assert (payee.document, payee.trade_name) == (SUPPLIER, "Nome de rua")
        assert (where.branch, where.account, where.is_confirmed) == ("1893", "224170", True)
        assert play.bill("late").payee.document != ""
    assert (bill.description, bill.due_date) == ("NF 417", date(2026, 3, 10))
    assert play.bill("parts").pix_key == SUPPLIER


def test_a_charge_says_its_terms_and_by_which_slip_it_is_collected(play):
    charge, slip = play.charge("slip"), play.one(Slip, charge=play.items.charges["slip"])

    assert (charge.fine_percent, charge.interest_percent) == (D("2.00"), D("1.00"))
    assert (charge.document_number, charge.form) == ("000002201", "boleto")
    assert (slip.our_number, slip.reference, slip.status) == ("00000010431", "C1", "open")
    assert play.charge("early").discount_until == date(2026, 3, 7)
    with play.scope():
        card = play.charge("card")
        assert not Slip.objects.of(play.loaded.tenant).filter(charge=card).exists()
    assert (card.status, card.document_number) == ("open", "NSU9")


def test_two_parties_of_one_document_are_one_payer(play):
    assert play.charge("taxed").payer_id == play.charge("slip").payer_id


def test_what_was_closed_is_open_no_more(play):
    assert (play.bill("gone").status, play.bill("cash").status) == ("cancelled", "paid")
    assert (play.charge("off").status, play.charge("till").status) == ("cancelled", "paid")
    with play.scope():
        open_items = OpenItem.objects.of(play.loaded.tenant).filter(reversed_on=None)
        told = [play.items.told[each.id] for each in open_items]

    assert sorted(told) == ["came", "moved", "moved", "paid"]


def test_a_payment_and_its_return_are_read_as_belonging_to_each_other(play):
    play.match(["l1"], ["sent"])
    with play.scope():
        give_back(play.line["l21"], play.line["l1"], by=play.loaded.person)

    assert play.read() == [Pairing(frozenset({"l1", "l21"}))]
