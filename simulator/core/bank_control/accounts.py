"""Settings of a bank, people, accounts, and titles that can be paid."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.core import people
from simulator.core.bank_control.bank import BankControl, NewTitle
from simulator.core.boleto import BadLine, read_line
from simulator.core.control import ControlError, change_groups, read_body
from simulator.core.given import day, document, text, whole
from simulator.core.orders import B
from simulator.core.people import account_of_company


async def settings(control: BankControl[B], request: Request) -> Response:
    """All of them; with PATCH, changed first: all that are given, or none."""
    bank = control.state_of(request)
    if request.method == "PATCH":
        change_groups(bank.store, {control.slug: bank.settings}, await read_body(request))
    return JSONResponse(asdict(bank.settings))


async def create_person(control: BankControl[B], request: Request) -> Response:
    """Somebody who may sign in, and the `companies` that they direct."""
    store, body = control.state_of(request).store, await read_body(request)
    cpf = document(body, "cpf")
    with store.write():
        person = people.create_person(store, cpf, text(body, "name"), text(body, "password"))
        for cnpj in body.get("companies", []):
            row = store.row("SELECT id FROM company WHERE cnpj = ?", cnpj)
            if row is None:
                raise ControlError(f"Não há empresa com o CNPJ {cnpj}.")
            people.allow(store, person, row["id"])
    return JSONResponse({"cpf": cpf}, 201)


async def create_account(control: BankControl[B], request: Request) -> Response:
    """The account of a company, which begins with `balance`."""
    bank, body = control.state_of(request), await read_body(request)
    cnpj = document(body, "cnpj")
    if account_of_company(bank.store, control.slug, cnpj) is not None:
        raise ControlError("Esta empresa já tem conta.")
    with bank.store.write():
        control.open_account(bank, cnpj, body)
    return JSONResponse(control.account_json(bank, cnpj), 201)


async def accounts(control: BankControl[B], request: Request) -> Response:
    bank = control.state_of(request)
    rows = bank.store.rows(
        "SELECT cnpj FROM account JOIN company ON company.id = company_id WHERE bank = ?"
        " ORDER BY account.id",
        control.slug,
    )
    return JSONResponse([control.account_json(bank, row["cnpj"]) for row in rows])


async def one_account(control: BankControl[B], request: Request) -> Response:
    bank = control.state_of(request)
    return JSONResponse(control.account_json(bank, request.path_params["cnpj"]))


async def create_title(control: BankControl[B], request: Request) -> Response:
    """Register a title; without `line` a new one is made from amount and due date."""
    bank, body = control.state_of(request), await read_body(request)
    due_date = day(body, "due_date")
    try:
        if "line" in body:
            line = read_line(text(body, "line"), bank.clock.today())
        else:
            line = control.new_line(bank, whole(body, "amount"), due_date)
    except BadLine as error:
        raise ControlError(str(error)) from None
    title = NewTitle(
        line,
        creditor=str(body.get("creditor", "Fornecedor Exemplo ME")),
        document=str(body.get("document", "60316817000103")),
        amount=whole(body, "amount", line.amount_cents),
        due_date=due_date or line.due_date,
        fine=whole(body, "fine", 0),
        interest=whole(body, "interest", 0),
    )
    return JSONResponse(dict(control.register_title(bank, title)), 201)
