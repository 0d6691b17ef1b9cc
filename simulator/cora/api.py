"""Cora's API and its consent page, as one application."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.cora import account, consent, endpoints, payments, tokens, transfers
from simulator.cora.answers import ApiError, answer, answer_api_error
from simulator.cora.bank import Cora


async def _answer_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
    item = {"code": code, "message": error.detail}
    return answer({**item, "errors": [item]}, error.status_code)


def build_api(cora: Cora) -> Starlette:
    """The paths carry no last slash: the door takes it off."""
    app = Starlette(
        routes=[
            Route("/transfers/initiate", transfers.initiate, methods=["POST"]),
            Route("/payments/initiate", payments.initiate, methods=["POST"]),
            Route("/bank-statement/statement", account.statement),
            Route("/third-party/account", account.account),
            Route("/third-party/account/balance", account.balance),
            Route("/transfer/third-party/transfers", transfers.listing),
            Route("/banks", transfers.banks),
            Route("/payments", payments.listing),
            Route("/payments/initiate/{id}", payments.cancel, methods=["DELETE"]),
            Route("/payments/{id}", payments.detail),
            Route("/endpoints", endpoints.listing),
            Route("/endpoints", endpoints.create, methods=["POST"]),
            Route("/endpoints/{id}", endpoints.delete, methods=["DELETE"]),
            Route("/oauth/authorize", consent.authorize, methods=["GET", "POST"]),
            Route("/oauth/token", tokens.token, methods=["POST"]),
        ],
        exception_handlers={ApiError: answer_api_error, HTTPException: _answer_http_error},
    )
    app.state.cora = cora
    return app
