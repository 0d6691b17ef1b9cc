"""Who calls: access tokens, scopes, and the 60 days without activity that end a consent."""

from collections.abc import Iterable

from starlette.requests import Request

from simulator.cora.answers import ApiError
from simulator.cora.bank import Caller, Cora
from simulator.core.certificates import fingerprint
from simulator.core.clock import to_micros

IDLE_DAYS = 60  # without activity, that end a consent
SCOPES = {
    "account": "Ver os dados da conta, o saldo e o extrato",
    "invoice": "Emitir, consultar e cancelar cobranças",
    "payment": "Iniciar pagamentos de boletos, que você aprova no aplicativo",
    "transfer": "Iniciar transferências, que você aprova no aplicativo",
}
_DAY = 86_400_000_000
_MINUTE = 60_000_000


def caller_with(request: Request, cora: Cora, scope: str) -> tuple[Caller, int]:
    """The caller and the id of its account, when the customer allowed `scope`.

    Raises:
        ApiError: 401 for a token that is not valid; 403 without the scope, and for a partner's
            own token, which reaches only webhooks.
    """
    caller = any_caller(request, cora)
    if caller.account_id is None or scope not in caller.scopes:
        raise ApiError(cora.settings.missing_scope_status, "access_denied", "insufficient scope")
    return caller, caller.account_id


def any_caller(request: Request, cora: Cora) -> Caller:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    caller = cora.callers.get(token) or _read_caller(cora, token)
    now = to_micros(cora.clock.now())
    if kind.lower() != "bearer" or caller is None or caller.expires_at <= now:
        raise ApiError(401, "access_denied", "invalid token")
    check_certificate(request, cora, caller.certificate)
    if caller.grant_id is not None:
        if _is_idle(cora, caller, now):
            end_grants(cora, [caller.grant_id])
            raise ApiError(401, "access_denied", "session lost")
        _note_use(cora, caller, now)
    return caller


def check_certificate(request: Request, cora: Cora, expected: str | None) -> None:
    """Whether the call comes to the host of its mode, in Direta with its certificate.

    Raises:
        ApiError: 401.
    """
    if expected is None:
        is_right = not is_direct(request)
    elif is_direct(request):
        is_right = presented_certificate(request) == expected
    else:
        is_right = cora.settings.direct_token_anywhere
    if not is_right:
        raise ApiError(401, "access_denied", "wrong host or certificate")


def is_direct(request: Request) -> bool:
    """Whether it was asked of the host of Integração Direta."""
    direct: bool = request.app.state.direct
    return direct


def presented_certificate(request: Request) -> str | None:
    """The fingerprint of the certificate that TLS took from the caller."""
    tls = request.scope["state"]["transport"].get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True) if tls else None
    return fingerprint(certificate) if certificate else None


def end_grants(cora: Cora, grant_ids: Iterable[int]) -> None:
    """End consents: their tokens are not valid from now on."""
    now = to_micros(cora.clock.now())
    with cora.store.write():
        for grant_id in grant_ids:
            cora.store.run(
                "UPDATE cora_grant SET ended_at = ? WHERE id = ? AND ended_at IS NULL",
                now,
                grant_id,
            )
            cora.store.run("DELETE FROM cora_token WHERE grant_id = ?", grant_id)
    cora.callers.clear()


def _read_caller(cora: Cora, token: str) -> Caller | None:
    row = cora.store.row(
        "SELECT t.client_id, t.grant_id, t.expires_at, g.account_id, g.scopes, g.used_at,"
        " c.account_id AS direct_account_id, c.fingerprint"
        " FROM cora_token t LEFT JOIN cora_grant g ON g.id = t.grant_id"
        " LEFT JOIN cora_credential c ON c.client_id = t.client_id"
        " WHERE t.value = ? AND t.kind = 'access'",
        token,
    )
    if row is None:
        return None
    if row["fingerprint"] is not None:
        # Integração Direta: the token reaches everything of its account.
        account_id, scopes = row["direct_account_id"], frozenset(SCOPES)
    else:
        account_id, scopes = row["account_id"], frozenset((row["scopes"] or "").split())
    caller = Caller(
        row["client_id"],
        row["grant_id"],
        account_id,
        scopes,
        row["expires_at"],
        row["used_at"] or 0,
        row["fingerprint"],
    )
    cora.callers[token] = caller
    return caller


def _is_idle(cora: Cora, caller: Caller, now: int) -> bool:
    longest = IDLE_DAYS * _DAY
    if now - caller.used_at <= longest:
        return False
    # Another token of the consent may have been used since.
    row = cora.store.row("SELECT used_at FROM cora_grant WHERE id = ?", caller.grant_id)
    return row is None or now - row["used_at"] > longest


def _note_use(cora: Cora, caller: Caller, now: int) -> None:
    """Write the time of the last use, at most once a minute."""
    if abs(now - caller.used_at) < _MINUTE:
        return
    caller.used_at = now
    cora.store.run("UPDATE cora_grant SET used_at = ? WHERE id = ?", now, caller.grant_id)
