"""How Cora refuses: the codes that it publishes, in Portuguese."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "PAY-0001": "Este boleto não pode ser pago na data pedida.",
    "PAY-0006": "O pagamento já foi decidido no app da Cora e não pode mais ser cancelado.",
    "REC-0001": "Este boleto ainda não está registrado na câmara de compensação.",
    "REC-0006": "Esta cobrança já foi paga e não pode mais ser cancelada.",
    "REC-0007": "Este boleto foi emitido pela própria conta que o pagaria.",
    "INS-0001": "A Cora não emite carnê com Pix: só com boleto.",
}
