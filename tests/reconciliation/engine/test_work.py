"""What the engine makes of open lines: proposals, and matches by itself."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.chart.purposes import account_for
from accounts.journal.entries import reverse_entry
from accounts.models import AccountPurpose
from banking.banks.contract.payments import PixKey, PixKeyType
from banking.models import BankAccount, LineDoubt, StatementLine
from charges.models import Settlement
from charges.states import ChargeStatus
from core.clock import database_now
from core.errors import InvalidInput
from parties.models import PayeeKey, Payer
from payments.models import OutsidePayment
from payments.states import OrderStatus, PayableStatus
from reconciliation.engine.accept import accept
from reconciliation.engine.due import companies
from reconciliation.engine.run import work
from reconciliation.matches.undo import undo
from reconciliation.models import Match, MatchEffect, OpenedLine, Proposal
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge, make_payer
from tests.charges.issued import late, opened
from tests.payments.clock import at
from tests.payments.factories import confirm, make_bank_account, make_known, make_order
from tests.reconciliation.engine.lines import announce, of_payee, switch_on
from tests.reconciliation.matched import (
    DAY,
    balance,
    entry_lines,
    line,
    make_entry,
    matched,
    open_of,
)
from tests.reconciliation.ruled import make_rule, when

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal


@pytest.fixture
def automatic(ana, itau: BankAccount) -> BankAccount:
    """What is certain by evidence is matched by itself."""
    switch_on(itau, ana)
    return itau


def matches(tenant) -> list[Match]:
    with tenant_scope(tenant.id):
        return list(Match.objects.of(tenant).standing().order_by("made_at", "id"))


def proposals(row: StatementLine) -> list[Proposal]:
    with tenant_scope(row.tenant_id):
        return list(Proposal.objects.of(row.tenant_id).filter(line_id=row.id).order_by("rank"))


def test_a_certain_line_is_only_proposed_where_people_decide(tenant, itau):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, itau, "-731.17")
    work(tenant.id)
    (first, *_) = proposals(row)
    assert (first.degree, first.parts[0]["id"]) == ("evidence", str(bill.id))
    assert matches(tenant) == []


def test_of_two_people_of_one_name_the_partly_hidden_document_tells_which(tenant, automatic):
    shared = {"payee_name": "Maria Exemplo da Silva", "approved": True}
    make_known(tenant, "731.17", payee_document="11144477735", **shared)
    bill = make_known(tenant, "731.17", payee_document="52998224725", **shared)
    told = {"counterparty_name": "Maria Exemplo da Silva", "masked_document": "***.982.247-**"}
    line(automatic, "-731.17", bill.payment_date, **told)
    work(tenant.id)

    (match,) = matches(tenant)
    with tenant_scope(tenant.id):
        effects = MatchEffect.objects.of(tenant).filter(match=match)
        assert effects.get(kind="bill_paid").bill_id == bill.id


def test_a_credit_net_of_fee_is_proposed_for_sales_that_were_entered_by_hand(tenant, itau, ana):
    acquirer = make_payer(tenant, name="Adquirente Exemplo S.A.")
    sales = [
        make_entry(itau, amount, code="4.1.01", memo=f"Venda {amount} · {acquirer.name}")
        for amount in ("100.00", "250.40")
    ]
    row = line(itau, "340.11", counterparty_document=acquirer.document)
    work(tenant.id)
    first = proposals(row)[0]
    told = {part["id"] for part in first.parts}
    assert (told, first.difference) == (
        {str(sale.id) for sale in sales}, {"kind": "fee", "amount": "10.29"},
    )  # fmt: skip

    with tenant_scope(tenant.id):
        accept(first, by=ana)
    assert open_of(row) == 0
    assert balance(tenant, "4.1.01") == D("-350.40")
    with tenant_scope(tenant.id):
        fees = account_for(tenant, AccountPurpose.FEES)
    assert balance(tenant, fees.code) == D("10.29")


def test_lines_that_may_be_one_movement_are_left_to_people(tenant, automatic):
    bill = make_known(tenant, "731.17", approved=True)
    rows = [of_payee(bill, automatic, "-731.17") for _ in range(2)]
    with tenant_scope(tenant.id):
        LineDoubt.objects.create(tenant=tenant, bank_account=automatic, line=rows[0], told=rows[1])
    work(tenant.id)

    assert matches(tenant) == []


def test_and_no_more_as_certain_when_a_rival_line_comes(tenant, itau):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, itau, "-731.17")
    work(tenant.id)
    line(itau, "-731.17", row.booked_on + timedelta(days=1))
    work(tenant.id)
    assert [found.degree for found in proposals(row)] == [""]


def test_a_bill_is_paid_by_its_line_by_itself(tenant, automatic):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    work(tenant.id)
    (made,) = matches(tenant)
    assert (made.degree, made.made_by, made.kind) == ("evidence", None, "match")
    assert open_of(row) == 0
    assert proposals(row) == []
    with tenant_scope(tenant.id):
        assert reread(bill).status == PayableStatus.PAID
        payment = OutsidePayment.objects.of(tenant).select_related("entry").get()
    assert entry_lines(payment.entry)[automatic.ledger_account.code] == D("-731.17")
    assert payment.entry.date == row.booked_on


def test_and_undone_by_a_person_it_does_not_come_back(tenant, automatic, ana):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    work(tenant.id)
    with tenant_scope(tenant.id):
        undo([made.id for made in matches(tenant)], by=ana)
    work(tenant.id)
    assert matches(tenant) == []
    assert open_of(row) == D("-731.17")
    with tenant_scope(tenant.id):
        assert reread(bill).status == PayableStatus.PENDING


def test_a_charge_is_settled_by_its_line(tenant, ana):
    charge, account = charge_of_account(tenant, "412.55")
    switch_on(account, ana)
    row = line(
        account, "412.55", charge.due_date, counterparty_name=charge.payer.name,
        counterparty_document=charge.payer.document,
    )  # fmt: skip
    work(tenant.id)
    (made,) = matches(tenant)
    assert made.degree == "evidence"
    assert open_of(row) == 0
    with tenant_scope(tenant.id):
        assert reread(charge).status == ChargeStatus.PAID
        settlement = Settlement.objects.of(tenant).get(charge=charge)
        assert settlement.is_of_line
        undo([made.id], by=ana)
        assert reread(charge).status == ChargeStatus.OPEN
    assert open_of(row) == D("412.55")


def charge_of_account(tenant, amount: str):
    charge = opened(make_charge(tenant, make_bank_account(tenant), amount))
    with tenant_scope(tenant.id):
        charge = type(charge).objects.of(tenant).select_related("payer", "bank_account").get(
            id=charge.id
        )  # fmt: skip
    return charge, charge.bank_account


def test_an_entry_by_hand_is_linked(tenant, automatic):
    posted = make_entry(automatic, "-88.37")
    row = line(automatic, "-88.37", DAY + timedelta(days=1))
    work(tenant.id)
    (made,) = matches(tenant)
    assert open_of(row) == 0
    with tenant_scope(tenant.id):
        assert list(made.effects.values_list("kind", "entry")) == [("linked", posted.entry_id)]


def test_a_line_that_a_person_has_just_opened_is_left_alone(tenant, automatic, ana):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    with tenant_scope(tenant.id):
        OpenedLine.objects.create(tenant=tenant, id=row.id, opened_by=ana.user)
    work(tenant.id)
    assert matches(tenant) == []
    assert proposals(row)[0].degree == "evidence"


def test_and_is_the_engines_again_when_nothing_came_of_it(tenant, automatic, ana):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    with tenant_scope(tenant.id):
        OpenedLine.objects.create(tenant=tenant, id=row.id, opened_by=ana.user)
    work(tenant.id)
    with tenant_scope(tenant.id):
        OpenedLine.objects.of(tenant).update(
            opened_at=database_now() - OpenedLine.LEFT_ALONE - timedelta(seconds=1)
        )
    assert tenant.id in companies()
    work(tenant.id)
    assert open_of(row) == 0
    assert companies() == []


def test_a_bill_that_waits_for_approval_is_no_match_by_itself(tenant, automatic):
    bill = make_known(tenant, "731.17")
    row = of_payee(bill, automatic, "-731.17")
    work(tenant.id)
    assert matches(tenant) == []
    assert proposals(row)[0].parts[0]["id"] == str(bill.id)


def test_a_bill_that_is_about_to_be_sent_is_no_match_by_itself(tenant, automatic):
    bill = make_known(tenant, "731.17", approved=True)
    make_order(bill, OrderStatus.QUEUED)
    row = of_payee(bill, automatic, "-731.17")
    work(tenant.id)
    assert matches(tenant) == []
    assert proposals(row)[0].parts[0]["id"] == str(bill.id)


def test_an_item_that_comes_later_is_proposed(tenant, itau):
    row = line(itau, "-88.37", DAY)
    work(tenant.id)
    assert proposals(row) == []
    posted = make_entry(itau, "-88.37")
    work(tenant.id)
    assert [part["id"] for each in proposals(row) for part in each.parts] == [str(posted.id)]


def test_and_one_that_goes_is_proposed_no_more(tenant, itau, ana):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, itau, "-731.17")
    other = of_payee(bill, itau, "-731.17")
    work(tenant.id)
    assert proposals(row) and proposals(other)
    with tenant_scope(tenant.id):
        accept(proposals(row)[0], by=ana)
    work(tenant.id)
    assert proposals(row) == proposals(other) == []


def test_a_sum_is_proposed_no_more_when_an_item_of_it_goes(tenant, itau, ana):
    """Which tells neither of the line's value nor of its party."""
    gone = make_entry(itau, "-100.37")
    make_entry(itau, "-200.45")
    row = line(itau, "-300.82", DAY)
    work(tenant.id)
    assert str(gone.id) in [part["id"] for part in proposals(row)[0].parts]
    with tenant_scope(tenant.id):
        reverse_entry(gone.entry, by=ana.user, date=DAY, why="Era outra")
    work(tenant.id)
    assert proposals(row) == []


