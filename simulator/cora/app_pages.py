"""«Aplicativo do banco»: what the holder of an account sees and decides, under /app."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.cora import orders
from simulator.cora.app_view import (
    companies_page,
    consents_page,
    home_page,
    receive_page,
    sign_in_page,
    statement_page,
)
from simulator.cora.auth import end_grants
from simulator.cora.bank import SLUG, Cora, cora_of
from simulator.cora.control import act_on_waiting
from simulator.cora.control_entries import receive
from simulator.cora.sessions import (
    choose_account,
    end_session,
    leave_message,
    new_session,
    session_of,
)
from simulator.core import people
from simulator.core.documents import BadDocument, read_document
from simulator.core.pages import go_to, money, read_form, read_money
from simulator.core.people import Account
from simulator.core.store import Row

_COOKIE = "cora_app"


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in person at the account chosen."""

    cora: Cora
    session: str
    account: Account
    message: str


Page = Callable[[Request, Visit], Awaitable[Response]]


def signed_in(show: Page) -> Callable[[Request], Awaitable[Response]]:
    """Signs in first, and has the company chosen, before the page is shown."""

    async def guarded(request: Request) -> Response:
        cora = cora_of(request)
        session = session_of(cora, request.cookies.get(_COOKIE, ""))
        if session is None:
            return sign_in_page()
        accounts = people.accounts_of(cora.store, SLUG, session["person_id"])
        account = next((held for held in accounts if held.id == session["account_id"]), None)
        if account is None:
            return companies_page(accounts)
        if session["message"] and request.method == "GET":
            leave_message(cora, session["id"], "")
        return await show(request, Visit(cora, session["id"], account, session["message"]))

    return guarded


async def sign_in(request: Request) -> Response:
    cora, form = cora_of(request), await read_form(request)
    person = people.sign_in(cora.store, form.get("cpf", ""), form.get("password", ""))
    if person is None:
        return sign_in_page("CPF ou senha não conferem.", form.get("cpf", ""))
    session = new_session(cora, person["id"])
    accounts = people.accounts_of(cora.store, SLUG, person["id"])
    if len(accounts) == 1:
        choose_account(cora, session, accounts[0].id)
    response = go_to("/app")
    response.set_cookie(_COOKIE, session, httponly=True, samesite="lax")
    return response


async def choose(request: Request) -> Response:
    cora, form = cora_of(request), await read_form(request)
    session = session_of(cora, request.cookies.get(_COOKIE, ""))
    if session is not None:
        accounts = people.accounts_of(cora.store, SLUG, session["person_id"])
        for held in accounts:
            if str(held.id) == form.get("account"):
                choose_account(cora, session["id"], held.id)
    return go_to("/app")


async def sign_out(request: Request) -> Response:
    end_session(cora_of(request), request.cookies.get(_COOKIE, ""))
    response = go_to("/app")
    response.delete_cookie(_COOKIE)
    return response


async def home(request: Request, visit: Visit) -> Response:
    return home_page(visit.cora, visit.account, visit.message)


async def decide(request: Request, visit: Visit) -> Response:
    """Approve or refuse one order, or let its time run out."""
    order = orders.order_by_id(visit.cora, request.path_params["id"])
    act = _DECISIONS.get(request.path_params["decision"])
    if order is None or act is None or order["account_id"] != visit.account.id:
        return _back(visit, "Este item não existe mais.")
    try:
        act(visit.cora, order)
    except orders.NotWaiting:
        return _back(visit, "Este item não está mais aguardando aprovação.")
    changed = orders.order_by_id(visit.cora, order["id"])
    assert changed is not None
    told = {"SCHEDULED": "Agendado", "COMPLETED": "Pago"}.get(changed["status"])
    return _back(visit, f"{told or changed['reason']}: {order['name']}, {money(order['amount'])}.")


async def approve_all(request: Request, visit: Visit) -> Response:
    count = await act_on_waiting(visit.cora, visit.account.id, orders.approve)
    return _back(visit, "1 item aprovado." if count == 1 else f"{count} itens aprovados.")


async def statement(request: Request, visit: Visit) -> Response:
    number = request.query_params.get("pagina", "1")
    page_number = int(number) if number.isascii() and number.isdigit() else 1
    until = visit.cora.clock.today() + timedelta(days=1)
    return statement_page(visit.cora, visit.account, max(page_number, 1), date.min, until)


async def receive_money(request: Request, visit: Visit) -> Response:
    if request.method == "GET":
        return receive_page(visit.account)
    form = await read_form(request)
    amount, name = read_money(form.get("amount", "")), form.get("name", "").strip()
    try:
        document = read_document(form.get("document", ""))
    except BadDocument as error:
        return receive_page(visit.account, form, str(error))
    if amount is None or not name or form.get("kind") not in ("PIX", "TRANSFER"):
        return receive_page(visit.account, form, "Informe quem paga e um valor maior que zero.")
    receive(
        visit.cora,
        visit.account.id,
        amount=amount,
        name=name[:120],
        document=document,
        kind=form["kind"],
    )
    return _back(visit, f"{money(amount)} recebidos de {name[:120]}.")


async def consents(request: Request, visit: Visit) -> Response:
    return consents_page(visit.cora, visit.account, visit.message)


async def revoke(request: Request, visit: Visit) -> Response:
    grant = visit.cora.store.row(
        "SELECT id FROM cora_grant WHERE id = ? AND account_id = ?",
        *(request.path_params["id"], visit.account.id),
    )
    if grant is not None:
        end_grants(visit.cora, [grant["id"]])
    leave_message(visit.cora, visit.session, "Acesso revogado.")
    return go_to("/app/integracoes")


def _back(visit: Visit, message: str) -> Response:
    leave_message(visit.cora, visit.session, message)
    return go_to("/app")


_DECISIONS: dict[str, Callable[[Cora, Row], None]] = {
    "aprovar": orders.approve,
    "recusar": orders.refuse,
    "vencer": orders.expire,
}
ROUTES = [
    Route("/app", signed_in(home)),
    Route("/app/entrar", sign_in, methods=["POST"]),
    Route("/app/empresa", choose, methods=["POST"]),
    Route("/app/sair", sign_out, methods=["POST"]),
    Route("/app/extrato", signed_in(statement)),
    Route("/app/receber", signed_in(receive_money), methods=["GET", "POST"]),
    Route("/app/integracoes", signed_in(consents)),
    Route("/app/integracoes/{id:int}/revogar", signed_in(revoke), methods=["POST"]),
    Route("/app/aprovar-todos", signed_in(approve_all), methods=["POST"]),
    Route("/app/itens/{id}/{decision}", signed_in(decide), methods=["POST"]),
]
