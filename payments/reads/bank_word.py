"""What the bank that is to pay a bill told of whom it pays, in words: titles, owners of keys."""

from banking.banks import registry
from banking.models import BankAccount
from brazil.document import format_document, masked_kind
from payments.models import Payable
from payments.rails.keys import is_key_unread
from payments.rails.titles import is_unread
from payments.states import PayableStatus

OPEN = {PayableStatus.PENDING, PayableStatus.APPROVED}


def title_said(payable: Payable, account: BankAccount | None) -> str:
    """For whom the boleto is registered: «em nome de Energia do Sul».

    «beneficiário não lido» while the bank can tell, and has not.
    """
    if whom := payable.title_name or format_document(payable.title_document):
        return f"em nome de {whom}"
    is_open = payable.status in OPEN
    return "beneficiário não lido" if is_open and is_unread(payable, account) else ""


def title_note(payable: Payable, account: BankAccount | None) -> str:
    """Why nothing is known of who the boleto is registered for; empty when it is."""
    is_boleto = payable.method == Payable.Method.BOLETO
    if not is_boleto or payable.title_read_at is not None or account is None:
        return ""
    if is_unread(payable, account):
        return "ainda não lido no banco"
    bank = registry.info(account.provider)
    return f"{bank.said.begins} não informa o beneficiário registrado: confira no documento"


def key_holder(payable: Payable) -> str:
    """«Maria Silva · CPF ***.982.247-** · Nu Pagamentos S.A.»; empty when none was told."""
    document = payable.key_holder_document
    told = f"{masked_kind(document)} {document}" if document else ""
    return " · ".join(filter(None, [payable.key_holder_name, told, payable.key_holder_bank]))


def key_note(payable: Payable, account: BankAccount | None) -> str:
    """Why nothing is known of whose the key is; empty when it is, and where there is no key."""
    if not payable.paid_key or key_holder(payable) or account is None:
        return ""
    if payable.key_read_at is not None:
        return "chave não encontrada" if payable.key_is_unknown else "o banco não informou"
    if not is_key_unread(payable, account):
        bank = registry.info(account.provider)
        return f"{bank.said.begins} não informa o titular da chave: confira com o favorecido"
    is_asked = payable.status in OPEN and payable.key_asks_left > 0
    return "ainda não consultado no banco" if is_asked else "não consultado"
