"""The pages of contracts and of agreements."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from charges.models import Recurrence, Renegotiation
from charges.states import ChargeStatus
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.charges.contracts import charges_in, come_by, make_recurrence
from tests.charges.factories import make_charge, make_draft, make_payer
from tests.charges.issued import issued_charge
from tests.charges.mailing import opened
from tests.charges.payer_side import settle
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

D = Decimal
HTMX = {"HX-Request": "true"}


@pytest.fixture
def account(tenant):
    return make_bank_account(tenant)


@pytest.fixture
def person(client, tenant):
    member = make_member(tenant, Role.FINANCE)
    sign_in(client, member, tenant)
    return member


def typed(account, **changes) -> dict[str, str]:
    payer = changes.pop("payer", None) or make_payer(account.tenant)
    draft = make_draft(account.tenant, account, payer=payer)
    values = {
        "payer": payer.name, "bank_account": str(account.id), "form": "boleto",
        "amount": "890,00", "description": "Manutenção de {{mes}}",
        "revenue_account": str(draft.revenue_account.id), "day": "31", "every_months": "1",
        "first_month": "12/2026", "days_before": "10", "adjustment": "fixed",
        "adjustment_percent": "10", "adjust_month": "1",
    }  # fmt: skip
    return {**values, **changes}


def test_a_contract_is_typed_previewed_entered_and_changed(client, account, person):
    answers = typed(account)
    page = client.post(reverse("charges:preview_recurrence"), answers, headers=HTMX)
    periods = page.context["preview"].periods
    assert [period.due for period in periods[:3]] == [
        date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)
    ]  # fmt: skip
    assert [period.amount for period in periods[:2]] == [D("890.00"), D("979.00")]
    assert page.context["preview"].description == "Manutenção de dezembro"

    answer = client.post(reverse("charges:new_recurrence"), answers)
    with tenant_scope(account.tenant_id):
        made = Recurrence.objects.get()
    assert answer.headers["Location"] == reverse("charges:recurrence", args=[made.id])
    assert made.responsible == person
    assert client.get(answer.headers["Location"]).status_code == 200

    edit = reverse("charges:edit_recurrence", args=[made.id])
    assert client.get(edit).status_code == 200
    assert client.post(edit, answers | {"amount": "900,00", "day": "5"}).status_code == 302
    assert (reread(made).next_amount, reread(made).day) == (D("900.00"), 5)
    told = answers | {"recurrence": str(made.id), "amount": "1.000,00"}
    page = client.post(reverse("charges:preview_recurrence"), told, headers=HTMX)
    assert page.context["preview"].periods[0].amount == D("1000.00")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"first_month": "13/2026"}, "first_month"),
        ({"first_month": "10/2026"}, "first_month"),
        ({"last_month": "11/2026"}, "last_month"),
        ({"days_before": "90"}, "days_before"),
        ({"description": "Contrato {{nome}}"}, "description"),
        ({"amount": "0,01"}, "amount"),
        ({"adjustment_percent": ""}, "adjustment_percent"),
        ({"adjustment": "typed"}, "index_name"),
        ({"discount": "900,00"}, "discount"),
    ],
)
def test_what_is_no_contract_is_said_at_its_field(client, account, person, wrong, field):
    page = client.post(reverse("charges:new_recurrence"), typed(account) | wrong)

    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert page.context["form"]["amount"].value() == wrong.get("amount", "890,00")
    with tenant_scope(account.tenant_id):
        assert not Recurrence.objects.exists()


def test_the_acts_of_a_contract(client, account, person, monday):
    recurrence = make_recurrence(account, days_before=0, adjustment="typed", index_name="IPCA")
    at = lambda name: reverse(f"charges:{name}", args=[recurrence.id])  # noqa: E731
    assert client.get(at("pause_recurrence"), headers=HTMX).status_code == 200
    client.post(at("pause_recurrence"), {"why": "Obra"})
    assert reread(recurrence).paused_at
    monday.move_to("2027-02-20T09:00:00-03:00")
    sign_in(client, person, account.tenant)  # the session is over by then
    client.post(at("resume_recurrence"))
    page = client.get(at("recurrence")).context["page"]
    assert page.left_out == [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]

    one = at("issue_period") + "?competencia=2027-01"
    assert client.get(one, headers=HTMX).status_code == 200
    assert client.post(one, {"due_date": "01/02/2027"}).status_code == 422
    client.post(one, {"due_date": "01/03/2027"})
    assert [charge.due_date for charge in charges_in(recurrence)] == [date(2027, 3, 1)]
    client.post(at("skip_periods"), {"why": ""})
    assert reread(recurrence).left_out == 0

    typed_index = {"anniversary": "2027-12-01", "percent": "4,5", "index_name": "IPCA"}
    assert client.get(at("adjust_recurrence"), headers=HTMX).status_code == 200
    assert client.post(at("adjust_recurrence"), typed_index).status_code == 302
    client.post(at("end_recurrence"), {"why": ""})
    assert reread(recurrence).ended_at
    assert client.get(at("recurrence")).status_code == 200
    monday.move_to("2027-03-12T09:00:00-03:00")
    assert come_by(account) == 0


def test_the_list_says_what_they_bring_and_what_waits(client, account, person):
    make_recurrence(account, "890.00")
    make_recurrence(account, "300.00", every_months=3)
    waiting = make_recurrence(account, "10.00")
    with tenant_scope(account.tenant_id):
        Recurrence.objects.filter(id=waiting.id).update(trouble="x")

    page = client.get(reverse("charges:recurrences"))
    assert page.context["numbers"].monthly == D("1000.00")
    assert len(page.context["rows"]) == 3
    page = client.get(reverse("charges:recurrences") + "?situacao=esperam")
    assert [row.recurrence for row in page.context["rows"]] == [waiting]
    assert client.get(reverse("charges:list")).context["recurrences_waiting"] == 1
    payers = client.get(reverse("registers:payer", args=[waiting.payer_id]))
    assert [row.recurrence for row in payers.context["contracts"]] == [waiting]


def test_who_only_reads_sees_a_contract_and_does_nothing(client, account, tenant):
    recurrence = make_recurrence(account)
    sign_in(client, make_member(tenant, Role.READER), tenant)

    assert client.get(reverse("charges:recurrence", args=[recurrence.id])).status_code == 200
    assert client.get(reverse("charges:new_recurrence")).status_code == 403
    assert client.post(reverse("charges:end_recurrence", args=[recurrence.id])).status_code == 403
    payer = make_charge(tenant, account).payer
    assert client.get(reverse("charges:renegotiate") + f"?pagador={payer.id}").status_code == 403


def test_charges_are_ticked_previewed_and_renegotiated(client, at_kamino, tenant):
    sign_in(client, make_member(tenant, Role.FINANCE), tenant)
    payer = make_payer(tenant)
    olds = [issued_charge(at_kamino, amount, payer=payer) for amount in ("100.00", "200.00")]
    url = f"{reverse('charges:renegotiate')}?pagador={payer.id}&charge={olds[0].id}"
    page = client.get(url)
    assert [charge.id for charge in page.context["form"].chosen] == [olds[0].id]

    told = {
        "pagador": str(payer.id),
        "charge": [str(old.id) for old in olds],
        "instalments": "2",
        "first_due": "10/01/2027",
        "description": "Acordo",
        "revenue_account": str(olds[0].revenue_account_id),
        "bank_account": str(at_kamino.id),
        "form": "boleto",
    }
    page = client.post(reverse("charges:preview_renegotiation"), told, headers=HTMX)
    assert [row.amount for row in page.context["form"].parts.rows] == [D("150.00")] * 2
    assert client.post(url, told | {"discount": "10,00"}).status_code == 422

    answer = client.post(url, told)
    with tenant_scope(tenant.id):
        made = Renegotiation.objects.get()
    address = reverse("charges:renegotiation", args=[made.id])
    assert answer.headers["Location"] == address
    mark = client.get(address).context["page"].state_mark
    poll = client.get(f"{address}?visto={mark}", headers={"X-Poll": "yes"})
    assert poll.status_code == 204
    undo = reverse("charges:undo_renegotiation", args=[made.id])
    assert client.get(undo, headers=HTMX).status_code == 200
    client.post(undo)
    assert reread(made).status == Renegotiation.Status.UNDONE
    assert reread(olds[0]).status != ChargeStatus.CANCELLED


# --- From the list ----------------------------------------------------------------------------

LIST_OF_ALL = reverse("charges:list") + "?situacao=todas"
SELECTED = reverse("charges:review_renegotiating")


def overdue(account, payer, amount="100.00"):
    return opened(account, date(2026, 11, 2), amount, payer=payer)


def sent(client, *charges, **more):
    return client.post(SELECTED, {"charge": [str(charge.id) for charge in charges]}, **more)


def test_selected_charges_of_one_payer_are_chosen_in_the_form(client, tenant, account):
    payer = make_payer(tenant)
    sign_in(client, make_member(tenant, Role.FINANCE), tenant)
    olds = [overdue(account, payer, amount) for amount in ("100.00", "200.00", "50.00")]
    assert "renegotiate" in client.get(reverse("charges:list")).context["rows"][0].kinds

    answer = sent(client, *olds[:2])
    page = client.get(answer.headers["Location"])
    assert {charge.id for charge in page.context["form"].chosen} == {old.id for old in olds[:2]}
    asked = sent(client, *olds[:2], headers=HTMX)
    assert asked.headers["HX-Redirect"] == answer.headers["Location"]


def test_selected_charges_of_two_payers_are_asked_about_one_by_one(client, tenant, account):
    sign_in(client, make_member(tenant, Role.FINANCE), tenant)
    mine = overdue(account, make_payer(tenant))
    theirs = overdue(account, make_payer(tenant, document="52998224725", name="Joana"))

    dialog = sent(client, mine, theirs, headers=HTMX)
    assert "HX-Redirect" not in dialog.headers  # the list below stays, with what is selected
    groups = dialog.context["review"].payers
    assert {group.payer.id for group in groups} == {mine.payer_id, theirs.payer_id}
    page = sent(client, mine, theirs)
    assert page.status_code == 200
    form = client.get(groups[0].url).context["form"]
    assert [charge.payer_id for charge in form.chosen] == [groups[0].payer.id]


def test_what_cannot_be_renegotiated_is_left_out_and_says_why(client, tenant, account):
    payer = make_payer(tenant)
    sign_in(client, make_member(tenant, Role.FINANCE), tenant)
    old, paid = overdue(account, payer), overdue(account, payer)
    paid.tenant = tenant  # which is not read outside of its scope
    settle(paid)
    early = opened(account, date(2027, 1, 4), payer=payer)

    review = sent(client, old, paid, early).context["review"]
    assert [charge.id for group in review.payers for charge in group.charges] == [old.id]
    assert {charge.id for charge, why in review.left_out if why} == {paid.id, early.id}
    kinds = {row.charge.id: row.kinds for row in client.get(LIST_OF_ALL).context["rows"]}
    assert ["renegotiate" in kinds[each.id] for each in (old, paid, early)] == [True, False, False]


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER])
def test_who_does_not_work_on_charges_renegotiates_none_of_a_list(client, tenant, account, role):
    sign_in(client, make_member(tenant, role), tenant)
    old = overdue(account, make_payer(tenant))

    assert sent(client, old).status_code == 403
    assert "renegotiate" not in client.get(LIST_OF_ALL).context["rows"][0].kinds


def test_a_charge_of_another_company_is_found_by_no_selection(client, outsider, other_tenant,
                                                              tenant, account):  # fmt: skip
    sign_in(client, outsider, other_tenant)

    assert sent(client, overdue(account, make_payer(tenant))).status_code == 404