def test_money_that_waits_for_its_other_side_is_shown_it_when_it_comes(tenant, ana):
    here, there = make_bank_account(tenant), make_bank_account(tenant, preferred=False)
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    left = line(here, "-1234.56", DAY, **own)
    work(tenant.id)
    assert proposals(left) == []
    came = line(there, "1234.56", DAY + timedelta(days=1))
    work(tenant.id)
    assert [each.lines for each in proposals(left)] == [[left.id, came.id]]


def test_both_sides_of_a_transfer_find_each_other(tenant, ana):
    here, there = make_bank_account(tenant), make_bank_account(tenant, preferred=False)
    switch_on(here, ana)
    switch_on(there, ana)
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    left = line(here, "-1234.56", DAY, **own)
    work(tenant.id)
    came = line(there, "1234.56", DAY + timedelta(days=1), **own)
    work(tenant.id)
    (made,) = matches(tenant)
    assert made.kind == Match.Kind.TRANSFER
    assert open_of(left) == open_of(came) == 0


def test_what_came_back_undoes_what_was_matched_by_itself(tenant, automatic):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    work(tenant.id)
    back = of_payee(bill, automatic, "731.17", description="DEVOLUCAO TED")
    work(tenant.id)
    (made,) = matches(tenant)
    assert made.kind == Match.Kind.GIVE_BACK
    assert open_of(row) == open_of(back) == 0
    with tenant_scope(tenant.id):
        assert reread(bill).status == PayableStatus.PENDING


