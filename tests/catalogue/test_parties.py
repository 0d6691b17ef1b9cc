"""What the register of payees says when it refuses, and how it tells of an account or key."""

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import DomainError
from parties.confirm import require_confirmer
from parties.enter import refuse_archived, require_enterer
from parties.models import Payee, PayeeAccount, PayeeKey
from parties.rest import in_hours, set_rest
from payments.bills.warnings import before_due
from tenants.models import Membership, Role

OTHER = Payee(name="Aço Norte", document="11444777000161")
DAVI, LIA = 1, 2


def as_(role: Role, person: int = LIA) -> Membership:
    return Membership(role=role, user_id=person)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda: require_enterer(as_(Role.APPROVER)),
            "Seu papel nesta empresa não permite alterar favorecidos.",
        ),
        (
            lambda: require_confirmer(PayeeKey(entered_by_id=DAVI), as_(Role.FINANCE)),
            "Seu papel nesta empresa não permite confirmar dados bancários.",
        ),
        (
            lambda: require_confirmer(PayeeAccount(entered_by_id=DAVI), as_(Role.ADMIN, DAVI)),
            "Quem lança um dado bancário, ou a conta que o trouxe, não pode confirmá-lo: "
            "peça a outro aprovador.",
        ),
        (
            lambda: refuse_archived(Payee(name="Norte", merged_into=OTHER)),
            "«Norte» foi unido a «Aço Norte»: use 11.444.777/0001-61.",
        ),
        (
            lambda: set_rest.__wrapped__(-1, by=as_(Role.ADMIN)),
            "O repouso vai de 0 a 720 horas.",
        ),
    ],
)
def test_what_is_refused(act: Callable[[], Any], sentence: str) -> None:
    with pytest.raises(DomainError) as refused:
        act()

    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (3, "3 dias antes do vencimento"),
        (1, "1 dia antes do vencimento"),
        (0, "no dia do vencimento"),
        (-2, "depois do vencimento"),
    ],
)
def test_how_long_before_the_due_date(days: int, words: str) -> None:
    assert before_due(days) == words


@pytest.mark.parametrize(("hours", "words"), [(0, "sem repouso"), (1, "1 hora"), (24, "24 horas")])
def test_how_long_it_rests(hours: int, words: str) -> None:
    assert in_hours(hours) == words


def test_where_a_payee_receives() -> None:
    account = PayeeAccount(
        bank_code="341", branch="0123", account="456789", account_type="checking"
    )
    key = PayeeKey(key_type="cnpj", key="11222333000181")

    assert (account.kind, account.written) == ("Conta corrente", "Itaú 0123 / 45678-9")
    assert (key.kind, key.written) == ("Chave Pix, CNPJ", "11.222.333/0001-81")
