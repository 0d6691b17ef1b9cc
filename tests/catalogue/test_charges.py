"""What the pages of charges say in each situation."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from banking.models import BankAccount
from charges.forms.charge import words_of
from charges.issuing.batches import Progress
from charges.models import Charge, IssueBatch, Refund, Settlement, Slip
from charges.reads.batches import RunningBatch
from charges.reads.row import Row
from charges.refunds.ask import why_not_by_bank
from charges.refunds.post import question
from charges.states import ChargeStatus, SlipStatus
from parties.models import Payer
from tenants.models import Membership, Role

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # Monday, 10:00 in São Paulo
D = Decimal


def a_row(status: ChargeStatus, slip: SlipStatus | None = None, **changes: Any) -> Row:
    values = {
        "payer": Payer(name="Cliente Exemplo Ltda"),
        "bank_account": BankAccount(provider="cora", number="1234567-8"),
        "amount": D("150.00"),
        "due_date": date(2026, 12, 10),
        "late_from": date(2026, 12, 11),
        "description": "Manutenção mensal",
        "form": "boleto",
        "status": status,
    }
    slips = [Slip(status=slip, message="O banco recusou.")] if slip else []
    return Row(Charge(**values | changes), slips, Membership(role=Role.FINANCE), NOW)


@pytest.mark.parametrize(
    ("row", "label", "detail", "due_detail"),
    [
        (a_row(ChargeStatus.DRAFT), "Rascunho", "", ""),
        (a_row(ChargeStatus.OPEN, SlipStatus.OPEN), "Em aberto", "", "em 17 dias"),
        (
            a_row(
                ChargeStatus.OPEN,
                SlipStatus.OPEN,
                due_date=date(2026, 11, 13),
                late_from=date(2026, 11, 14),
                fine_percent=D(2),
            ),
            "Vencida",
            "hoje vale R$ 153,00",
            "vencida há 10 dias",
        ),
        (
            a_row(
                ChargeStatus.OPEN,
                SlipStatus.OPEN,
                due_date=date(2026, 11, 22),
                late_from=date(2026, 11, 24),
            ),
            "Em aberto",
            "",
            "pode ser paga hoje sem multa",
        ),
        (
            a_row(ChargeStatus.REGISTERING, SlipStatus.REGISTERING),
            "Em registro",
            "ainda não pode ser mostrada ao pagador",
            "em 17 dias",
        ),
        (
            a_row(ChargeStatus.PARTLY_PAID, settled=D("100.00")),
            "Paga em parte",
            "faltam R$ 50,00",
            "em 17 dias",
        ),
        (
            a_row(ChargeStatus.PAID, SlipStatus.PAID, paid_on=date(2026, 11, 20)),
            "Paga",
            "em 20/11, sexta",
            "",
        ),
        (
            a_row(ChargeStatus.PAID, SlipStatus.PAID, paid_after="cancellation"),
            "Paga após cancelamento",
            "",
            "",
        ),
        (
            a_row(ChargeStatus.WRITTEN_OFF, SlipStatus.WRITTEN_OFF),
            "Baixada",
            "nenhum boleto em aberto; continua devida",
            "em 17 dias",
        ),
        (
            a_row(ChargeStatus.REFUSED, SlipStatus.REFUSED),
            "Recusada",
            "O banco recusou.",
            "em 17 dias",
        ),
        (
            a_row(ChargeStatus.UNKNOWN, SlipStatus.UNKNOWN, needs_person=True, question="?"),
            "Não se sabe",
            "?",
            "em 17 dias",
        ),
    ],
)
def test_a_charge_in_words(row: Row, label: str, detail: str, due_detail: str) -> None:
    assert (row.label, row.detail, row.due_detail) == (label, detail, due_detail)


@pytest.mark.parametrize(
    ("progress", "paused", "text"),
    [
        (
            Progress(12, 9, 0, 0, datetime(2026, 11, 23, 17, 20, tzinfo=UTC)),
            None,
            "Emitindo: 3 de 12 cobranças emitidas, termina por volta de 14h20.",
        ),
        (
            Progress(12, 9, 1, 0, None),
            NOW,
            "Emissão pausada: 2 de 12 cobranças emitidas, 1 não saiu.",
        ),
        (
            Progress(12, 0, 2, 1, None),
            None,
            "Emissão terminada: 9 de 12 cobranças emitidas, 2 não saíram, 1 sem resposta do banco.",
        ),
    ],
)
def test_a_bulk_issue_in_words(progress: Progress, paused: Any, text: str) -> None:
    assert RunningBatch(IssueBatch(size=12, paused_at=paused), progress).text == text


def test_the_forms_in_a_sentence() -> None:
    assert [words_of(form) for form in Charge.Form] == ["boleto com Pix", "boleto", "Pix"]


def a_refund(**changes: Any) -> Refund:
    values = {"kind": "found", "status": "done", "amount": D("300.00"), "principal": D("300.00")}
    return Refund(done_on=date(2026, 11, 28), **values | changes)


@pytest.mark.parametrize(
    ("refund", "words"),
    [
        (
            a_refund(kind="med", reason="Fraude", answer_until=date(2026, 12, 5)),
            "R$ 300,00 voltaram ao pagador em 28/11/2026, por devolução especial (MED) (Fraude). A "
            "parte devolvida é devida de novo. Para contestar, use o aplicativo do banco até "
            "05/12/2026.",
        ),
        (
            a_refund(principal=D("0.00"), excess=D("100.00"), overdrawn=D("200.00")),
            "R$ 300,00 voltaram ao pagador em 28/11/2026, R$ 200,00 deles de um adiantamento que "
            "já tinha sido usado, por fora do Kamino. Nada reabre. Se a venda foi desfeita, "
            "dispense ou cancele.",
        ),
    ],
)
def test_what_is_asked_of_a_refund_that_nobody_here_had_done(refund: Refund, words: str) -> None:
    assert question(refund) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"way": "cash", "bank_account": None},
            "Foi recebida em dinheiro: devolva ao pagador e registre a devolução.",
        ),
        (
            {"bank_account": BankAccount(provider="cora", number="1234567-8")},
            "Nenhuma devolução sai de Cora por aqui. Devolva pelo aplicativo do banco, no próprio "
            "recebimento; depois registre a devolução com a saída do extrato.",
        ),
        (
            {"way": "boleto"},
            "Conta Kamino só devolve o que veio por Pix da cobrança. Pague ao pagador de outro "
            "modo e registre a devolução com a saída do extrato.",
        ),
        (
            {"paid_on": date(2026, 8, 1)},
            "Conta Kamino devolve até 90 dias depois do Pix. Pague ao pagador de outro modo.",
        ),
        (
            {"way": "advance"},
            "Esta parte foi paga com um adiantamento: nada entrou aqui que possa voltar.",
        ),
    ],
)
def test_why_a_payment_does_not_go_back_through_us(changes: dict[str, Any], words: str) -> None:
    values = {
        "way": "pix",
        "bank_account": BankAccount(provider="kamino", number="1234567-8"),
        "slip": Slip(reference="chg_1"),
        "paid_on": date(2026, 11, 20),
        "entry_id": Charge().id,
    }

    assert why_not_by_bank(Settlement(**values | changes), date(2026, 11, 23)) == words
