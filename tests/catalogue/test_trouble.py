"""What people are told at once, by e-mail and in the product, word by word."""

from datetime import timedelta

import pytest

from banking.connections import loss_notices
from banking.models import BankAccount
from payments.dispatch.run import dispatch_account
from payments.dispatch.run_notices import notify_of_runs
from payments.orders.review_notices import notify_of_reviews
from payments.states import OrderStatus
from tenants.models import Notice, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.payments.clock import at
from tests.payments.factories import TODAY, make_bank_account, make_order, make_payable

# The tests' accounts have a number of their own each.
ACCOUNT = "Cora 1234567-8"


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    made = make_bank_account(tenant, modo_banking_from=TODAY)
    change(made, number="1234567-8")
    return made


def told(tenant: Tenant) -> tuple[str, str, str]:
    with tenant_scope(tenant.id):
        notice = Notice.objects.of(tenant).order_by("-id").first()
    return notice.title.replace("\xa0", " "), notice.text, notice.action


def test_a_run_that_did_not_happen(tenant: Tenant, account: BankAccount) -> None:
    make_payable(tenant, approved=True)

    notify_of_runs(at("23 07:15"))

    assert told(tenant) == (
        f"O envio das 7h da {ACCOUNT} não aconteceu.",
        "As contas aprovadas para hoje ainda não foram enviadas ao banco. O Kamino continua "
        "tentando até o fim do horário do banco; se preferir, use «Enviar agora».",
        "Ver os pagamentos de hoje",
    )


def test_a_run_that_a_lost_connection_kept_from_happening(
    tenant: Tenant, account: BankAccount
) -> None:
    make_payable(tenant, approved=True)
    change(account.connection, status="lost")

    notify_of_runs(at("23 07:15"))

    assert told(tenant)[1] == (
        "As contas aprovadas para hoje ainda não foram enviadas ao banco. O vínculo com a Cora "
        "precisa ser refeito."
    )


def test_a_run_that_was_cut(tenant: Tenant, account: BankAccount) -> None:
    make_payable(tenant, approved=True)
    dispatch_account(tenant.id, account.id, now=at("23 07:00"))

    notify_of_runs(at("23 07:15"))

    assert told(tenant) == (
        f"O envio das 7h da {ACCOUNT} ficou incompleto.",
        "1 pagamento não saiu para o banco. O que ainda está na fila é tentado de novo até o fim "
        "do horário do banco; o que passou do horário voltou para aprovada.",
        "Ver o envio",
    )


@pytest.mark.parametrize(
    ("orders", "title"),
    [
        (1, "O pagamento de R$ 150,00 a Fornecedor Exemplo ME requer conferência."),
        (2, "2 pagamentos requerem conferência."),
    ],
)
def test_orders_that_require_a_look(
    tenant: Tenant, account: BankAccount, orders: int, title: str
) -> None:
    for _ in range(orders):
        make_order(make_payable(tenant, approved=True), OrderStatus.UNKNOWN, needs_person=True)

    notify_of_reviews()

    assert told(tenant) == (
        title,
        "Veja no histórico da conta o que o banco e o extrato mostram e, se for o caso, informe o "
        "resultado. Nada é reenviado automaticamente.",
        "Conferir",
    )


def test_a_connection_that_is_lost(tenant: Tenant, account: BankAccount) -> None:
    now = at("23 09:00")
    change(account.connection, status="lost", lost_at=now - timedelta(minutes=1))

    loss_notices.notify_of_losses(now)

    assert told(tenant) == (
        f"O vínculo da {ACCOUNT} precisa ser refeito.",
        "A Cora não reconhece mais a autorização. Até lá, o extrato e os pagamentos desta conta "
        "ficam parados; nada é perdido nem duplicado.",
        "Refazer o vínculo",
    )
