"""The Conta Kamino's API as one application. Paths carry no last slash: `Door` removes it."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.core.ids import new_id
from simulator.kamino import (
    accounts,
    charges,
    contract,
    endpoints,
    payments,
    pix_keys,
    receipts,
    refunds,
    statement,
    terms,
    titles,
    tokens,
)
from simulator.kamino.answers import Problem, answer_problem
from simulator.kamino.bank import Kamino

Endpoint = Callable[[Request], Awaitable[Response]]


def build_api(bank: Kamino) -> Starlette:
    app = Starlette(
        routes=[
            _get("/openapi.yaml", contract.as_yaml),
            _get("/openapi.json", contract.as_json),
            _post("/oauth/token", tokens.token),
            _post("/oauth/revoke", tokens.revoke),
            _delete("/v1/credentials/{client_id}", accounts.end_credentials),
            _get("/v1/terms", terms.show),
            _post("/v1/accounts", accounts.open_account),
            _get("/v1/accounts/{account_id}", accounts.show),
            _get("/v1/accounts/{account_id}/balance", accounts.balance),
            _get("/v1/accounts/{account_id}/entries", statement.listing),
            _post("/v1/payments", payments.create),
            _get("/v1/payments", payments.listing),
            _get("/v1/payments/{payment_id}", payments.show),
            _post("/v1/payments/{payment_id}/cancel", payments.cancel),
            _get("/v1/payments/{payment_id}/receipt", receipts.show),
            _get("/v1/pix/keys/{key}", pix_keys.look_up),
            _get("/v1/titles/{line}", titles.look_up),
            _post("/v1/charges", charges.issue),
            _get("/v1/charges", charges.listing),
            _get("/v1/charges/{charge_id}", charges.show),
            _post("/v1/charges/{charge_id}/cancel", charges.cancel),
            _get("/v1/charges/{charge_id}/pdf", charges.pdf),
            _post("/v1/charges/{charge_id}/refunds", refunds.create),
            _get("/v1/refunds", refunds.listing),
            _get("/v1/refunds/{refund_id}", refunds.show),
            _post("/v1/webhook-endpoints", endpoints.set_endpoint),
            _get("/v1/webhook-endpoints", endpoints.listing),
            _delete("/v1/webhook-endpoints/{endpoint_id}", endpoints.delete),
        ],
        exception_handlers={HTTPException: _answer_http_error},
    )
    app.state.kamino = bank
    return app


async def _answer_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        problem = Problem(405, "method_not_allowed", "Este endereço não aceita este método.")
    else:
        problem = Problem(404, "not_found", "Este endereço não existe.")
    return answer_problem(problem, new_id("req_"))


def _get(path: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=["GET"])


def _post(path: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=["POST"])


def _delete(path: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=["DELETE"])
