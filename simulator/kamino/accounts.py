"""Opening an account, what it is and holds, and the end of its clients."""

import json
from typing import Any

from starlette.responses import Response

from simulator.core import people
from simulator.core.clock import to_micros
from simulator.core.documents import check_digits
from simulator.core.ids import new_id
from simulator.core.journal import record_of
from simulator.core.people import Account, account_by_id
from simulator.kamino import pix_keys, terms, tokens
from simulator.kamino.answers import (
    answer,
    instant,
    invalid,
    is_instant,
    not_found,
    read_body,
    reais,
    refuse,
)
from simulator.kamino.bank import BANK_CODE, BANK_NAME, BRANCH, SLUG, Kamino
from simulator.kamino.calls import Call, once, operation
from simulator.kamino.parties import is_document

# The approver of a company that the simulator did not know; a browser can sign in as her.
_DIRECTOR = ("52998224725", "Ana Souza", "123456")


@operation("accounts.open", by_partner=True)
async def open_account(call: Call) -> Response:
    bank, body = call.bank, await read_body(call.request, "openAccount")
    holder, accepted = body["holder"], body["terms"]
    if not is_instant(accepted["accepted_at"]):
        raise invalid("terms.accepted_at", "O instante precisa do fuso horário.")

    def act(key: str) -> tuple[int, Any]:
        if not is_document(holder["document"]):
            raise refuse("invalid_document", "Os dígitos verificadores do CNPJ não conferem.")
        if accepted["version"] != terms.version(bank):
            raise refuse(
                "terms_outdated",
                "Os termos aceitos não são os que valem hoje. Leia e aceite de novo.",
            )
        held = bank.account(holder["document"])
        status = 201 if held is None else 200
        if held is None:
            name = holder["legal_name"]
            account_id = new_account(bank, holder["document"], name, call.partner, accepted)
            held = account_by_id(bank.store, account_id)
        elif bank.opened(held.id)["partner"] != call.partner:
            raise refuse(
                "account_not_available",
                "Esta empresa já tem Conta Kamino, aberta por outro parceiro.",
            )
        client_id, secret = tokens.new_client(bank, call.partner, held.id, "Kamino")
        credentials = {"client_id": client_id, "client_secret": secret}
        return status, {"account": wire(bank, held), "credentials": credentials}

    return await once(call, body, act)


@operation("account.read")
async def show(call: Call) -> Response:
    return answer(wire(call.bank, call.account))


@operation("account.read")
async def balance(call: Call) -> Response:
    now = to_micros(call.bank.clock.now())
    return answer({"balance": reais(call.account.balance), "as_of": instant(now)})


@operation("")
async def end_credentials(call: Call) -> Response:
    """By the partner, or by another client of the same account."""
    row = call.bank.store.row(
        "SELECT * FROM kamino_client WHERE client_id = ? AND ended_at IS NULL"
        " AND account_id IS NOT NULL",
        call.request.path_params["client_id"],
    )
    if row is None or row["partner"] != call.partner:
        raise not_found()
    if call.account_id not in (None, row["account_id"]):
        raise not_found()
    tokens.end_client(call.bank, row["client_id"])
    record_of(call.request).effect = True
    return Response(status_code=204)


def new_account(
    bank: Kamino, cnpj: str, name: str, partner: str, accepted: dict[str, Any] | None
) -> int:
    """An account that holds nothing. A company without a director gets one."""
    store = bank.store
    with store.write():
        company = store.row("SELECT id FROM company WHERE cnpj = ?", cnpj)
        company_id = company["id"] if company else people.create_company(store, cnpj, name)
        if store.row("SELECT 1 FROM director WHERE company_id = ?", company_id) is None:
            cpf, person, password = _DIRECTOR
            known = store.row("SELECT id FROM person WHERE cpf = ?", cpf)
            person_id = known["id"] if known else people.create_person(store, cpf, person, password)
            people.allow(store, person_id, company_id)
        row = store.row("SELECT count(*) AS n FROM account WHERE bank = ?", SLUG)
        number = str(1_000_001 + (row["n"] if row else 0))
        account_id = people.open_account(
            store, SLUG, company_id, branch=BRANCH, number=number, digit=_digit(number), balance=0
        )
        store.run(
            "INSERT INTO kamino_account (account_id, id, partner, opened_at, accepted)"
            " VALUES (?, ?, ?, ?, ?)",
            *(account_id, new_id("acc_"), partner, to_micros(bank.clock.now())),
            json.dumps(accepted or {}),
        )
        pix_keys.register(bank, cnpj, "cnpj", name, cnpj, account_id)
    return account_id


def wire(bank: Kamino, held: Account) -> dict[str, Any]:
    opened = bank.opened(held.id)
    return {
        "id": opened["id"],
        "bank": {"compe": BANK_CODE, "name": BANK_NAME},
        "branch": held.branch,
        "number": f"{held.number}-{held.digit}",
        "type": "payment",
        "status": opened["status"],
        "holder": {"document": held.cnpj, "legal_name": held.name},
        "opened_at": instant(opened["opened_at"]),
    }


def _digit(number: str) -> str:
    return check_digits(number.rjust(12, "0"))[0]
