"""Cora's API and its consent page, as one application."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.cora import account, direct, endpoints, payments, taxes, tokens, transfers
from simulator.cora.answers import ApiError, answer, answer_api_error
from simulator.cora.bank import Cora
from simulator.cora.consent import CONSENT
from simulator.cora.invoices import api as invoices
from simulator.cora.invoices import files


async def _answer_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
    item = {"code": code, "message": error.detail}
    return answer({**item, "errors": [item]}, error.status_code)


def build_api(cora: Cora) -> Starlette:
    """Mode Parceria. The paths carry no last slash: `Door` removes it."""
    own = [
        Route("/oauth/authorize", CONSENT.authorize, methods=["GET", "POST"]),
        Route("/oauth/token", tokens.token, methods=["POST"]),
        Route("/token", direct.refuse, methods=["POST"]),
    ]
    return _build(cora, own, is_direct=False)


def build_direct_api(cora: Cora) -> Starlette:
    """Integração Direta, behind TLS that asks for the customer's certificate."""
    own = [
        Route("/token", direct.token, methods=["POST"]),
        Route("/oauth/token", direct.refuse, methods=["POST"]),
    ]
    return _build(cora, own, is_direct=True)


def _build(cora: Cora, own: list[Route], *, is_direct: bool) -> Starlette:
    app = Starlette(
        routes=[
            *own,
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
            Route("/payments/darf/initiate", taxes.initiate_darf, methods=["POST"]),
            Route("/payments/gps/initiate", taxes.initiate_gps, methods=["POST"]),
            *invoices.ROUTES,
        ],
        exception_handlers={ApiError: answer_api_error, HTTPException: _answer_http_error},
    )
    app.state.cora, app.state.direct = cora, is_direct
    return app


def build_files(cora: Cora) -> Starlette:
    """The storage of the charges' files, which is another company's host and not the API's."""
    app = Starlette(
        routes=files.ROUTES,
        exception_handlers={HTTPException: _answer_http_error},
    )
    app.state.cora = cora
    return app
