"""BS2's API and its consent page, as one application.

{cob} = /pj/forintegration/cobranca, {bk} = /pj/apibanking/forintegration,
{pix} = /pix/direto/forintegration/v1. The paths carry no last slash: `Door` removes it.
"""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.bs2 import statement, tokens, webhook_api
from simulator.bs2.answers import Refused, answer_refused
from simulator.bs2.bank import Bs2
from simulator.bs2.boletos import api as boleto_api
from simulator.bs2.orders import payments, receipts, transfers
from simulator.bs2.people.consent import CONSENT
from simulator.bs2.pix import charges_api as pix_charges_api
from simulator.bs2.pix import payments_api as pix_api
from simulator.bs2.pix import receipts_api as pix_receipts_api
from simulator.bs2.pix import requests_api as pix_requests
from simulator.bs2.pix import webhooks_api as pix_webhooks_api

_COB = "/pj/forintegration/cobranca"
_BK = "/pj/apibanking/forintegration"
_PIX = "/pix/direto/forintegration/v1"
_LEGACY = "/pj/forintegration/banking/v1"

Endpoint = Callable[[Request], Awaitable[Response]]


def build_api(bs2: Bs2) -> Starlette:
    app = Starlette(
        routes=[
            _post("/auth/oauth/v2/token", tokens.token),
            Route(
                "/api-banking/auth/oauth/v2/authorize", CONSENT.authorize, methods=["GET", "POST"]
            ),
            *_banking(),
            *_collection(),
            *_pix(),
        ],
        exception_handlers={Refused: answer_refused, HTTPException: _answer_http_error},
    )
    app.state.bs2 = bs2
    return app


def _banking() -> list[Route]:
    account, hooks = f"{_BK}/v1/contascorrentes", ("contexto/correntistas", "contexto-correntistas")
    configuration = [
        route
        for hook in hooks
        for route in (
            _post(f"{_BK}/v1/{hook}/webhook", webhook_api.create),
            Route(f"{_BK}/v1/{hook}/webhook/{{id}}", webhook_api.alter, methods=["PUT"]),
            _post(f"{_BK}/v1/{hook}/webhook/{{id}}/remover", webhook_api.remove),
        )
    ]
    return [
        _get(f"{account}/saldo", statement.balance),
        _get(f"{account}/extrato", statement.statement),
        _get(f"{_BK}/v2/contascorrentes/saldo", statement.balance_v2),
        _get(f"{_BK}/v2/contascorrentes/extrato", statement.statement_v2),
        _get(f"{_BK}/v2/contascorrentes/extrato/analitico", statement.analytical),
        _get(f"{_LEGACY}/contascorrentes/principal/saldo", statement.legacy_balance),
        _post(f"{_BK}/v1/transferencias/simplificado", transfers.send),
        _get(f"{_BK}/v1/transferencias/solicitacoes/{{id}}", transfers.status),
        _get(f"{_BK}/v1/transferencias/{{id}}", transfers.data),
        _post(f"{_BK}/v1/pagamentos", payments.pay),
        _get(f"{_BK}/v1/pagamentos/solicitacoes/{{id}}", payments.status),
        _get(f"{_BK}/v1/pagamentos/{{code}}", payments.look_up),
        _get(f"{_BK}/v1/comprovantes", receipts.listing),
        _get(f"{_BK}/v1/comprovantes/{{id}}/pdf", receipts.pdf_file),
        _get(f"{_BK}/v1/comprovantes/{{id}}/imprimivel", receipts.pdf_file),
        *configuration,
    ]


def _collection() -> list[Route]:
    boleto = f"{_COB}/v1/boletos/{{id}}"
    write_offs = f"{boleto}/solicitacoes/cancelamentos"
    return [
        _post(f"{_COB}/v1/boletos/simplificado", boleto_api.issue_v1),
        _post(f"{_COB}/v2/boletos/simplificado", boleto_api.issue_v2),
        _get(boleto, boleto_api.detail),
        _get(f"{boleto}/imprimivel", boleto_api.printable),
        _post(write_offs, boleto_api.ask_write_off),
        _get(f"{write_offs}/{{request_id}}", boleto_api.write_off),
    ]


def _pix() -> list[Route]:
    refund = f"{_PIX}/pix/{{e2e}}/devolucao/{{id}}"
    return [
        _post(f"{_PIX}/pagamentos/chave", pix_api.start_by_key),
        _post(f"{_PIX}/pagamentos/manual", pix_api.start_by_account),
        _post(f"{_PIX}/pagamentos/qrcodes", pix_api.start_by_code),
        _post(f"{_PIX}/pagamentos/chave/solicitacoes", pix_requests.ask),
        _get(f"{_PIX}/pagamentos/chave/solicitacoes/{{id}}", pix_requests.status),
        _post(f"{_PIX}/pagamentos/{{id}}/confirmacao", pix_api.confirm),
        _get(f"{_PIX}/pagamentos", pix_api.listing),
        _get(f"{_PIX}/pagamentos/{{id}}", pix_api.detail),
        _get(f"{_PIX}/recebimentos", pix_receipts_api.listing),
        _get(f"{_PIX}/recebimentos/{{id}}", pix_receipts_api.by_id),
        _get(f"{_PIX}/recebimentos/{{e2e}}/recebimento", pix_receipts_api.by_pix),
        Route(refund, pix_receipts_api.refund, methods=["PUT"]),
        _get(refund, pix_receipts_api.refund_status),
        _get(f"{_PIX}/cob", pix_charges_api.charges),
        _get(f"{_PIX}/cob/{{txid}}", pix_charges_api.charge),
        Route(f"{_PIX}/cob/{{txid}}", pix_charges_api.revise, methods=["PATCH"]),
        _get(f"{_PIX}/cobv", pix_charges_api.due_charges),
        _get(f"{_PIX}/cobv/{{txid}}", pix_charges_api.due_charge),
        Route(f"{_PIX}/cobv/{{txid}}", pix_charges_api.create_due, methods=["PUT"]),
        Route(f"{_PIX}/cobv/{{txid}}", pix_charges_api.revise_due, methods=["PATCH"]),
        _post(f"{_PIX}/qrcodes/estatico", pix_charges_api.create_static),
        _post(f"{_PIX}/qrcodes/dinamico", pix_charges_api.create_dynamic),
        _get(f"{_PIX}/qrcodes", pix_charges_api.codes),
        Route(f"{_PIX}/qrcodes/{{id}}", pix_charges_api.remove_code, methods=["DELETE"]),
        _get(f"{_PIX}/chaves", pix_charges_api.keys),
        Route(f"{_PIX}/webhook/bs2", pix_webhooks_api.register, methods=["PUT"]),
        _get(f"{_PIX}/webhook/bs2", pix_webhooks_api.listing),
        Route(f"{_PIX}/webhook/bs2/certificado", pix_webhooks_api.certificate, methods=["PUT"]),
        Route(f"{_PIX}/webhook/bs2/{{id}}", pix_webhooks_api.remove, methods=["DELETE"]),
    ]


def _get(path: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=["GET"])


def _post(path: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=["POST"])


async def _answer_http_error(request: Request, error: Exception) -> Response:
    """No such path or method: the gateway's own answer, whose body is not known."""
    assert isinstance(error, HTTPException)
    return Response(status_code=error.status_code)
