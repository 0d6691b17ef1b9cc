"""What one person gives up of a charge or receives by hand, and what stays open."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from accounts.tax_reform import switch_tax_reform
from banking.banks.contract.charges import ChargeState
from banking.models import BankAccount
from charges.drafts.edit import edit_charge
from charges.issuing.queue import issue_charges, reasons_against
from charges.models import REST, Charge, Settlement, Slip
from charges.settlement.looks import close_look
from charges.settlement.received import KEEP, WAIVE, register_received
from charges.settlement.waive import waive_rest
from charges.settlement.withheld import say_withheld
from charges.states import ChargeStatus, SlipStatus
from charges.terms.amounts import owed_on
from charges.tracking.reissue import change_terms
from charges.transitions import ask_end, lock_slip
from core.errors import InvalidInput, InvalidState
from people.exceptional_acts import release
from people.models import ExceptionalAct
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_draft, make_payer, membership
from tests.charges.issued import lines_of, settlements, titles
from tests.charges.readings import paid, shown, take
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
TODAY = date(2026, 11, 23)
DUE = date(2026, 11, 3)  # 20 days before
LATE = {"due_date": DUE, "fine_percent": D(2), "interest_percent": D(1)}
Outcome = ExceptionalAct.Outcome


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def by(tenant: Tenant, operator: User) -> Membership:
    return membership(tenant, operator)


@pytest.fixture
def second(tenant: Tenant, approver: User) -> Membership:
    return membership(tenant, approver)


def at_bank(charge: Charge) -> Slip:
    """Its slip, open."""
    with tenant_scope(charge.tenant_id):
        slip = issue_charges([charge], by=membership(charge.tenant)).slips[0]
    change(slip, status=SlipStatus.ISSUING)
    take(slip, shown(slip))
    return slip


def receive(charge: Charge, amount: str, by: Membership, **changes: Any) -> Settlement | None:
    values = {"day": TODAY, "way": "transfer", "bank_account": charge.bank_account, **changes}
    if values["way"] == "cash":
        values["bank_account"] = None
    with tenant_scope(charge.tenant_id):
        return register_received(charge, by=by, amount=D(amount), **values)


def waiting(charge: Charge) -> list[ExceptionalAct]:
    with tenant_scope(charge.tenant_id):
        acts = ExceptionalAct.objects.of(charge.tenant_id).waiting()
        return list(acts.filter(subject_id=charge.id).select_related("tenant"))


def sums(tenant: Tenant) -> Decimal:
    with tenant_scope(tenant.id):
        owed = Charge.objects.of(tenant).owed().aggregate(total=Sum(REST))
    return owed["total"] or D(0)


# --- Above the limit a second person ---


def test_cash_above_the_limit_waits_and_is_posted_once(
    tenant: Tenant, account: BankAccount, by: Membership, second: Membership
) -> None:
    charge = make_charge(tenant, account, "900.00")

    assert receive(charge, "900.00", by, way="cash") is None
    assert settlements(charge) == []
    assert reread(charge).status == ChargeStatus.DRAFT
    [act] = waiting(charge)
    assert release(act, by=second).outcome == Outcome.RELEASED

    [settlement] = settlements(charge)
    assert settlement.registered_by_id == by.user_id
    assert reread(charge).status == ChargeStatus.PAID
    with pytest.raises(InvalidState):
        release(act, by=second)
    assert len(settlements(charge)) == 1


def test_cash_in_parts_passes_the_limit_together_and_a_transfer_does_not(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    payer = make_payer(tenant)
    first, other = (make_charge(tenant, account, "400.00", payer=payer) for _ in range(2))

    assert receive(first, "400.00", by, way="cash") is not None
    assert receive(other, "400.00", by, way="cash") is None
    assert receive(other, "400.00", by) is not None


def test_a_charge_that_changed_is_not_received_as_it_was(
    tenant: Tenant, account: BankAccount, by: Membership, second: Membership
) -> None:
    charge = make_charge(tenant, account, "900.00")
    receive(charge, "900.00", by, way="cash")
    receive(charge, "100.00", by)

    act = release(waiting(charge)[0], by=second)

    assert act.outcome == Outcome.VOID
    assert len(settlements(charge)) == 1


def test_a_rest_above_the_limit_is_waived_by_two(
    tenant: Tenant, account: BankAccount, by: Membership, second: Membership
) -> None:
    charge = make_charge(tenant, account, "900.00")
    receive(charge, "100.00", by)
    with tenant_scope(tenant.id):
        assert waive_rest(charge, by=by, why="Acordo").is_waiting
    assert reread(charge).rest == D("800.00")

    release(waiting(charge)[0], by=second)

    done = reread(charge)
    assert (done.status, done.waived, done.rest) == (ChargeStatus.PAID, D("800.00"), D(0))


CHANGES: dict[str, tuple[dict[str, Any], bool]] = {
    "more": ({"amount": D("1000.00"), "due_date": date(2026, 12, 20)}, False),
    "less": ({"amount": D("300.00"), "due_date": date(2026, 12, 10)}, True),
}


@pytest.mark.parametrize(("wanted", "waits"), CHANGES.values(), ids=CHANGES.keys())
def test_a_new_slip_for_less_is_a_discount(
    tenant: Tenant, account: BankAccount, by: Membership, second: Membership, wanted: Any,
    waits: bool,
) -> None:  # fmt: skip
    charge = make_charge(tenant, account, "900.00")
    at_bank(charge)

    with tenant_scope(tenant.id):
        act = change_terms(charge, by=by, why="Acordo", **wanted)

    assert (act is not None and act.is_waiting) is waits
    assert (reread(charge).next_amount is None) is waits
    if act is not None:
        assert act.amount == D("600.00")
        release(act, by=second)
    assert reread(charge).next_amount == wanted["amount"]


@pytest.fixture
def written_off(tenant: Tenant, account: BankAccount) -> Charge:
    """A slip of it was at the bank."""
    charge = make_charge(tenant, account, "900.00")
    slip = at_bank(charge)
    with tenant_scope(tenant.id):
        ask_end(lock_slip(slip), by=None)
    take(slip, shown(slip, ChargeState.CANCELLED))
    return reread(charge)


@pytest.mark.parametrize("terms", [{"amount": "300.00"}, {"discount": D("600.00")}])
def test_an_edit_that_gives_a_discount_after_issue_waits(
    tenant: Tenant, account: BankAccount, by: Membership, second: Membership, written_off: Charge,
    terms: dict[str, Any],
) -> None:  # fmt: skip
    values = {"amount": "900.00", **terms}
    with tenant_scope(tenant.id):
        draft = make_draft(tenant, account, payer=written_off.payer, **values)
        edit_charge(written_off, draft, by=by)
    assert (reread(written_off).amount, reread(written_off).discount) == (D("900.00"), D(0))

    [act] = waiting(written_off)
    assert act.amount == D("600.00")
    assert release(act, by=second).outcome == Outcome.RELEASED

    done = reread(written_off)
    assert (done.amount, done.discount) == (draft.amount, draft.discount)


def test_what_is_released_is_all_that_was_typed(
    tenant: Tenant, account: BankAccount, by: Membership, second: Membership, written_off: Charge
) -> None:
    typed: dict[str, Any] = {
        "discount_days": 10, "pay_days": 30, "document_number": "NF 7", "message": "Obrigado",
        "competence_date": TODAY, "fine_percent": D(2), "interest_percent": D(1),
    }  # fmt: skip
    with tenant_scope(tenant.id):
        draft = make_draft(
            tenant, account, "900.00", payer=written_off.payer, discount=D("600.00"), **typed
        )
        edit_charge(written_off, draft, by=by)
    [act] = waiting(written_off)
    release(act, by=second)

    done = reread(written_off)
    assert {name: getattr(done, name) for name in typed} == typed


def test_a_draft_is_edited_as_one_likes(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "9000.00")

    with tenant_scope(tenant.id):
        edit_charge(charge, make_draft(tenant, account, "1.00", payer=charge.payer), by=by)

    assert reread(charge).amount == D("1.00")


# --- Fine and interest that did not come ---


@pytest.fixture
def late(tenant: Tenant, account: BankAccount) -> Charge:
    """R$ 100,00, 20 days late: fine 2,00, interest 0,67."""
    return make_charge(tenant, account, "100.00", **LATE)


def test_neither_keeping_nor_waiving_happens_silently(late: Charge, by: Membership) -> None:
    with pytest.raises(InvalidInput) as asked:
        receive(late, "100.00", by)
    assert asked.value.field == "late"
    with pytest.raises(InvalidInput) as asked:
        receive(late, "100.00", by, late=WAIVE)
    assert asked.value.field == "why"
    assert settlements(late) == []


def test_kept_open_only_fine_and_interest_are_owed_and_nothing_grows_on_them(
    late: Charge, by: Membership, tenant: Tenant
) -> None:
    receive(late, "100.00", by, late=KEEP)

    kept = reread(late)
    assert (kept.status, kept.rest, kept.needs_person) == (
        ChargeStatus.PARTLY_PAID, D("2.67"), False
    )  # fmt: skip
    assert owed_on(kept, date(2027, 3, 1)).total == sums(tenant) == D("2.67")
    receive(late, "2.67", by)
    done, last = reread(late), settlements(late)[-1]
    assert (done.status, done.late_rest) == (ChargeStatus.PAID, D(0))
    assert lines_of(last) == {"banco": D("2.67"), "4.2.02": D("-2.67")}


@pytest.mark.parametrize(("came", "rest", "excess"), [
    ("1.00", "1.67", "0"), ("2.66", "0", "0"), ("5.00", "0", "2.33"),
])  # fmt: skip
def test_what_comes_for_them_is_counted(
    late: Charge, by: Membership, came: str, rest: str, excess: str
) -> None:
    receive(late, "100.00", by, late=KEEP)

    receive(late, came, by, late=KEEP)

    assert reread(late).rest == D(rest)
    assert settlements(late)[-1].excess == D(excess)


def test_dispensed_it_is_paid_and_listed(late: Charge, by: Membership, tenant: Tenant) -> None:
    receive(late, "100.00", by, late=WAIVE, why="Cliente antigo")

    assert (reread(late).status, reread(late).rest) == (ChargeStatus.PAID, D(0))
    assert sums(tenant) == 0
    with tenant_scope(tenant.id):
        [act] = ExceptionalAct.objects.of(tenant)
    assert (act.kind, act.amount, act.outcome) == ("late_waived", D("2.67"), Outcome.ALONE)


def test_what_a_bank_tells_of_it_stays_open_and_requires_a_look(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "100.00", fine_percent=D(2))
    slip = at_bank(charge)

    take(slip, paid(slip, "100.00", day=date(2026, 12, 21)))

    asked = reread(charge)
    assert (asked.status, asked.rest, asked.needs_person) == (
        ChargeStatus.PARTLY_PAID, D("2.00"), True
    )  # fmt: skip
    with tenant_scope(tenant.id):
        close_look(charge, by=by, why="Fica em aberto")
    assert reread(charge).rest == D("2.00")


@pytest.mark.parametrize(("amount", "may"), [("100.00", False), ("900.00", True)])
def test_a_slip_for_them_alone_if_the_bank_takes_so_little(
    tenant: Tenant, account: BankAccount, by: Membership, amount: str, may: bool
) -> None:
    charge = make_charge(tenant, account, amount, **LATE)
    receive(charge, amount, by, late=KEEP)

    with tenant_scope(tenant.id):
        kept = Charge.objects.of(tenant).select_related("payer", "bank_account").get(id=charge.id)
        why = reasons_against(tenant.id, [kept], TODAY)
        issued = issue_charges([kept], by=by)

    assert (charge.id not in why) is may
    if may:
        [slip] = issued.slips
        assert (slip.amount, slip.due_date) == (kept.rest, date(2026, 11, 30))
        assert slip.content["fine_percent"] == slip.content["interest_percent"] == "0.00"


# --- Tax ---


def test_tax_that_the_payer_kept_is_part_of_what_was_paid(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "1000.00")

    receive(charge, "953.50", by, withheld=D("46.50"))

    assert reread(charge).status == ChargeStatus.PAID
    assert lines_of(settlements(charge)[0]) == {
        "banco": D("953.50"), "1.1.2.04": D("46.50"), "4.1.01": D("-1000.00"),
    }  # fmt: skip


def test_split_only_where_the_company_uses_it(
    tenant: Tenant, account: BankAccount, by: Membership, admin: User
) -> None:
    charge = make_charge(tenant, account, "1000.00")
    with pytest.raises(InvalidInput) as refused:
        receive(charge, "900.00", by, split=D("100.00"))
    assert refused.value.field == "split"
    switch_tax_reform(tenant, on=True, by=membership(tenant, admin))

    receive(charge, "900.00", membership(tenant, by.user), split=D("100.00"))

    assert lines_of(settlements(charge)[0])["1.1.2.05"] == D("100.00")


def test_a_bank_payment_that_is_short_by_the_tax_is_closed(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "1000.00")
    slip = at_bank(charge)
    take(slip, paid(slip, "953.50"))
    assert reread(charge).needs_person

    with tenant_scope(tenant.id):
        with pytest.raises(InvalidInput):
            say_withheld(charge, by=by, amount=D("46.51"))
        say_withheld(charge, by=by, amount=D("46.50"))

    done, last = reread(charge), settlements(charge)[-1]
    assert (done.status, done.needs_person) == (ChargeStatus.PAID, False)
    assert lines_of(last) == {"1.1.2.04": D("46.50"), "4.1.01": D("-46.50")}


# --- The pages ---


@pytest.fixture
def finance(client: Client, tenant: Tenant, operator: User) -> Client:
    sign_in(client, operator, tenant)
    return client


def test_the_dialog_says_what_it_is_worth_and_keeps_what_was_typed(
    finance: Client, late: Charge
) -> None:
    page = reverse("charges:receive", args=[late.id])
    opened = finance.get(page).context
    assert opened["form"]["amount"].value() == "102,67"
    assert all(part in opened["question"].texts[0] for part in ("102,67", "2,00", "0,67"))
    typed = {"amount": "100,00", "day": "23/11/2026", "way": "cash", "why": "Balcão"}

    asked = finance.post(page, typed)

    assert asked.status_code == 422
    assert asked.context["form"].errors.keys() == {"late"}
    assert asked.context["form"]["amount"].value() == "100,00"
    finance.post(page, {**typed, "late": "keep"})
    assert reread(late).rest == D("2.67")
    detail = finance.get(reverse("charges:detail", args=[late.id]))
    assert detail.context["page"].owed.total == D("2.67")


def test_what_waits_is_said_on_the_charge(
    finance: Client, tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "900.00")
    page = reverse("charges:receive", args=[charge.id])
    typed = {"amount": "900,00", "day": "23/11/2026", "way": "cash", "why": "Balcão"}

    finance.post(page, typed)

    [act] = waiting(charge)
    detail = finance.get(reverse("charges:detail", args=[charge.id]))
    assert detail.context["page"].waiting.id == act.id
    finance.post(reverse("people:withdraw", args=[act.id]))
    assert waiting(charge) == []


def test_withheld_tax_is_typed_on_the_page(
    finance: Client, tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "1000.00")
    receive(charge, "953.50", by)

    page = reverse("charges:withheld", args=[charge.id])
    assert finance.post(page, {"amount": "0,00"}).status_code == 422
    assert finance.post(page, {"amount": "46,50"}).status_code == 302

    assert reread(charge).status == ChargeStatus.PAID
    assert titles(charge)[-1] == "Paga"


def reader_and_approver(tenant: Tenant) -> list[User]:
    return [make_member(tenant, role) for role in (Role.READER, Role.APPROVER)]


ASKS: dict[str, Callable[[Charge], str]] = {
    name: lambda charge, name=name: reverse(f"charges:{name}", args=[charge.id])  # type: ignore[misc]
    for name in ("withheld", "consider_cancelled")
}


@pytest.mark.parametrize("address", ASKS.values(), ids=ASKS.keys())
def test_who_does_not_work_on_charges_does_none_of_it(
    client: Client, tenant: Tenant, account: BankAccount, address: Callable[[Charge], str]
) -> None:
    charge = make_charge(tenant, account, "100.00")

    for person in reader_and_approver(tenant):
        sign_in(client, person, tenant)
        assert client.post(address(charge), {"amount": "1,00", "why": "x"}).status_code == 403
