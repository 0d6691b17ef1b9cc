"""What the pages of bills say in each situation: the one place where tests hold whole sentences."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from banking.banks.contract.payments import Rail
from banking.models import BankAccount, Connection
from core.errors import DomainError, InvalidInput
from integrations.preview import Choice
from integrations.views.disconnect import UndoForm
from payments.bills import parsing
from payments.bills import warnings as cautions
from payments.bills.approval import approve_payable, ask_for_approval, when_it_leaves
from payments.bills.duplicates import AlreadyEntered
from payments.bills.edit import edit_payable, version_of
from payments.bills.enter import cancel_payable
from payments.dispatch.send_now import send_now
from payments.forms.payable import PayableForm
from payments.forms.settle import SettleForm
from payments.models import DispatchRun, Payable, PaymentOrder
from payments.orders import send
from payments.orders.cancellation import request_cancellation, why_not_cancellable
from payments.orders.manual_result import settle_by_hand
from payments.orders.sending_lock import lock_sending, release_sending
from payments.orders.transitions import check_move
from payments.rails.debit_account import require_account
from payments.rails.pix_policy import why_no_rail
from payments.reads.day_summary import late_note, stranded_note
from payments.reads.list import ListFilter
from payments.reads.row import rolled
from payments.reads.run_summary import Tally, run_note
from payments.reads.status_label import Accounts, situation_of
from payments.states import OrderStatus, PayableStatus
from payments.views.pay import PayForm
from tenants.models import Membership, Plan, Role, Tenant
from tenants.scope import tenant_scope
from tests.brazil import codes
from tests.cast import make_member
from tests.catalogue.bills import a_bill, plain
from tests.payments.factories import (
    BOLETO,
    ITAU,
    PIX_KEY,
    TODAY,
    make_bank_account,
    make_order,
    make_payable,
    shown,
    typed_as,
)

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # Monday, 10:00 in São Paulo
SEVEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TOMORROW = date(2026, 11, 24)
KEPT, TED = BankAccount.PixPolicy.KEEP, BankAccount.PixPolicy.TED
LINE_WITHOUT_AMOUNT = "859100000054555512345677890123456785901234567894"

BY_KEY = {"method": Payable.Method.PIX, "pix_key": "a@b.c", "pix_key_type": "email"}
A_BOLETO = {"method": Payable.Method.BOLETO, "linha_digitavel": BOLETO}


def an_account(
    status: str = Connection.Status.ACTIVE, *, provider: str = "cora", **changes: Any
) -> BankAccount:
    return BankAccount(
        provider=provider,
        branch="0001",
        number="1234567-8",
        connection=Connection(provider=provider, status=status),
        is_preferred=True,
        **changes,
    )


def situation(
    payable: Payable,
    account: BankAccount | None,
    order: PaymentOrder | None = None,
    *,
    ran: bool = False,
) -> tuple[str, str, str]:
    by_id: dict[UUID, BankAccount] = {account.id: account} if account else {}
    ran_today = frozenset(by_id) if ran else frozenset[UUID]()
    told = situation_of(payable, order, Accounts(by_id, ran_today), NOW)
    return told.code, told.label, plain(told.detail)


@pytest.mark.parametrize(
    ("status", "changes", "label", "detail"),
    [
        ("queued", {}, "na fila de envio", "envio em instantes"),
        (
            "queued",
            {"message": "Fora do ar."},
            "na fila de envio",
            "ainda não enviada, tentando novamente",
        ),
        ("sending", {}, "enviando ao banco", ""),
        (
            "unknown",
            {},
            "resposta do banco desconhecida",
            "verificando no banco, não será reenviada",
        ),
        (
            "unknown",
            {"needs_person": True},
            "resposta do banco desconhecida",
            "confira no aplicativo do banco e no extrato",
        ),
        ("at_bank", {}, "no banco, aguardando aprovação", "há 3 h"),
        (
            "at_bank",
            {"needs_person": True},
            "requer conferência",
            "abra a conta e veja o histórico",
        ),
        (
            "at_bank",
            {"cancel_asked_at": NOW},
            "cancelando no banco",
            "aguardando a resposta do banco",
        ),
        (
            "at_bank",
            {"left_list_at": NOW},
            "conferindo no extrato",
            "saiu da lista de pendentes do banco",
        ),
        ("scheduled", {}, "agendada no banco", "há 3 h"),
        ("paid", {}, "paga", ""),
        (
            "paid",
            {"needs_person": True},
            "paga, requer conferência",
            "abra a conta e veja o histórico",
        ),
    ],
)
def test_where_an_order_is(status: str, changes: dict[str, Any], label: str, detail: str) -> None:
    account = an_account()
    order = PaymentOrder(
        status=status, bank_account=account, first_sent_at=SEVEN, created_at=SEVEN, **changes
    )

    _, *told = situation(a_bill(PayableStatus.SENT), account, order)

    assert told == [label, detail]


def test_an_order_at_a_bank_whose_connection_was_undone() -> None:
    account = an_account(Connection.Status.UNDONE)
    order = PaymentOrder(status=OrderStatus.AT_BANK, bank_account=account, created_at=SEVEN)

    assert situation(a_bill(PayableStatus.SENT), account, order) == (
        "at_bank_disconnected",
        "no banco, vínculo desfeito",
        "confira no aplicativo do banco",
    )


@pytest.mark.parametrize(
    ("bill", "account", "ran", "told"),
    [
        (
            a_bill(PayableStatus.PENDING),
            an_account(),
            False,
            ("pending", "em aprovação", "lançada por davi@example.com"),
        ),
        (
            a_bill(PayableStatus.PENDING, hold=Payable.Hold.EXPIRED),
            an_account(),
            False,
            ("came_back", "expirou sem aprovação no banco", "confira e aprove de novo"),
        ),
        (
            a_bill(payment_date=TOMORROW),
            an_account(modo_banking_from=TODAY),
            False,
            ("approved", "aprovada", "envio amanhã, às 7h"),
        ),
        (
            a_bill(),
            an_account(),
            False,
            ("approved_by_hand", "aprovada", "Modo Banking desligado: use «Enviar agora»"),
        ),
        (
            a_bill(),
            an_account(modo_banking_from=TODAY),
            True,
            ("missed_run", "perdeu o envio das 7h", "envie com «Enviar agora»"),
        ),
        (
            a_bill(payment_date=date(2026, 11, 19)),
            an_account(),
            False,
            ("overdue", "vencida, não enviada", "envie com «Enviar agora»"),
        ),
        (
            a_bill(payment_date=date(2026, 11, 19), **BY_KEY),
            an_account(),
            False,
            (
                "outside",
                "vencida, não enviada",
                "Pix fora da plataforma: pague por uma conta que faça Pix, ou no aplicativo do "
                "banco e use «Registrar como paga fora»",
            ),
        ),
        (
            a_bill(**A_BOLETO),
            an_account(provider="bs2", modo_banking_from=TODAY),
            True,
            ("unread", "boleto não lido", "o Kamino tenta de novo até 20h00"),
        ),
        (a_bill(), None, False, ("no_account", "aprovada", "sem conta bancária para pagamento")),
        (
            a_bill(),
            an_account(Connection.Status.UNDONE),
            False,
            ("no_account", "aprovada", "o vínculo da Cora 1234567-8 foi desfeito"),
        ),
        (
            a_bill(),
            an_account(Connection.Status.LOST),
            False,
            ("no_account", "aprovada", "o vínculo da Cora 1234567-8 precisa ser refeito"),
        ),
        (
            a_bill(method=Payable.Method.PIX, pix_key="a@b.c", pix_key_type="email"),
            an_account(),
            False,
            (
                "outside",
                "Pix fora da plataforma",
                "pague por uma conta que faça Pix, ou no aplicativo do banco e use "
                "«Registrar como paga fora»",
            ),
        ),
        (
            a_bill(method=Payable.Method.PIX, pix_key="a@b.c", pix_key_type="email"),
            an_account(pix_policy=TED),
            False,
            (
                "no_ted_details",
                "sem dados de TED",
                "não há agência e conta confirmadas do favorecido; confirme em «Favorecidos»",
            ),
        ),
    ],
)
def test_where_a_bill_is(
    bill: Payable, account: BankAccount | None, ran: bool, told: tuple[str, str, str]
) -> None:
    assert situation(bill, account, ran=ran) == told


@dataclass
class Counts:
    """Of a run's orders."""

    sent: int = 0
    sent_amount: Decimal | None = None
    queued: int = 0
    given_back: int = 0
    waiting: int = 0
    waiting_ted: int = 0
    waiting_boleto: int = 0
    paid: int = 0
    unknown: int = 0
    stayed: int = 0


