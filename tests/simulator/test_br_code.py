"""The simulator's BR Codes, held against the project's own reading of the same manual."""

from decimal import Decimal

import pytest

from brazil.br_code import parse_br_code
from simulator.core import br_code
from simulator.core.br_code import BadBrCode

# Of Cora's developer guide.
EXAMPLE = (
    "00020101021226810014br.gov.bcb.pix2559qrcode.example.com/v2/cobv/"
    "0f1e2d3c4b5a69788796a5b4c3d2e1f05204000053039865802BR5919OFICINA MODELO LTDA"
    "6009SAO PAULO62070503***63043C63"
)
URL = "qrcode.example.com/v2/cobv/0f1e2d3c4b5a69788796a5b4c3d2e1f0"


def test_a_dynamic_code_is_written_as_the_bank_does() -> None:
    assert br_code.dynamic(URL, "OFICINA MODELO LTDA", "SAO PAULO") == EXAMPLE


def test_a_static_code_says_key_amount_and_txid() -> None:
    text = br_code.static(
        "11444777000161",
        "Padaria Pão & Cia",
        "São José dos Campos",
        1_050,
        txid="PEDIDO7",
        description="mesa 4",
    )

    code = parse_br_code(text)
    assert (code.key, code.amount, code.txid) == ("11444777000161", Decimal("10.50"), "PEDIDO7")
    assert (code.name, code.city) == ("Padaria Pao & Cia", "Sao Jose dos Ca")
    assert code.description == "mesa 4"
    read = br_code.read(text)
    assert (read.key, read.amount_cents, read.txid) == ("11444777000161", 1_050, "PEDIDO7")


@pytest.mark.parametrize(
    "text",
    [
        EXAMPLE[:-1] + "4",
        EXAMPLE[:40] + "X" + EXAMPLE[41:],
        EXAMPLE[:-8],
        "",
        "0002016304" + br_code.crc16("0002016304"),
    ],
)
def test_a_damaged_code_is_refused_in_portuguese(text: str) -> None:
    with pytest.raises(BadBrCode, match="código"):
        br_code.read(text)
