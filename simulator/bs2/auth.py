"""Who calls: access tokens and their scopes."""

from dataclasses import dataclass

from starlette.requests import Request

from simulator.bs2.answers import Refused
from simulator.bs2.bank import Bs2, bs2_of
from simulator.bs2.grants import CLIENT
from simulator.core.clock import to_micros
from simulator.core.people import Account, account_by_id
from simulator.core.store import Row

# What the consent page and the portal say of each.
SCOPES = {
    "saldo": "Ver o saldo da conta",
    "extrato": "Ver o extrato da conta",
    "pagamento": "Consultar e pagar boletos e contas, que você aprova no BS2 Empresas",
    "transferencia": "Fazer transferências, que você aprova no BS2 Empresas",
    "boleto": "Emitir, consultar e baixar boletos de cobrança",
    "comprovante": "Consultar e baixar comprovantes",
    "aprovacoes": "Ver o que espera aprovação",
    "pagamento-tributo": "Pagar tributos",
    "webhook-mov-conta": "Ser avisado das movimentações da conta",
    "webhook-conclusao-transf": "Ser avisado da conclusão de transferências",
    "webhook-conclusao-pag": "Ser avisado da conclusão de pagamentos",
    "cob.write": "Criar cobranças Pix",
    "cob.read": "Ver cobranças Pix",
    "cobv.write": "Criar cobranças Pix com vencimento",
    "cobv.read": "Ver cobranças Pix com vencimento",
    "pix.write": "Fazer e devolver Pix, que você aprova no BS2 Empresas",
    "pix.read": "Ver Pix enviados e recebidos",
    "dict.write": "Cadastrar chaves Pix",
    "dict.read": "Ver chaves Pix",
    "webhook.write": "Cadastrar avisos de Pix",
    "webhook.read": "Ver avisos de Pix",
}
LEGACY_SCOPE = "forintegration"
PIX_SCOPES = frozenset(scope for scope in SCOPES if scope.endswith((".write", ".read")))


@dataclass(frozen=True, slots=True)
class Caller:
    bs2: Bs2
    api_key: str
    account: Account
    scopes: frozenset[str]


def caller_with(request: Request, *scopes: str) -> Caller:
    """The caller, when its token has one of `scopes`.

    Raises:
        Refused: 401 for a token that is not valid, 403 without body for one that lacks the scope.
    """
    bs2 = bs2_of(request)
    require_user_agent(bs2, request)
    row = _token(bs2, request.headers.get("authorization", ""))
    given = frozenset(row["scopes"].split())
    if row["flow"] == CLIENT and not bs2.settings.client_credentials_reach_account:
        given &= PIX_SCOPES
    if LEGACY_SCOPE in given and bs2.settings.legacy_reaches_apibanking:
        given |= frozenset(SCOPES) - PIX_SCOPES
    if row["account_id"] is None or given.isdisjoint(scopes):
        raise Refused(403)
    return Caller(bs2, row["api_key"], account_by_id(bs2.store, row["account_id"]), given)


def _token(bs2: Bs2, authorization: str) -> Row:
    kind, _, value = authorization.partition(" ")
    row = bs2.store.row(
        "SELECT t.*, g.account_id, g.flow FROM bs2_token t JOIN bs2_grant g ON g.id = t.grant_id"
        " WHERE t.value = ? AND t.kind = 'access'",
        value.strip(),
    )
    now = to_micros(bs2.clock.now())
    if kind.lower() != "bearer" or row is None or row["expires_at"] <= now:
        raise Refused(bs2.settings.invalid_token_status, b"Invalid token", "text/plain")
    return row


def require_user_agent(bs2: Bs2, request: Request) -> None:
    """In production each request carries a code of the bank's in User-Agent."""
    code = bs2.settings.required_user_agent
    if code and code not in request.headers.get("user-agent", ""):
        raise Refused(403)
