"""The addresses that every bank's app has."""

from starlette.routing import Route

from simulator.core.app.home import approve_all, decide, home
from simulator.core.app.receive import receive_money
from simulator.core.app.statement import statement
from simulator.core.app.visits import BankApp, change_company
from simulator.core.orders import B


def routes(app: BankApp[B]) -> list[Route]:
    guard = app.signed_in
    return [
        Route("/app", guard(home)),
        Route("/app/entrar", app.sign_in, methods=["POST"]),
        Route("/app/empresa", app.choose, methods=["POST"]),
        Route("/app/trocar", guard(change_company), methods=["POST"]),
        Route("/app/sair", app.sign_out, methods=["POST"]),
        Route("/app/extrato", guard(statement)),
        Route("/app/receber", guard(receive_money), methods=["GET", "POST"]),
        Route("/app/aprovar-todos", guard(approve_all), methods=["POST"]),
        Route("/app/itens/{id}/{decision}", guard(decide), methods=["POST"]),
    ]
