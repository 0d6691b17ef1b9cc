"""What the pages of mails to payers say in each situation."""

from datetime import date

import pytest

from charges.dunning.holds import reason, sentence
from charges.models import DunningHold, DunningStep
from charges.terms.payment_data import LINK
from charges.terms.payment_data import sentence as refusal
from tenants.models import User


@pytest.mark.parametrize(
    ("kind", "days", "label"),
    [
        ("issue", 0, "Na emissão"),
        ("due", -2, "2 dias antes do vencimento"),
        ("due", 0, "No vencimento"),
        ("due", 1, "1 dia depois do vencimento"),
        ("paid", 0, "No pagamento"),
    ],
)
def test_a_step_in_words(kind: str, days: int, label: str) -> None:
    assert DunningStep(kind=kind, days=days).label == label


def test_a_hold_in_words() -> None:
    davi = User(first_name="Davi", email="davi@oficina.example")
    promise = DunningHold(kind="promise", until=date(2026, 12, 10), why="Ligou hoje.", by=davi)
    pause = DunningHold(kind="pause", by=davi)

    assert sentence(promise) == "Até 10/12/2026. Ligou hoje."
    assert reason(promise) == "promessa de pagamento até 10/12/2026, anotada por Davi"
    assert sentence(pause) == "Até alguém retomar."
    assert reason(pause) == "pausada por Davi, até alguém retomar"


def test_a_text_that_tells_how_to_pay() -> None:
    assert refusal(LINK) == (
        "Este texto tem um link. Quem paga confia no que vem em nome da empresa: tire isso. O "
        "boleto e o Pix já vão na página da cobrança."
    )
