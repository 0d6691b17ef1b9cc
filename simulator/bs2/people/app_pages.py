"""BS2 Empresas: what the holder of an account sees and decides, under /app."""

from collections.abc import Callable
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.bs2.bank import Bs2, bs2_of
from simulator.bs2.control import act_on_waiting
from simulator.bs2.control_money import receive
from simulator.bs2.movements import PIX, TED
from simulator.bs2.orders import book as orders
from simulator.bs2.people import app_view, charges, portal
from simulator.bs2.people.sessions import (
    accounts_of,
    choose_account,
    end_session,
    new_session,
    session_of,
)
from simulator.bs2.people.visits import COOKIE, Visit, signed_in
from simulator.bs2.seed import Party
from simulator.core import people
from simulator.core.documents import BadDocument, read_document
from simulator.core.pages import go_to, money, read_form, read_money
from simulator.core.store import Row


async def sign_in(request: Request) -> Response:
    bs2, form = bs2_of(request), await read_form(request)
    person = people.sign_in(bs2.store, form.get("cpf", ""), form.get("password", ""))
    if person is None:
        return app_view.sign_in_page("CPF ou senha não conferem.", form.get("cpf", ""))
    response = go_to("/app")
    session = new_session(bs2, person["id"])
    response.set_cookie(COOKIE, session, httponly=True, samesite="lax")
    return response


async def choose(request: Request) -> Response:
    bs2, form = bs2_of(request), await read_form(request)
    session = session_of(bs2, request.cookies.get(COOKIE, ""))
    if session is not None:
        for held in accounts_of(bs2, session["person_id"]):
            if str(held.id) == form.get("account"):
                choose_account(bs2, session["id"], held.id)
    return go_to("/app")


async def sign_out(request: Request) -> Response:
    end_session(bs2_of(request), request.cookies.get(COOKIE, ""))
    response = go_to("/app")
    response.delete_cookie(COOKIE)
    return response


async def home(request: Request, visit: Visit) -> Response:
    return app_view.home_page(visit.bs2, visit.account, visit.message)


async def decide(request: Request, visit: Visit) -> Response:
    """Approve, refuse or cancel one order, or let its time run out."""
    order = orders.order_by_id(visit.bs2, request.path_params["id"])
    act = _DECISIONS.get(request.path_params["decision"])
    if order is None or act is None or order["account_id"] != visit.account.id:
        return visit.back("Este item não existe mais.")
    try:
        act(visit.bs2, order)
    except orders.NotWaiting:
        return visit.back("Este item não está mais aguardando aprovação.")
    changed = orders.order_by_id(visit.bs2, order["id"])
    assert changed is not None
    told = {orders.SCHEDULED: "Agendado", orders.COMPLETED: "Efetivado"}.get(changed["state"])
    words = told or changed["reason"].rstrip(".")
    return visit.back(f"{words}: {order['name']}, {money(order['amount'])}.")


async def approve_all(request: Request, visit: Visit) -> Response:
    count = await act_on_waiting(visit.bs2, visit.account.id, orders.approve)
    return visit.back("1 item aprovado." if count == 1 else f"{count} itens aprovados.")


async def statement(request: Request, visit: Visit) -> Response:
    number = request.query_params.get("pagina", "1")
    page = max(int(number), 1) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    until = visit.bs2.clock.today() + timedelta(days=1)
    return app_view.statement_page(visit.bs2, visit.account, page, date.min, until)


async def receive_money(request: Request, visit: Visit) -> Response:
    if request.method == "GET":
        return app_view.receive_page(visit.account)
    form = await read_form(request)
    amount, name = read_money(form.get("amount", "")), form.get("name", "").strip()[:120]
    try:
        document = read_document(form.get("document", ""))
    except BadDocument as error:
        return app_view.receive_page(visit.account, form, str(error))
    if amount is None or not name or form.get("kind") not in (PIX, TED):
        problem = "Informe quem paga e um valor maior que zero."
        return app_view.receive_page(visit.account, form, problem)
    receive(visit.bs2, visit.account, amount, Party(name, document), form["kind"])
    return visit.back(f"{money(amount)} recebidos de {name}.")


_DECISIONS: dict[str, Callable[[Bs2, Row], None]] = {
    "aprovar": orders.approve,
    "recusar": orders.refuse,
    "vencer": orders.expire,
    "cancelar": orders.cancel,
}
ROUTES = [
    Route("/app", signed_in(home)),
    Route("/app/entrar", sign_in, methods=["POST"]),
    Route("/app/empresa", choose, methods=["POST"]),
    Route("/app/sair", sign_out, methods=["POST"]),
    Route("/app/extrato", signed_in(statement)),
    Route("/app/receber", signed_in(receive_money), methods=["GET", "POST"]),
    Route("/app/aprovar-todos", signed_in(approve_all), methods=["POST"]),
    Route("/app/itens/{id}/{decision}", signed_in(decide), methods=["POST"]),
    *charges.ROUTES,
    *portal.ROUTES,
]