def test_a_person_accepts(tenant, itau, ana):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, itau, "-731.17")
    work(tenant.id)
    with tenant_scope(tenant.id):
        (done,) = accept(proposals(row)[0], by=ana)
    assert done.match is not None
    assert (done.match.degree, done.match.made_by) == ("accepted", ana.user)
    assert open_of(row) == 0


def test_a_transfer_whose_other_line_is_gone_is_accepted_no_more(tenant, ana):
    here, there = make_bank_account(tenant), make_bank_account(tenant, preferred=False)
    announce(here, there, "777.31")
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    left = line(here, "-777.31", DAY, **own)
    came = line(there, "777.31", DAY, is_from_file=True, **own)
    work(tenant.id)
    change(came, withdrawn_at=database_now())
    with pytest.raises(InvalidInput) as caught, tenant_scope(tenant.id):
        accept(proposals(left)[0], by=ana)
    assert (caught.value.code, open_of(left)) == ("no_lines", D("-777.31"))


def test_accepting_a_bill_takes_at_most_40_queries(tenant, itau, ana):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, itau, "-731.17")
    work(tenant.id)
    with tenant_scope(tenant.id):
        proposal = proposals(row)[0]
        with CaptureQueriesContext(connection) as told:
            accept(proposal, by=ana)
    assert len(told) <= 40


