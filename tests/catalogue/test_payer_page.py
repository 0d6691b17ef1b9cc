"""What a payer is told of a charge that is not to be paid now."""

from datetime import date
from typing import Any

import pytest
from django.template.loader import render_to_string

from charges.states import ChargeStatus, SlipStatus
from tests.charges.payer_side import view


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (
            view(ChargeStatus.REGISTERING, SlipStatus.REGISTERING),
            "O boleto está sendo gerado",
        ),
        (
            view(ChargeStatus.IN_PAYMENT, SlipStatus.IN_PAYMENT),
            "Não pague de novo: esta página avisa quando chegar.",
        ),
        (
            view(ChargeStatus.PARTLY_PAID, None),
            "combine com Oficina Modelo como pagar.",
        ),
        (
            view(today=date(2027, 1, 27)),
            "os bancos o aceitavam foi 26/01/2027. Peça um novo a Oficina Modelo.",
        ),
        (
            view(ChargeStatus.CANCELLED, None),
            "Não pague: o boleto e o Pix dela foram encerrados.",
        ),
        (
            view(ChargeStatus.PAID, None, paid_on=date(2026, 11, 23)),
            "Esta página fica no ar até 21 de fevereiro.",
        ),
    ],
)
def test_a_page_without_codes_says_why_and_whom_to_ask(seen: Any, told: str) -> None:
    page = render_to_string("payer/_closed.html", {"view": seen, "charge": seen.charge})

    assert told in " ".join(page.split())
