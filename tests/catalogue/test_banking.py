"""What connections, statements and their health tell, word by word. Nothing here is stored."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Account, ClassificationGroup, Nature
from banking.bank_accounts.ledger_account import check_leaf
from banking.banks import registry
from banking.banks.contract.errors import BankAccessDenied, BankRejected, BankUnavailable
from banking.connections.consent import ConsentNotUsable
from banking.connections.errors import Problem, explain, refused_at_bank
from banking.connections.expiry_notices import news_of
from banking.connections.progress import Opening
from banking.gateway.call_log import result_words
from banking.gateway.plan_check import check_plan
from banking.models import BankAccount, Connection
from banking.statements.progress import broken_proof, sync_progress
from core.dates import day_name
from core.errors import InvalidInput, NotAllowed
from integrations.accounts import Integration, describe_switch
from tenants.models import Plan, Tenant, User

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("America/Sao_Paulo"))  # Monday
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
CORA = registry.info("cora")
Status, Proof = Connection.Status, BankAccount.Proof


def an_account(status: Status = Status.ACTIVE, **values) -> BankAccount:
    """Cora 1234567-8 of Oficina Modelo, connected by Ana on 20/11/2026."""
    connection = Connection(
        provider="cora",
        mode=CORA.modes[0].slug,
        status=status,
        connected_by=User(first_name="Ana", last_name="Admin"),
        connected_at=NOW - timedelta(days=3),
        refresh_by=NOW + timedelta(days=7),
    )
    return BankAccount(
        provider="cora", branch="0001", number="1234567-8", connection=connection, **values
    )


# --- The sync -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "more", "sentence"),
    [
        (an_account(Status.UNDONE), {}, "Vínculo desfeito: o extrato não é mais atualizado."),
        (an_account(Status.LOST), {}, "Refaça o vínculo para voltar a receber o extrato."),
        (
            an_account(),
            {"is_in_plan": False},
            "O plano da empresa não inclui este banco: o extrato não é mais atualizado.",
        ),
        (
            an_account(sync_leased_until=FOREVER, sync_lines=1240),
            {},
            "Importando o extrato… 1.240 linhas",
        ),
        (
            an_account(),
            {"unavailable_until": NOW + timedelta(minutes=1)},
            "Cora: banco indisponível · nova tentativa às 09:01.",
        ),
        (an_account(synced_at=NOW), {"asked_at": NOW}, "Consultando a Cora…"),
        (
            an_account(synced_at=NOW),
            {"asked_at": NOW - timedelta(minutes=5)},
            "Sincronização na fila. O extrato aparece aqui automaticamente.",
        ),
        (an_account(), {}, "Aguardando o extrato dos últimos 90 dias…"),
        (
            an_account(synced_at=NOW, sync_started_at=NOW),
            {},
            "Sincronizado agora. Próxima sincronização às 09:15.",
        ),
        (
            an_account(sync_error="O banco Cora não respondeu."),
            {},
            "O banco Cora não respondeu. Próxima sincronização em instantes.",
        ),
    ],
)
def test_how_a_sync_is(account: BankAccount, more: dict, sentence: str) -> None:
    with_plan = {"is_in_plan": True, "now": NOW} | more

    assert sync_progress(account, **with_plan).text.replace("\u00a0", " ") == sentence


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Ainda não importado"),
        ({"sync_leased_until": FOREVER}, "Importando agora"),
        (
            {"synced_at": NOW - timedelta(minutes=5), "proof": Proof.PROVED},
            "Extrato importado há 5 min, confere com o saldo do banco",
        ),
    ],
)
def test_the_last_sync(values: dict, sentence: str) -> None:
    integration = Integration(an_account(**values), is_in_plan=True, now=NOW)

    assert integration.last_sync == sentence


@pytest.mark.parametrize(
    ("difference", "sentence"),
    [
        ("-320.00", "O saldo do banco e as linhas importadas diferem em R$ 320,00."),
        ("0.00", "O banco alterou uma linha que já tinha informado."),
    ],
)
def test_a_statement_that_does_not_add_up(difference: str, sentence: str) -> None:
    account = an_account(proof=Proof.BROKEN, proof_difference=Decimal(difference))

    assert broken_proof(account).replace("\u00a0", " ") == sentence


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"proof_difference": Decimal("-320.00"), "proof_broken_on": date(2026, 11, 11)},
            "O saldo do banco e as linhas importadas diferem em R$ 320,00 desde 11/11/2026.",
        ),
        ({"unread_movements": 1}, "1 movimento não lido."),
        (
            {"unread_movements": 2, "proof_difference": Decimal("9.90")},
            "2 movimentos não lidos. O saldo do banco e as linhas importadas diferem em R$ 9,90.",
        ),
    ],
)
def test_what_of_a_statement_does_not_agree(values: dict, sentence: str) -> None:
    account = an_account(proof=Proof.BROKEN, **values)

    assert broken_proof(account).replace("\u00a0", " ") == sentence


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        (
            None,
            "Modo Banking desligado na Cora 1234567-8: nada mais é enviado ao banco "
            "automaticamente.",
        ),
        (
            date(2026, 11, 24),
            "Modo Banking ligado na Cora 1234567-8 a partir de amanhã, 24/11, às 7h.",
        ),
    ],
)
def test_the_switch_of_modo_banking(since: date | None, sentence: str) -> None:
    assert describe_switch(an_account(modo_banking_from=since), NOW) == sentence


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("200", "respondeu"),
        ("201", "respondeu"),
        ("400", "recusou os dados (400)"),
        ("409", "recusou (409)"),
        ("429", "pediu para esperar (429)"),
        ("503", "falhou (503)"),
        ("ReadTimeout", "não respondeu a tempo"),
        ("ConnectError", "não pôde ser acessado"),
        ("RemoteProtocolError", "a conexão caiu"),
        ("unreadable", "enviou uma resposta inválida"),
    ],
)
def test_what_a_call_came_to(result: str, told: str) -> None:
    assert result_words(result) == told


def test_a_day_of_another_year() -> None:
    assert day_name(date(2025, 12, 31), date(2026, 1, 5)) == "quarta-feira, 31 de dezembro de 2025"


# --- Connecting ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "mode", "sentence"),
    [
        ("cora", CORA.modes[0].slug, "Consultando na Cora o titular da conta autorizada."),
        ("bs2", "chaves", "Conferindo no BS2 os dados e o titular da conta."),
        ("kamino", "", "Abrindo a Conta Kamino em nome da empresa."),
    ],
)
def test_what_an_opening_does(provider: str, mode: str, sentence: str) -> None:
    mode = registry.info(provider).mode(mode).slug
    opening = Opening(Connection(provider=provider, mode=mode), None)

    assert opening.doing == sentence


@pytest.mark.parametrize(
    ("problem", "title", "text"),
    [
        (
            refused_at_bank(CORA, "access_denied"),
            "A autorização foi recusada",
            "No banco Cora, a autorização foi recusada ou não foi concluída. Nada foi conectado.",
        ),
        (
            refused_at_bank(CORA, "server_error"),
            "O banco não concluiu a autorização",
            "O banco Cora não concluiu a autorização. Nada foi conectado.",
        ),
        (
            explain(CORA, ConsentNotUsable("Este retorno já foi usado.")),
            "Este retorno do banco não é mais válido",
            "Este retorno já foi usado. Nada foi conectado.",
        ),
        (
            explain(CORA, NotAllowed("O plano é outro.")),
            "O plano não inclui esta integração",
            "O plano é outro. Nada foi conectado.",
        ),
        (
            explain(CORA, BankUnavailable("caiu")),
            "O banco Cora não respondeu",
            "Você autorizou, mas a confirmação do banco não chegou. Nada foi conectado.",
        ),
        (
            explain(CORA, BankRejected("expirou")),
            "A autorização expirou",
            "O código do banco Cora vale por poucos segundos e uma única vez. Nada foi conectado.",
        ),
        (
            explain(CORA, BankAccessDenied("O acesso foi negado.")),
            "O banco não aceitou a conexão",
            "O acesso foi negado. Nada foi conectado.",
        ),
    ],
    ids=lambda value: value.code if isinstance(value, Problem) else "",
)
def test_a_consent_that_did_not_end_well(problem: Problem, title: str, text: str) -> None:
    assert (problem.title, problem.text) == (title, text)


def test_a_bank_that_the_plan_lacks() -> None:
    with pytest.raises(NotAllowed) as refused:
        check_plan(Tenant(name="Oficina Modelo", plan=Plan.COMPASS), CORA)

    assert str(refused.value) == (
        "A integração com a Cora faz parte dos planos North e Track. "
        "O plano de Oficina Modelo é o Compass."
    )


def test_a_consent_that_ends() -> None:
    account = an_account()
    assert account.connection is not None

    news = news_of(account, account.connection, days=7, step=7)

    assert (news.title, news.text) == (
        "A autorização da Cora 1234567-8 termina em 7 dias, 30/11/2026.",
        "Depois disso, o extrato e os pagamentos desta conta param. Renove antes: nada é "
        "interrompido e nenhum lançamento é duplicado.",
    )


def test_the_banks_own_reason_comes_after_ours() -> None:
    error = BankRejected("O banco recusou o pagamento.", reason="Saldo insuficiente.")

    assert error.with_reason() == (
        "O banco recusou o pagamento. Resposta do banco: Saldo insuficiente."
    )


# --- The Conta do Ativo -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nature", "values", "sentence"),
    [
        (Nature.EXPENSE, {}, "«9.1 Outra» não é do ativo."),
        (
            Nature.ASSET,
            {"archived_at": NOW},
            "«9.1 Outra» está arquivada e não recebe lançamentos.",
        ),
        (
            Nature.ASSET,
            {"is_bank_leaf": True},
            "«9.1 Outra» já é a Conta do Ativo de uma conta bancária.",
        ),
    ],
)
def test_a_leaf_that_cannot_be_tied(nature: Nature, values: dict, sentence: str) -> None:
    leaf = Account(group=ClassificationGroup(nature=nature), code="9.1", name="Outra", **values)

    with pytest.raises(InvalidInput) as refused:
        check_leaf(leaf)

    assert str(refused.value) == sentence