TWO = {"sent": 2, "sent_amount": Decimal("201.00")}
ACCOUNT = "pela conta Cora 1234567-8"


@pytest.mark.parametrize(
    ("counts", "left_out", "text"),
    [
        (Counts(), 0, f"não tinha pagamentos a enviar {ACCOUNT}."),
        (Counts(queued=1), 0, f"está enviando 1 pagamento {ACCOUNT}."),
        (
            Counts(given_back=2),
            0,
            f"não enviou pagamentos {ACCOUNT}. 2 voltaram para aprovadas sem envio.",
        ),
        (
            Counts(**TWO, waiting=2, waiting_ted=2),
            1,
            f"enviou 2 pagamentos ao banco {ACCOUNT} (R$ 201,00). "
            "Eles aguardam sua aprovação no aplicativo do banco até as 17h. 1 ficou de fora.",
        ),
        (
            Counts(**TWO, waiting=1, waiting_ted=1, unknown=1),
            0,
            f"enviou 2 pagamentos ao banco {ACCOUNT} (R$ 201,00). 1 sem resposta do banco: "
            "estamos verificando, não será reenviado. "
            "1 ainda aguarda sua aprovação no aplicativo do banco até as 17h.",
        ),
        (
            Counts(**TWO, paid=2),
            2,
            f"enviou 2 pagamentos ao banco {ACCOUNT} (R$ 201,00). "
            "Todos foram pagos. 2 ficaram de fora.",
        ),
    ],
)
def test_what_a_run_did(counts: Counts, left_out: int, text: str) -> None:
    run = DispatchRun(bank_account=an_account(), day=TODAY, started_at=SEVEN)

    note = run_note(Tally(run, **asdict(counts) | {"stayed": left_out}), NOW)

    assert (note.title, plain(note.text)) == ("O Modo Banking das 7h de hoje", text)