def test_what_a_person_taught_is_proposed(tenant, itau, ana):
    """Under a name that nobody has registered."""
    bill = make_known(tenant, "731.17", approved=True)
    row = line(itau, "-731.17", bill.payment_date, counterparty_name="POSTO ESTRELA 4")
    matched(row, bill, by=ana)
    with tenant_scope(tenant.id):
        same = {"payee_document": bill.payee.document, "payee_name": bill.payee.name}
    later = make_known(tenant, "902.44", approved=True, **same)
    other = line(itau, "-902.44", later.payment_date, counterparty_name="POSTO ESTRELA 4")
    work(tenant.id)
    assert "memory" in proposals(other)[0].reasons


def test_nothing_of_it_is_due_again(tenant, itau):
    line(itau, "-88.37", DAY)
    assert work(tenant.id).lines == 1
    assert work(tenant.id).lines == 0


def test_a_look_takes_no_more_queries_for_more_lines(tenant, itau):
    line(itau, "-9.37", DAY)
    work(tenant.id)  # what is learnt once
    counts = []
    for many in (4, 40):
        for cents in range(many):
            line(itau, f"-{100 * many + cents}.37", DAY)
        with CaptureQueriesContext(connection) as queries:
            assert work(tenant.id).lines == many
        counts.append(len(queries))
    assert counts[0] == counts[1] < 100


def test_and_none_to_speak_of_when_nothing_is_due(tenant, itau, django_assert_max_num_queries):
    line(itau, "-88.37", DAY)
    work(tenant.id)
    with django_assert_max_num_queries(6):
        work(tenant.id)


def test_a_rule_is_followed_where_no_document_is_open(tenant, itau, ana):
    rule = make_rule(ana, when("POSTO ESTRELA"))
    row = line(itau, "-88.37", DAY, description="POSTO ESTRELA 4")
    assert work(tenant.id).by_rules == 1
    (made,) = matches(tenant)
    assert (made.degree, made.rule_id) == ("rule", rule.id)
    assert open_of(row) == 0


def test_and_not_where_one_is(tenant, itau, ana):
    make_rule(ana, when("POSTO ESTRELA"))
    bill = make_known(tenant, "731.17", approved=True)
    of_payee(bill, itau, "-88.37", description="POSTO ESTRELA 4")
    assert work(tenant.id).by_rules == 0
    assert matches(tenant) == []


def test_a_payment_of_ours_that_came_back_is_returned(tenant, automatic):
    bill = make_known(tenant, "731.17", approved=True)
    order = make_order(bill, OrderStatus.AT_BANK, first_sent_at=at("23 10:00"))
    out = of_payee(bill, automatic, "-731.17", kind="transfer")
    work(tenant.id)
    (made,) = matches(tenant)
    with tenant_scope(tenant.id):
        assert list(made.effects.values_list("kind", flat=True)) == ["order_proved"]
    of_payee(bill, automatic, "731.17", kind="transfer", description="DEVOLUCAO TED")
    work(tenant.id)
    assert [match.kind for match in matches(tenant)] == ["match", "give_back"]
    with tenant_scope(tenant.id):
        assert reread(order).status == OrderStatus.RETURNED
        assert reread(bill).status == PayableStatus.PENDING
    assert open_of(out) == 0


