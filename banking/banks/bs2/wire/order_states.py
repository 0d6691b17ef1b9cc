"""What BS2 calls the state of an order.

devs.bs2.com/docs/transfer-ca and /docs/payments-ca name tables of codes that are not public, so the
description beside the code is read.
"""

import re
from typing import Final

from banking.banks.bs2.wire.fields import plain
from banking.banks.contract.payments import OrderState

_UNSURE: Final = re.compile(r"\bainda\b|\bparcial|\b(sem|nenhum) (erro|falha)")
_SCHEDULING: Final = re.compile(r"\bagendamento (?=cancel|recus|rejeit|expir)")
_NOT: Final = re.compile(r"\bnao (foi )?(efetiv|efetua|realiz|autoriz|aprov|aceit|conclu|liquid)")
_STATES: Final = (
    (OrderState.RETURNED, re.compile(r"devolv|devoluc|estorn")),
    (OrderState.REJECTED, re.compile(r"recus|rejeit|reprov|negad|falh|\berro\b|invalid")),
    (OrderState.CANCELLED, re.compile(r"cancel|expir")),
    (OrderState.AWAITING_APPROVAL, re.compile(r"aguard|pend|\bem aprovac")),
    (
        OrderState.SCHEDULED,
        re.compile(r"agend|process|\b(aprov|autoriz)ad[oa]s?\b|em execuc|enviad"),
    ),
    (OrderState.PAID, re.compile(r"efetiv|efetuad|liquid|conclu|realizad|\bpag[oa]s?\b")),
)
_ENDED_BADLY = frozenset({OrderState.RETURNED, OrderState.REJECTED, OrderState.CANCELLED})
_ON_ITS_WAY = frozenset({OrderState.AWAITING_APPROVAL, OrderState.SCHEDULED})


def state_of(situation: str) -> OrderState | None:
    """What BS2's description of a status means; None when that is not certain.

    A wrong «recusada» would lead to a second payment, a wrong «paga» to none. So
    «não efetivada» is a refusal, and «cancelamento em processamento» is nothing to act on.
    """
    words = _SCHEDULING.sub("", plain(situation))
    found = [state for state, pattern in _STATES if pattern.search(words)]
    if not found or _UNSURE.search(words):
        return None
    is_on_its_way = not _ON_ITS_WAY.isdisjoint(found)
    if _NOT.search(words):
        return None if OrderState.AWAITING_APPROVAL in found else OrderState.REJECTED
    if re.search(r"\bnao\b", words) or (is_on_its_way and not _ENDED_BADLY.isdisjoint(found)):
        return None
    return found[0]