def test_a_run_made_in_advance() -> None:
    run = DispatchRun(bank_account=an_account(), day=TOMORROW, started_at=NOW)

    note = run_note(Tally(run, **asdict(Counts())), NOW)

    assert note.title == "O Modo Banking de amanhã, executado hoje às 10:00,"


@pytest.mark.parametrize(
    ("bills", "account", "title", "text"),
    [
        (
            1,
            None,
            "1 conta sem conta bancária para pagamento",
            "(R$ 150,00): conecte uma conta para pagar.",
        ),
        (
            2,
            an_account(Connection.Status.UNDONE),
            "2 contas sem conta bancária para pagamento",
            "(R$ 300,00): o vínculo da Cora 1234567-8 foi desfeito. "
            "Refaça o vínculo ou pague por outra conta.",
        ),
    ],
)
def test_bills_without_an_account_that_pays(
    bills: int, account: BankAccount | None, title: str, text: str
) -> None:
    note = stranded_note([a_bill() for _ in range(bills)], account)

    assert (note.title, plain(note.text)) == (title, text)


@pytest.mark.parametrize(
    ("bills", "title", "text", "action"),
    [
        (1, "1 conta perdeu", "(R$ 150,00). Envie manualmente.", "Enviar agora"),
        (2, "2 contas perderam", "(R$ 300,00). Envie manualmente.", "Enviar as 2 agora"),
    ],
)
def test_bills_that_only_a_click_sends(bills: int, title: str, text: str, action: str) -> None:
    note = late_note([a_bill() for _ in range(bills)], "perdeu", "perderam")

    assert note is not None
    assert (note.title, plain(note.text), note.action) == (title, text, action)


@pytest.mark.parametrize(
    ("choice", "effect"),
    [
        (Choice(KEPT), "Hoje não há contas com Pix em aberto nesta opção."),
        (Choice(KEPT, kept=[a_bill()] * 2), "Hoje: 2 contas (R$ 300,00) ficam pendentes."),
        (
            Choice(TED, as_ted=[a_bill()], held=[a_bill()]),
            "Hoje: 1 conta (R$ 150,00) sai por TED, "
            "1 conta (R$ 150,00) fica pendente sem dados de TED.",
        ),
    ],
)
def test_what_a_policy_would_do(choice: Choice, effect: str) -> None:
    assert plain(choice.effect) == effect


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"title_is_paid": True}, "O banco informa que este boleto já foi pago."),
        (
            {"title_document": "11444777000161", "title_name": "OUTRA LTDA"},
            "O boleto está registrado em nome de OUTRA LTDA (11.444.777/0001-61).",
        ),
        (
            {"title_document": "11444777000161"},
            "O boleto está registrado em nome de outro beneficiário (11.444.777/0001-61).",
        ),
        (
            {"title_amount": Decimal("1300.00")},
            "O valor atualizado do boleto é R$ 1.300,00, diferente do valor da conta.",
        ),
    ],
)
def test_what_the_registered_boleto_says_against_the_bill(
    changes: dict[str, Any], warning: str
) -> None:
    assert [plain(each) for each in a_bill(**changes).title_warnings] == [warning]


