"""«Aplicativo do banco»: what the directors of a company see and decide, under /app."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.core import people
from simulator.core.documents import BadDocument, read_document
from simulator.core.pages import go_to, money, read_form, read_money
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.kamino import charges_life, payments_life, tokens
from simulator.kamino.app_view import (
    charges_page,
    clients_page,
    companies_page,
    home_page,
    receive_page,
    sign_in_page,
    statement_page,
)
from simulator.kamino.bank import SLUG, Kamino, kamino_of
from simulator.kamino.payments_life import NotWaiting
from simulator.kamino.receiving import pay_charge, receive
from simulator.kamino.sessions import (
    choose_account,
    end_session,
    leave_message,
    new_session,
    session_of,
)

_COOKIE = "kamino_app"


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in person at the account chosen."""

    bank: Kamino
    session: str
    account: Account
    message: str


Page = Callable[[Request, Visit], Awaitable[Response]]


def signed_in(show: Page) -> Callable[[Request], Awaitable[Response]]:
    """Signs in first, and has the company chosen, before the page is shown."""

    async def guarded(request: Request) -> Response:
        bank = kamino_of(request)
        session = session_of(bank, request.cookies.get(_COOKIE, ""))
        if session is None:
            return sign_in_page()
        accounts = people.accounts_of(bank.store, SLUG, session["person_id"])
        account = next((held for held in accounts if held.id == session["account_id"]), None)
        if account is None:
            return companies_page(accounts)
        if session["message"] and request.method == "GET":
            leave_message(bank, session["id"], "")
        return await show(request, Visit(bank, session["id"], account, session["message"]))

    return guarded


async def sign_in(request: Request) -> Response:
    bank, form = kamino_of(request), await read_form(request)
    person = people.sign_in(bank.store, form.get("cpf", ""), form.get("password", ""))
    if person is None:
        return sign_in_page("CPF ou senha não conferem.", form.get("cpf", ""))
    session = new_session(bank, person["id"])
    accounts = people.accounts_of(bank.store, SLUG, person["id"])
    if len(accounts) == 1:
        choose_account(bank, session, accounts[0].id)
    response = go_to("/app")
    response.set_cookie(_COOKIE, session, httponly=True, samesite="lax")
    return response


async def choose(request: Request) -> Response:
    bank, form = kamino_of(request), await read_form(request)
    session = session_of(bank, request.cookies.get(_COOKIE, ""))
    if session is not None:
        accounts = people.accounts_of(bank.store, SLUG, session["person_id"])
        for held in accounts:
            if str(held.id) == form.get("account"):
                choose_account(bank, session["id"], held.id)
    return go_to("/app")


async def change(request: Request, visit: Visit) -> Response:
    choose_account(visit.bank, visit.session, None)
    return go_to("/app")


async def sign_out(request: Request) -> Response:
    end_session(kamino_of(request), request.cookies.get(_COOKIE, ""))
    response = go_to("/app")
    response.delete_cookie(_COOKIE)
    return response


async def home(request: Request, visit: Visit) -> Response:
    return home_page(visit.bank, visit.account, visit.message)


async def decide(request: Request, visit: Visit) -> Response:
    """Approve or refuse one payment, or let its time run out."""
    payment = payments_life.payment_by_id(visit.bank, request.path_params["id"])
    act = _DECISIONS.get(request.path_params["decision"])
    if payment is None or act is None or payment["account_id"] != visit.account.id:
        return _back(visit, "Este item não existe mais.")
    try:
        act(visit.bank, payment)
    except NotWaiting:
        return _back(visit, "Este item não está mais aguardando aprovação.")
    changed = payments_life.payment_by_id(visit.bank, payment["id"])
    assert changed is not None
    told = {"scheduled": "Agendado", "completed": "Pago"}.get(changed["state"])
    about = f"{payment['name']}, {money(payment['amount'])}."
    return _back(visit, f"{told}: {about}" if told else f"{changed['reason']} {about}")


