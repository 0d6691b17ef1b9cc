"""What the pages of charges say in each situation."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from banking.models import BankAccount
from charges.forms.charge import words_of
from charges.issuing.batches import Progress
from charges.models import Charge, IssueBatch, Refund, Settlement, Slip
from charges.reads.batches import RunningBatch
from charges.reads.numbers import Numbers
from charges.reads.payer_habits import Habits
from charges.reads.row import Row
from charges.refunds.ask import why_not_by_bank
from charges.refunds.post import question
from charges.states import ChargeStatus, SlipStatus
from charges.terms.check import absences
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
    slips = [Slip(status=slip, message="O banco recusou.", content={})] if slip else []
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
            "hoje vale 153,00",
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
            a_row(
                ChargeStatus.OPEN,
                SlipStatus.OPEN,
                due_date=date(2026, 12, 5),
                late_from=date(2026, 12, 8),
            ),
            "Em aberto",
            "",
            "paga até segunda, 7",
        ),
        (
            a_row(ChargeStatus.IN_PAYMENT, SlipStatus.IN_PAYMENT),
            "Em pagamento",
            "paga no banco, o dinheiro ainda não chegou",
            "em 17 dias",
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


def test_a_bank_that_does_not_answer_in_words() -> None:
    row = a_row(ChargeStatus.UNKNOWN, SlipStatus.UNKNOWN)
    row.slips[0].first_sent_at = NOW - timedelta(minutes=25)

    assert row.detail == "sem resposta da Cora há 25 min"


def test_a_slip_that_its_bank_takes_no_more_in_words() -> None:
    row = a_row(ChargeStatus.OPEN, SlipStatus.OPEN)
    row.slips[0].content = {"pay_until": "2026-11-20"}

    assert row.detail == "o banco não recebe mais este boleto"


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        ("100.00", "108.00", "1 recebimento · 8 % a mais que até 23/10"),
        ("100.00", "40.00", "1 recebimento · 60 % a menos que até 23/10"),
        ("100.00", "100.10", "1 recebimento · o mesmo que até 23/10"),
        ("0.00", "10.00", "1 recebimento"),
    ],
)
def test_what_came_against_the_month_before_in_words(before: str, now: str, text: str) -> None:
    came = {date(2026, 10, 5): (D(before), 1), date(2026, 11, 3): (D(now), 1)}
    numbers = Numbers(date(2026, 11, 23), 0, D(0), 0, D(0), 0, 0, 0, 0, [], [], came)

    assert numbers.received_text == text


@pytest.mark.parametrize(
    ("habits", "texts"),
    [
        (Habits(None, 0, D(0), D(0)), []),
        (Habits(0, 0, D(0), D(0)), ["Paga em média no vencimento."]),
        (
            Habits(2, 1, D("2300.00"), D(0)),
            ["Paga em média 2 dias depois de vencer.", "Outra em aberto: R$ 2.300,00."],
        ),
        (
            Habits(-1, 3, D("900.00"), D("100.00")),
            [
                "Paga em média 1 dia antes de vencer.",
                "Outras 3 em aberto: R$ 900,00, R$ 100,00 já vencidos.",
            ],
        ),
    ],
)
def test_how_a_payer_pays_in_words(habits: Habits, texts: list[str]) -> None:
    assert habits.texts == texts


@pytest.mark.parametrize(
    ("bank", "count"), [("cora", 4), ("bs2", 1), ("kamino", 3)], ids=lambda value: value
)
def test_what_an_account_does_not_offer_is_said_with_the_reason(bank: str, count: int) -> None:
    said = absences(BankAccount(provider=bank))

    assert len(said) == count
    assert "não oferece pela integração" in said[-1]


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
            "Nenhuma devolução sai da Cora por aqui. Devolva pelo aplicativo do banco, no próprio "
            "recebimento; depois registre a devolução com a saída do extrato.",
        ),
        (
            {"way": "boleto"},
            "A Conta Kamino só devolve o que veio por Pix da cobrança. Pague ao pagador de outro "
            "modo e registre a devolução com a saída do extrato.",
        ),
        (
            {"paid_on": date(2026, 8, 1)},
            "A Conta Kamino devolve até 90 dias depois do Pix. Pague ao pagador de outro modo.",
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