def test_a_boleto_of_another_establishment_is_no_warning() -> None:
    bill = a_bill(title_document="11222333000262", title_name="MATRIZ")

    assert bill.title_warnings == []
    assert bill.title_notes == [
        "O boleto está registrado em outro estabelecimento da mesma empresa, "
        "o CNPJ 11.222.333/0002-62."
    ]


@pytest.mark.parametrize(
    ("due_date", "payment_date", "told"),
    [
        (date(2026, 11, 20), TODAY, "feriado: pagamento hoje"),
        (date(2026, 11, 22), TODAY, "fim de semana: pagamento hoje"),
        (
            date(2026, 12, 31),
            date(2027, 1, 4),
            "sem compensação bancária: pagamento 04/01/2027",
        ),
    ],
)
def test_a_bill_that_is_paid_on_another_day(due_date: date, payment_date: date, told: str) -> None:
    assert rolled(due_date, payment_date, TODAY) == told


def test_when_an_approved_bill_leaves() -> None:
    assert when_it_leaves(a_bill(), NOW) == "Pagamento previsto para hoje."
    later = a_bill(payment_date=TOMORROW)
    assert when_it_leaves(later, NOW) == "Pagamento previsto para 24/11/2026."


@pytest.mark.parametrize(
    ("bill", "why"),
    [
        (
            a_bill(method=Payable.Method.PIX, pix_key="a@b.c", pix_key_type="email"),
            "Pix fora da plataforma: a Cora não faz Pix por esta integração; "
            "pague por uma conta que faça Pix, ou no aplicativo do banco e use "
            "«Registrar como paga fora».",
        ),
    ],
)
def test_why_an_account_does_not_pay_a_bill(bill: Payable, why: str) -> None:
    assert why_no_rail(bill, an_account()) == why


@pytest.mark.parametrize(
    ("status", "plan", "why"),
    [
        ("active", Plan.TRACK, ""),
        ("active", Plan.COMPASS, "O plano da empresa não inclui a Cora: nada foi enviado."),
        ("lost", Plan.TRACK, "A conexão com a Cora precisa ser refeita: nada foi enviado."),
    ],
)
def test_why_nothing_is_sent_from_an_account(status: str, plan: Plan, why: str) -> None:
    assert send.why_not(an_account(status, tenant=Tenant(plan=plan))) == why


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (
            PaymentOrder(status="queued", bank_account=an_account()),
            "Este pagamento não está aguardando aprovação no banco.",
        ),
        (
            PaymentOrder(status="at_bank", bank_account=an_account(Connection.Status.UNDONE)),
            "O vínculo com a Cora foi desfeito: para cancelar, recuse no aplicativo do banco.",
        ),
        (
            PaymentOrder(status="at_bank", bank_account=an_account(), rail=Rail.TED),
            "A Cora não permite cancelar TED por aqui: recuse no aplicativo do banco, "
            "e a conta volta para aprovação.",
        ),
    ],
)
def test_why_a_payment_is_not_taken_back(order: PaymentOrder, why: str) -> None:
    assert why_not_cancellable(order) == why