async def approve_all(request: Request, visit: Visit) -> Response:
    """Those that were on the page: what came since is not approved unseen."""
    until = (await read_form(request)).get("until", "0")
    seen = [
        row
        for row in payments_life.waiting(visit.bank, visit.account.id, 50)
        if until.isdigit() and row["seq"] <= int(until)
    ]
    for row in seen:
        payments_life.approve(visit.bank, row)
    return _back(visit, "1 item aprovado." if len(seen) == 1 else f"{len(seen)} itens aprovados.")


async def statement(request: Request, visit: Visit) -> Response:
    number = request.query_params.get("pagina", "1")
    page_number = int(number) if number.isascii() and number.isdigit() else 1
    return statement_page(visit.bank, visit.account, max(page_number, 1))


async def receive_money(request: Request, visit: Visit) -> Response:
    if request.method == "GET":
        return receive_page(visit.account)
    form = await read_form(request)
    amount, name = read_money(form.get("amount", "")), form.get("name", "").strip()
    try:
        document = read_document(form.get("document", ""))
    except BadDocument as error:
        return receive_page(visit.account, form, str(error))
    if amount is None or not name or form.get("kind") not in ("PIX", "TED"):
        return receive_page(visit.account, form, "Informe quem paga e um valor maior que zero.")
    receive(visit.bank, visit.account.id, form["kind"], amount, name[:120], document)
    return _back(visit, f"{money(amount)} recebidos de {name[:120]}.")


async def charges(request: Request, visit: Visit) -> Response:
    return charges_page(visit.bank, visit.account, visit.message)


async def pay(request: Request, visit: Visit) -> Response:
    """As if the payer paid now what it costs today."""
    charge = charges_life.charge_by(visit.bank, "id", request.path_params["id"])
    told = "Esta cobrança não existe mais."
    if charge is not None and charge["account_id"] == visit.account.id:
        is_paid = pay_charge(visit.bank, charge, request.path_params["way"])
        told = "Cobrança paga." if is_paid else "Esta cobrança já foi paga ou cancelada."
    leave_message(visit.bank, visit.session, told)
    return go_to("/app/cobrancas")


async def clients(request: Request, visit: Visit) -> Response:
    return clients_page(visit.bank, visit.account, visit.message)


async def revoke(request: Request, visit: Visit) -> Response:
    client = visit.bank.store.row(
        "SELECT client_id FROM kamino_client WHERE client_id = ? AND account_id = ?",
        *(request.path_params["id"], visit.account.id),
    )
    if client is not None:
        tokens.end_client(visit.bank, client["client_id"])
    leave_message(visit.bank, visit.session, "Acesso revogado.")
    return go_to("/app/integracoes")


def _back(visit: Visit, message: str) -> Response:
    leave_message(visit.bank, visit.session, message)
    return go_to("/app")


_DECISIONS: dict[str, Callable[[Kamino, Row], None]] = {
    "aprovar": payments_life.approve,
    "recusar": payments_life.refuse,
    "vencer": payments_life.expire,
}
ROUTES = [
    Route("/app", signed_in(home)),
    Route("/app/entrar", sign_in, methods=["POST"]),
    Route("/app/empresa", choose, methods=["POST"]),
    Route("/app/trocar", signed_in(change), methods=["POST"]),
    Route("/app/sair", sign_out, methods=["POST"]),
    Route("/app/extrato", signed_in(statement)),
    Route("/app/receber", signed_in(receive_money), methods=["GET", "POST"]),
    Route("/app/cobrancas", signed_in(charges)),
    Route("/app/cobrancas/{id}/{way}", signed_in(pay), methods=["POST"]),
    Route("/app/integracoes", signed_in(clients)),
    Route("/app/integracoes/{id}/revogar", signed_in(revoke), methods=["POST"]),
    Route("/app/aprovar-todos", signed_in(approve_all), methods=["POST"]),
    Route("/app/itens/{id}/{decision}", signed_in(decide), methods=["POST"]),
]