def test_an_entry_by_hand_that_names_its_party_is_found_by_it(tenant, itau):
    bill = make_known(tenant, "10.00", approved=True, payee_name="Estrela Distribuidora Ltda")
    posted = make_entry(itau, "-540.00", memo="Sinal da obra · Estrela Distribuidora Ltda")
    row = of_payee(bill, itau, "-540.00")
    work(tenant.id)
    (first, *_) = proposals(row)
    assert (first.parts[0]["id"], "document" in first.reasons) == (str(posted.id), True)


def test_and_one_that_a_person_sees_to_be_a_return_is_returned_too(tenant, automatic, ana):
    bill = make_known(tenant, "731.17", approved=True)
    order = make_order(bill, OrderStatus.AT_BANK, first_sent_at=at("23 10:00"))
    of_payee(bill, automatic, "-731.17", kind="transfer")
    work(tenant.id)
    back = of_payee(bill, automatic, "731.17", kind="transfer", description="TED RECEBIDA")
    work(tenant.id)
    with tenant_scope(tenant.id):
        accept(proposals(back)[0], by=ana)
        assert reread(order).status == OrderStatus.RETURNED
    assert [match.kind for match in matches(tenant)] == ["match", "give_back"]


def test_a_payer_is_known_by_its_trade_name(tenant):
    charge, account = charge_of_account(tenant, "412.55")
    with tenant_scope(tenant.id):
        Payer.objects.of(tenant).update(trade_name="Lucas Doces")
    row = line(account, "412.55", charge.due_date, counterparty_name="LUCAS DOCES")
    work(tenant.id)
    assert "name" in proposals(row)[0].reasons


def test_a_payee_is_known_by_a_confirmed_key_that_is_its_owners_cpf(tenant, itau):
    bill = make_known(tenant, "731.17", destination=PixKey(PixKeyType.CPF, "52998224725"))
    told = {"counterparty_name": "PAULO DONO", "counterparty_document": "52998224725"}
    unknown = line(itau, "-731.17", bill.payment_date, **told)
    work(tenant.id)
    before = [found.reasons for found in proposals(unknown)]
    with tenant_scope(tenant.id):
        (key,) = PayeeKey.objects.of(tenant).filter(payee=bill.payee)
    confirm(key)
    row = line(itau, "-731.17", bill.payment_date, **told)
    work(tenant.id)
    assert not any("key" in reasons for reasons in before)
    assert "key" in proposals(row)[0].reasons


def test_an_entry_that_a_person_took_from_a_line_is_not_joined_to_it_again(tenant, automatic, ana):
    make_entry(automatic, "-88.37")
    row = line(automatic, "-88.37", DAY)
    work(tenant.id)
    with tenant_scope(tenant.id):
        undo([made.id for made in matches(tenant)], by=ana)
    work(tenant.id)
    assert matches(tenant) == []
    assert (open_of(row), proposals(row)[0].degree) == (D("-88.37"), "evidence")


def test_what_a_person_matched_is_not_undone_by_a_return(tenant, automatic, ana):
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    made = matched(row, bill, by=ana)
    back = of_payee(bill, automatic, "731.17", description="DEVOLUCAO TED")
    work(tenant.id)
    assert matches(tenant) == [made]
    assert (proposals(back)[0].kind, proposals(back)[0].undoes) == ("return", [row.id])


def test_a_fine_that_did_not_come_is_asked_of_a_person(tenant, ana):
    account = make_bank_account(tenant)
    switch_on(account, ana)
    charge = late(tenant, account, "412.55", fine_percent=D(2))
    with tenant_scope(tenant.id):
        payer = Payer.objects.of(tenant).get(id=charge.payer_id)
    row = line(
        account, "412.55", charge.due_date + timedelta(days=4), counterparty_name=payer.name,
        counterparty_document=payer.document,
    )  # fmt: skip
    work(tenant.id)
    assert open_of(row) == 0
    held = reread(charge)
    assert (held.status, held.needs_person) == (ChargeStatus.PARTLY_PAID, True)
    assert held.late_rest > 0