SLIP = parsing.read_slip(BOLETO, today=TODAY)
BARE_SLIP = parsing.read_slip(LINE_WITHOUT_AMOUNT, today=TODAY)


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (
            lambda: parsing.read_bank("Banco nenhum"),
            "Não encontramos este banco. Escolha um da lista ou digite o código de três dígitos.",
        ),
        (
            lambda: parsing.read_bank("99999999"),
            "Nenhum banco conectado paga só com o ISPB: digite o código de três dígitos.",
        ),
        (
            lambda: parsing.read_branch("0123-45"),
            "Digite a agência só com números, sem o dígito: 0123.",
        ),
        (
            lambda: parsing.read_branch("12345"),
            "A agência tem até 4 números, sem o dígito. Se o último, 5, é o dígito, digite 1234.",
        ),
        (lambda: parsing.read_branch("123456"), "A agência tem até 4 números, sem o dígito."),
        (lambda: parsing.read_branch("0000"), "Esta agência não existe."),
        (
            lambda: parsing.read_account_number("45678-X"),
            "Se o dígito da conta é X, digite 0 no lugar dele: 45678-0.",
        ),
        (
            lambda: parsing.read_account_number("12345-P"),
            "Se o dígito da conta é P, digite 0 no lugar dele: 45678-0.",
        ),
        (
            lambda: parsing.read_account_number("conta"),
            "Digite a conta só com números e o dígito: 45678-9.",
        ),
        (
            lambda: parsing.read_account_number("12345678901234"),
            "A conta tem até 13 números com o dígito.",
        ),
        (
            lambda: parsing.read_pix_account_number("1" * 21),
            "A conta tem até 20 números com o dígito.",
        ),
        (
            lambda: parsing.read_account_number("9"),
            "Digite a conta inteira, com o dígito: 45678-9.",
        ),
        (
            lambda: parsing.agreed_amount(SLIP, Decimal("1.00")),
            "A linha digitável traz o valor R$ 1.234,56. Corrija o valor ou a linha.",
        ),
        (
            lambda: parsing.agreed_due_date(SLIP, TOMORROW),
            "A linha digitável traz o vencimento 23/11/2026. Corrija o vencimento ou a linha.",
        ),
        (
            lambda: parsing.agreed_amount(BARE_SLIP, None),
            "Digite o valor: esta linha digitável não traz o valor.",
        ),
        (
            lambda: parsing.agreed_amount(replace(SLIP, is_shortened=True), None),
            "Digite o valor: esta linha digitável veio sem os zeros.",
        ),
        (
            lambda: parsing.read_pix_code(codes.WITHDRAWAL),
            "Este código é de um Pix Saque: retira dinheiro em espécie e não paga uma conta.",
        ),
        (
            lambda: parsing.read_pix_code(codes.SPACED_KEY),
            "A chave Pix deste código não está no formato do Banco Central: "
            "peça outro código a quem cobra.",
        ),
        (
            lambda: parsing.agreed_due_date(BARE_SLIP, None),
            "Digite o vencimento: esta linha digitável não traz o vencimento.",
        ),
    ],
)
def test_why_something_typed_is_refused(read: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read()

    assert plain(str(error.value)) == message


@pytest.mark.parametrize(
    ("bill", "message"),
    [
        (
            a_bill(method=Payable.Method.BOLETO),
            "Este boleto já foi lançado: Fornecedor Exemplo ME, aprovada.",
        ),
        (
            a_bill(method=Payable.Method.PIX),
            "Esta cobrança Pix já foi lançada: Fornecedor Exemplo ME, aprovada.",
        ),
    ],
)
def test_what_was_entered_before(bill: Payable, message: str) -> None:
    assert str(AlreadyEntered(bill)) == message


@pytest.mark.parametrize(
    ("caution", "title", "text"),
    [
        (
            cautions.unknown_bank("999"),
            "Banco 999 desconhecido",
            "Não conhecemos o banco 999: confira.",
        ),
        (
            cautions.repeated_code(a_bill(amount=Decimal("2500.00"), due_date=TODAY)),
            "Código Pix repetido",
            "Este código Pix já está em outra conta: Fornecedor Exemplo ME, R$ 2.500,00, "
            "vence em 23/11/2026, aprovada.",
        ),
        (
            cautions.of_pix_code(parsing.read_pix_code(codes.WITH_RECURRENCE))[0],
            "Pede Pix Automático",
            "Este código também pede uma autorização de Pix Automático, para cobranças que se "
            "repetem. O Kamino faz só este pagamento: a autorização é dada no aplicativo do banco.",
        ),
        (
            cautions.key_of_another(
                a_bill(key_holder_name="Ana Souza", key_holder_document="***.982.247-**")
            ),
            "Titular da chave diverge",
            "A chave Pix está registrada em nome de Ana Souza (***.982.247-**), e o favorecido da "
            "conta é «Fornecedor Exemplo ME» (11.222.333/0001-81). Confira a quem se paga.",
        ),
        (
            cautions.key_of_another(a_bill(key_holder_document="***.982.247-**")),
            "Titular da chave diverge",
            "A chave Pix está registrada em nome de outro titular (***.982.247-**), e o favorecido "
            "da conta é «Fornecedor Exemplo ME» (11.222.333/0001-81). Confira a quem se paga.",
        ),
        (
            cautions.key_unknown(),
            "Chave Pix não encontrada",
            "O banco não encontrou esta chave Pix. Confira a chave com o favorecido.",
        ),
        (
            cautions.key_unread(),
            "Titular da chave não consultado",
            "O banco ainda não informou em nome de quem esta chave Pix está registrada.",
        ),
    ],
)
def test_what_is_to_be_looked_at(caution: cautions.Caution, title: str, text: str) -> None:
    assert (caution.title, plain(caution.text)) == (title, text)


@pytest.mark.parametrize(
    ("form", "field", "code", "message"),
    [
        (PayableForm, "method", "required", "Escolha TED, boleto ou Pix."),
        (PayableForm, "pix_by", "required", "Escolha chave, copia e cola ou agência e conta."),
        (
            PayableForm,
            "pix_key_type",
            "required",
            "Escolha o tipo: 11 números podem ser CPF ou telefone.",
        ),
        (SettleForm, "ended", "required", "Informe o resultado."),
        (PayForm, "payable", "required", "Selecione ao menos uma conta a pagar."),
        (
            PayForm,
            "payable",
            "invalid_choice",
            "Uma das contas foi alterada: confira a seleção e tente novamente.",
        ),
        (UndoForm, "name", "required", "Digite o nome da empresa para confirmar."),
    ],
)
def test_what_a_form_says_at_its_fields(form: Any, field: str, code: str, message: str) -> None:
    assert form.base_fields[field].error_messages[code] == message


def test_a_period_that_ends_before_it_begins() -> None:
    errors = ListFilter({"de": "24/11/2026", "ate": "23/11/2026"}).errors

    assert errors == {"ate": ["A data final é anterior à data inicial."]}


# --- What the services refuse ---


def member(tenant: Tenant, role: Role) -> Membership:
    user = make_member(tenant, role)
    with tenant_scope(tenant.id):
        found: Membership = Membership.objects.of(tenant).select_related("user").get(user=user)
    return found


def approve_own(tenant: Tenant) -> None:
    admin = member(tenant, Role.ADMIN)
    approve_payable(make_payable(tenant, by=admin.user), by=admin, shown="")


def approve_while_the_key_is_read(tenant: Tenant) -> None:
    make_bank_account(tenant, provider="kamino")
    payable = make_payable(tenant, destination=PIX_KEY)
    approve_payable(payable, by=member(tenant, Role.APPROVER), shown=shown(payable))


def approve_own_edit(tenant: Tenant) -> None:
    admin = member(tenant, Role.ADMIN)
    payable = make_payable(tenant)
    edit(payable, admin, amount=Decimal("1.00"))
    approve_payable(payable, by=admin, shown="")


def edit(payable: Payable, by: Membership, **changes: Any) -> None:
    edit_payable(payable, by=by, seen=version_of(payable), **typed_as(payable, **changes))


def cancel(payable: Payable) -> None:
    cancel_payable(payable, by=payable.created_by)


def sent(tenant: Tenant, status: OrderStatus = OrderStatus.QUEUED) -> PaymentOrder:
    make_bank_account(tenant)
    return make_order(make_payable(tenant, approved=True), status)


def lock_and_send(tenant: Tenant) -> None:
    lock_sending(tenant)
    send_now([bill := make_payable(tenant, approved=True)], by=bill.created_by)


def send_two_of_which_one_has_no_rail(tenant: Tenant) -> None:
    make_bank_account(tenant)
    payables = [make_payable(tenant, approved=True, destination=to) for to in (ITAU, PIX_KEY)]
    send_now(payables, by=payables[0].created_by)


def release_a_former_lock(tenant: Tenant) -> None:
    lock_sending(tenant)
    release_sending(tenant, locked_at=SEVEN, by=member(tenant, Role.ADMIN))


REFUSALS: list[tuple[str, Callable[[Tenant], object], str]] = [
    (
        "not_pending",
        lambda t: approve_payable(
            make_payable(t, approved=True), by=member(t, Role.APPROVER), shown=""
        ),
        "Esta conta não está aguardando aprovação.",
    ),
    (
        "wrong_role",
        lambda t: approve_payable(make_payable(t), by=member(t, Role.FINANCE), shown=""),
        "Seu papel nesta empresa não permite aprovar contas.",
    ),
    (
        "key_reading",
        approve_while_the_key_is_read,
        "O titular da chave Pix está sendo consultado no banco: aguarde até dois minutos.",
    ),
    ("own_bill", approve_own, "Quem lança a conta não pode aprová-la: peça a outro aprovador."),
    (
        "own_edit",
        approve_own_edit,
        "Quem altera a conta não pode aprová-la: peça a outro aprovador.",
    ),
    (
        "changed",
        lambda t: approve_payable(make_payable(t), by=member(t, Role.APPROVER), shown="antes"),
        "Esta conta mudou desde que você a abriu. Confira os dados atuais e aprove novamente.",
    ),
    (
        "not_open",
        lambda t: edit(sent(t).payable, member(t, Role.FINANCE)),
        "Esta conta já foi enviada ou cancelada e não pode mais ser alterada.",
    ),
    (
        "not_rejected",
        lambda t: ask_for_approval(make_payable(t), by=member(t, Role.FINANCE)),
        "Esta conta não está reprovada.",
    ),
    (
        "already_sent",
        lambda t: cancel(sent(t).payable),
        "Esta conta já foi enviada ao banco. Recuse o pagamento no aplicativo do banco "
        "para que ela volte para aprovação.",
    ),
    (
        "not_approved",
        lambda t: send_now([bill := make_payable(t)], by=bill.created_by),
        "«Fornecedor Exemplo ME» não está aprovada para envio.",
    ),
    (
        "sending_locked",
        lock_and_send,
        "Os envios estão bloqueados depois de uma restauração do banco de dados: um "
        "administrador precisa conferir o que já foi pago e liberar.",
    ),
    (
        "wrong_role",
        lambda t: release_sending(t, locked_at=SEVEN, by=member(t, Role.FINANCE)),
        "Só um administrador da empresa libera os envios.",
    ),
    (
        "locked_again",
        release_a_former_lock,
        "O banco de dados foi restaurado de novo desde que esta página foi aberta: "
        "confira outra vez antes de liberar.",
    ),
    (
        "no_rail",
        send_two_of_which_one_has_no_rail,
        "«Fornecedor Exemplo ME» não pode ser enviada. Pix fora da plataforma: a Cora não faz Pix "
        "por esta integração; pague por uma conta que faça Pix, ou no aplicativo do banco e use "
        "«Registrar como paga fora».",
    ),
    (
        "no_account",
        lambda t: require_account(None),
        "Nenhuma conta conectada pode fazer este pagamento: "
        "conecte uma em «Conciliar contas e cartões».",
    ),
    (
        "account_undone",
        lambda t: require_account(an_account(Connection.Status.UNDONE)),
        "O vínculo da Cora 1234567-8 foi desfeito: refaça o vínculo em "
        "«Integrações bancárias» ou torne outra conta preferencial.",
    ),
    (
        "wrong_role",
        lambda t: request_cancellation(make_payable(t), by=member(t, Role.READER)),
        "Seu papel nesta empresa não permite cancelar pagamentos.",
    ),
    (
        "not_at_bank",
        lambda t: request_cancellation(make_payable(t), by=member(t, Role.FINANCE)),
        "Esta conta não está no banco.",
    ),
    (
        "wrong_role",
        lambda t: settle_by_hand(sent(t), was_paid=True, by=member(t, Role.FINANCE)),
        "Só quem aprova contas pode informar o resultado deste pagamento.",
    ),
    (
        "still_asked",
        lambda t: settle_by_hand(
            sent(t, OrderStatus.UNKNOWN), was_paid=True, by=member(t, Role.APPROVER)
        ),
        "O banco ainda está sendo consultado. Aguarde a resposta.",
    ),
    (
        "move_refused",
        lambda t: check_move(sent(t, OrderStatus.REJECTED), OrderStatus.PAID),
        "Este pagamento consta como «recusada» e não pode passar a «paga». "
        "Confira no aplicativo do banco.",
    ),
]


@pytest.mark.parametrize(("code", "act", "message"), REFUSALS)
def test_what_a_service_refuses(
    tenant: Tenant, code: str, act: Callable[[Tenant], object], message: str
) -> None:
    with tenant_scope(tenant.id), pytest.raises(DomainError) as error:
        act(tenant)

    assert (error.value.code, str(error.value)) == (code, message)
