"""What people paste and banks do not take: said at its field, or made fit before it leaves."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from banking.models import BankAccount, BankEvent
from charges.issuing.content import describe
from charges.models import Charge, Slip
from charges.reads.numbers import numbers_of
from charges.states import ChargeStatus, SlipStatus
from charges.terms.check import problems
from charges.tracking.rounds import follow_account
from core.errors import InvalidInput
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, make_payer
from tests.charges.issued import follow, issue, issued_charge, slip_of
from tests.clock import travel
from tests.payments.factories import make_bank_account

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal
LONG = "Associação dos Moradores\u00a0e Amigos do\tConjunto Habitacional São José do Ribeirão Preto"
PASTED = unicodedata.normalize("NFD", LONG)


@pytest.mark.parametrize("bank", ["at_cora", "at_bs2", "at_kamino"])
def test_what_is_pasted_from_a_pdf_is_no_refusal_at_any_bank(
    bank: str, request: pytest.FixtureRequest, cora, bs2, kamino, later
) -> None:
    account: BankAccount = request.getfixturevalue(bank)
    payer = make_payer(
        account.tenant, PASTED, street="Rua 7 de Setembro nº 1.200, 3º andar", number="1.200 🏠"
    )
    charge = make_charge(account.tenant, account, payer=payer, description="Conserto 🧾 nº 7")

    issue(charge)
    follow(account)

    assert reread(charge).status in {ChargeStatus.OPEN, ChargeStatus.REGISTERING}
    sent = slip_of(charge).content["payer"]["name"]
    assert unicodedata.is_normalized("NFC", sent)
    assert sent.isprintable()
    assert reread(payer).name == unicodedata.normalize("NFC", " ".join(LONG.split()))


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"name": "株式会社"}, "name"),
        ({"street": "🏠🏠"}, "street"),
        ({"city": "東京"}, "city"),
    ],
)
@pytest.mark.parametrize("bank", ["cora", "bs2", "kamino"])
def test_of_what_a_bank_prints_something_has_to_be_left(tenant, monday, bank, what, field):
    account = make_bank_account(tenant, provider=bank)
    charge = make_charge(tenant, account, payer=make_payer(tenant, **what))

    found = problems(charge, date(2026, 11, 23))

    assert [(problem.field, problem.of_payer) for problem in found] == [(field, True)]


def test_a_description_of_signs_alone_names_its_field(tenant, monday):
    charge = make_charge(tenant, make_bank_account(tenant), description="🧾🧾")

    assert [problem.field for problem in problems(charge, date(2026, 11, 23))] == ["description"]


@pytest.mark.parametrize(
    "email",
    [
        "sem-arroba",
        "dois@@exemplo.com",
        "quebra\n@exemplo.com",
        "a@b",
        "a" * 60 + "@" + ".".join(["x" * 60] * 4) + ".com.br",
    ],
)
def test_an_impossible_address_is_said_at_its_field(tenant, email):
    with pytest.raises(InvalidInput) as refused:
        make_payer(tenant, emails=[email])

    assert refused.value.field == "emails"


def test_a_long_address_is_left_out_where_the_bank_takes_none_so_long(tenant, monday):
    long = "a" * 50 + "@exemplo.com.br"
    payer = make_payer(tenant, emails=[long, "b@exemplo.com.br"])
    charge = make_charge(tenant, make_bank_account(tenant), payer=payer)

    with tenant_scope(tenant.id):
        assert describe(charge)["payer"]["email"] == "b@exemplo.com.br"


def test_late_in_the_evening_today_is_still_today(tenant, operator):
    """22:30 in São Paulo is the next day in UTC."""
    with travel(datetime(2026, 12, 11, 1, 30, tzinfo=UTC)):
        account = make_bank_account(tenant)
        charge = make_charge(tenant, account, due_date=date(2026, 12, 10))
        today = date(2026, 12, 10)
        assert problems(charge, today) == []
        with tenant_scope(tenant.id):
            Charge.objects.of(tenant).update(status=ChargeStatus.ISSUING)
            Charge.objects.of(tenant).update(status=ChargeStatus.OPEN)
            assert numbers_of(tenant, today).overdue == 0
            assert not Charge.objects.of(tenant).get(id=charge.id).is_overdue(today)
            assert numbers_of(tenant, date(2026, 12, 11)).overdue == 1


def test_a_notice_for_another_companys_charge_moves_nothing(at_cora, cora, later, other_tenant):
    """It comes by our door and names theirs."""
    other = other_tenant
    theirs = make_bank_account(other)
    foreign = make_charge(other, theirs)
    ours = issued_charge(at_cora)
    with tenant_scope(other.id):
        Slip.objects.create(
            tenant=other,
            charge=foreign,
            bank_account=theirs,
            key=foreign.id,
            content={"code": "x"},
            form="boleto",
            amount=D("150.00"),
            due_date=foreign.due_date,
            status=SlipStatus.OPEN,
            reference="inv_deles",
        )
    with tenant_scope(at_cora.tenant_id):
        BankEvent.objects.create(
            tenant_id=at_cora.tenant_id,
            connection_id=at_cora.connection_id,
            event_id="evt_1",
            kind="invoice.paid",
            reference="inv_deles",
        )
    cora.clear_requests()

    follow_account(at_cora.tenant_id, at_cora.id)

    assert cora.count_requests("/v2/invoices/inv_deles") == 0
    assert slip_of(foreign).status == SlipStatus.OPEN
    assert reread(ours).status != ChargeStatus.PAID
