"""What a bank shows of a slip, taken in: its codes, its state, its money."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from banking.banks.contract.charge_rules import ChargeRules
from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.charges import ChargePayment, ChargeState
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.models import Charge, Settlement, Slip
from charges.settlement.settle import WAYS, ZERO, evidence_of, money_of, settle
from charges.slips.codes import fault_of
from charges.states import OPEN_AT_BANK, SLIP_MOVES, ChargeStatus, SlipStatus
from charges.terms.check import rules_of
from charges.timeline import PAYER_WAS_QUICKER, Tone, note
from charges.transitions import move_slip, require_look
from core.clock import database_now

AT_BANK: Final = {
    ChargeState.IN_PAYMENT: SlipStatus.IN_PAYMENT,
    ChargeState.FAILED: SlipStatus.REFUSED,
    ChargeState.PAID: SlipStatus.PAID,
}
ALIVE = frozenset({ChargeState.DRAFT, ChargeState.OPEN, ChargeState.LATE, ChargeState.IN_PAYMENT})
NEWS: Final = {
    SlipStatus.REGISTERING: ("Em registro", Tone.INFO),
    SlipStatus.OPEN: ("Em aberto", Tone.OK),
    SlipStatus.IN_PAYMENT: ("Pagamento identificado", Tone.INFO),
    SlipStatus.REFUSED: ("Recusada pelo banco", Tone.BAD),
    SlipStatus.CANCELLED: ("Cancelada no banco", Tone.PLAIN),
    SlipStatus.WRITTEN_OFF: ("Baixada pelo banco", Tone.WARN),
}

NOT_REGISTERED = (
    "O banco aceitou o boleto e depois recusou o registro: o pagador não tem como pagar. Confira "
    "os dados e emita de novo."
)


def told_by(account: BankAccount) -> str:
    return f"{account.bank_said.begins} informou."


def take_in(slip: Slip, reading: Reading, *, source: str) -> None:
    """Let a slip be what its bank shows. The caller holds it, with its charge.

    What was known already, or is older than what is known, changes nothing.
    """
    if reading.code and reading.code != slip.code:
        return  # another slip, whoever said that it is this one
    rules = rules_of(slip.bank_account)
    assert rules is not None  # the bank issued it
    keep_codes(slip, reading, rules)
    status = status_of(slip, reading, rules)
    if status != slip.status and status in SLIP_MOVES[slip.status]:
        if is_crossed(slip, status):
            note(slip.charge, PAYER_WAS_QUICKER, source, tone=Tone.INFO)
        move_slip(slip, status, absent_since=None, message="")
        if status in NEWS:
            title, tone = NEWS[status]
            note(slip.charge, title, source, tone=tone)
        if status == SlipStatus.REFUSED:  # minutes later: nobody waits for it at a screen
            require_look(slip.charge, NOT_REGISTERED)
    if reading.state is ChargeState.PAID:
        take_money(slip, reading, source)
    elif slip.status == SlipStatus.GIVEN_UP and reading.state in ALIVE:
        require_look(
            slip.charge,
            f"O boleto {slip.our_number or slip.code}, dado por não emitido, existe "
            f"{slip.bank_account.bank_said.at}: cancele-o no aplicativo do banco, ou o "
            "pagador pode pagar duas vezes.",
        )


def is_crossed(slip: Slip, status: SlipStatus) -> bool:
    """Whether it is paid while somebody waits for its end. Told once: not again when the money
    that was seen comes."""
    was_unpaid = slip.status in OPEN_AT_BANK and slip.status != SlipStatus.IN_PAYMENT
    is_paid = status in {SlipStatus.IN_PAYMENT, SlipStatus.PAID}
    return was_unpaid and is_paid and slip.cancel_asked_by_id is not None


def plain_status(slip: Slip, reading: Reading, today: date) -> SlipStatus | None:
    """What a slip that was just issued becomes, when all is as it was asked for; else None."""
    rules = rules_of(slip.bank_account)
    assert rules is not None  # the bank issued it
    if reading.code and reading.code != slip.code:
        return None
    status = status_of(slip, reading, rules)
    if status not in {SlipStatus.REGISTERING, SlipStatus.OPEN} or not reading.reference:
        return None
    return None if fault_of(slip, reading, rules, today) else status


def status_of(slip: Slip, reading: Reading, rules: ChargeRules) -> SlipStatus:
    if reading.state is ChargeState.PAID and is_untold(slip, reading):
        return SlipStatus.IN_PAYMENT
    if reading.state in AT_BANK:
        return AT_BANK[reading.state]
    if reading.state is ChargeState.CANCELLED:
        is_ours = slip.cancel_asked_at is not None
        return SlipStatus.CANCELLED if is_ours else SlipStatus.WRITTEN_OFF
    if reading.state is ChargeState.DRAFT:
        return SlipStatus.REGISTERING
    # A list may leave the codes out: then it does not say that they are registered either.
    is_boleto = slip.form != Charge.Form.PIX
    if is_boleto and rules.says_registered and not reading.is_registered:
        # Once it was registered, the bar code of one that is paid by Pix may say that it is not.
        status = SlipStatus.OPEN if slip.status == SlipStatus.OPEN else SlipStatus.REGISTERING
        return SlipStatus(slip.status) if slip.credit_id is not None else status
    # The credit is in the account, and this bank has not heard of it yet.
    return SlipStatus.IN_PAYMENT if slip.credit_id is not None else SlipStatus.OPEN


def is_untold(slip: Slip, reading: Reading) -> bool:
    """Paid, it says, and not how much, or so that it cannot be read: asked again."""
    if reading.payments or (reading.payments is not None and reading.paid_amount):
        return False
    return not Settlement.objects.of(slip.tenant_id).filter(slip=slip).exists()


def keep_codes(slip: Slip, reading: Reading, rules: ChargeRules) -> None:
    new = new_codes(slip, reading, rules, sao_paulo_day(database_now()))
    for name, value in new.items():
        setattr(slip, name, value)
    if new:
        slip.save(update_fields=[*new])
    if new.get("fault"):
        require_look(slip.charge, f"{new['fault']} O boleto não é mostrado ao pagador.")


def new_codes(slip: Slip, reading: Reading, rules: ChargeRules, today: date) -> dict[str, str]:
    """By field, what a reading tells that the slip has not yet. What it gave first stays: a code
    that changes is a fault."""
    told = {
        "reference": reading.reference,
        "our_number": reading.our_number,
        "linha_digitavel": reading.linha_digitavel,
        "barcode": reading.barcode,
        "pix_code": reading.pix_code,
        "pdf_url": reading.pdf_url,
    }
    new = {name: value for name, value in told.items() if value and not getattr(slip, name)}
    fault = fault_of(slip, reading, rules, today)
    lasting = ("linha_digitavel", "barcode", "pix_code")
    if any(told[name] and getattr(slip, name) not in {"", told[name]} for name in lasting):
        fault = "O banco mostra outro código do que deu antes."
    if fault != slip.fault:
        new["fault"] = fault
    return new


def take_money(slip: Slip, reading: Reading, source: str) -> None:
    """Each payment once. Where the bank tells none apart, what it says in all."""
    if reading.payments is None:
        why = (
            "O banco informa um pagamento que não conseguimos ler. Confira no aplicativo do banco."
        )
        require_look(slip.charge, why)
        return
    rows = list(Settlement.objects.of(slip.tenant_id).filter(slip=slip).order_by("id"))
    keep_ways(slip, reading.payments, rows)
    counted = {row.evidence: row.received + row.fee for row in rows}
    came = [
        settle(slip.charge, money_of(slip, payment, source))
        for payment in not_counted(slip, reading, counted)
    ]
    if not any(came):
        return  # a part of it may have been given back since
    is_short = slip.charge.status == ChargeStatus.PARTLY_PAID and slip.charge.principal_rest
    if is_short and slip.status == SlipStatus.PAID:
        require_look(slip.charge, "O banco encerrou o boleto com menos do que o devido.")


def keep_ways(slip: Slip, payments: Sequence[ChargePayment], rows: Sequence[Settlement]) -> None:
    """A line of the statement told that money came, and not how: what came by Pix may go back by
    the bank, so its word is kept. What it told of another payment says nothing of this one."""
    untold = [row for row in rows if row.way == Settlement.Way.UNKNOWN]
    told = {row.evidence for row in rows if row.way != Settlement.Way.UNKNOWN}
    for payment in payments:
        if payment.form is None or evidence_of(slip, payment.reference) in told:
            continue
        same = (row for row in untold if row.received + row.fee == payment.amount + payment.fee)
        if (row := next(same, None)) is not None:
            untold.remove(row)
            row.way = WAYS[payment.form]
            row.save(update_fields=["way"])


def not_counted(
    slip: Slip, reading: Reading, counted: Mapping[str, Decimal]
) -> list[ChargePayment]:
    """The payments that are not in the books yet. `counted` is what of the slip is there, by its
    evidence: what was counted before the bank told them apart (its sum, or lines of the statement)
    stands for as much of them."""
    payments = [payment for payment in reading.payments or () if payment.amount > 0]
    if not payments:
        is_told = reading.paid_amount > 0 and not counted
        return [ChargePayment("", reading.paid_amount, reading.paid_on)] if is_told else []
    told = {evidence_of(slip, payment.reference): payment for payment in payments}
    covered = sum((counted[evidence] for evidence in counted.keys() - told.keys()), ZERO)
    found = []
    for evidence, payment in told.items():
        if evidence in counted:
            continue
        if payment.amount + payment.fee <= covered:
            covered -= payment.amount + payment.fee
        else:
            found.append(payment)
    return found
