"""«Receber»: money comes in, as if a client paid now."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.app.visits import Visit
from simulator.core.documents import BadDocument, read_document
from simulator.core.pages import esc, field, money, note, read_form, read_money
from simulator.core.receiving import Credit


async def receive_money(request: Request, visit: Visit[Any]) -> Response:
    if request.method == "GET":
        return _form(visit, {})
    form = await read_form(request)
    amount, name = read_money(form.get("amount", "")), form.get("name", "").strip()[:120]
    try:
        document = read_document(form.get("document", ""))
    except BadDocument as error:
        return _form(visit, form, str(error))
    kind = form.get("kind", "")
    if amount is None or not name or kind not in visit.app.receiving.kinds:
        return _form(visit, form, "Informe quem paga e um valor maior que zero.")
    credit = Credit(kind, amount, name, document)
    visit.app.receiving.receive(visit.bank, visit.account, credit)
    return visit.back(f"{money(amount)} recebidos de {name}.")


def _form(visit: Visit[Any], given: dict[str, str], problem: str = "") -> Response:
    kinds = visit.app.receiving.kinds
    chosen = given.get("kind") if given.get("kind") in kinds else next(iter(kinds))
    options = "".join(
        f'<label class="option"><input type="radio" name="kind" value="{kind}"'
        f"{' checked' if kind == chosen else ''}>{label}</label>"
        for kind, label in kinds.items()
    )
    body = f"""<h1>Receber dinheiro</h1>
<p class="muted">Como se um cliente pagasse agora para {esc(visit.account.name)}.</p>{note(problem)}
<form method="post" class="card stack">
{field("Quem paga", "name", given.get("name", ""), more='required maxlength="120"')}
{field("CPF ou CNPJ", "document", given.get("document", ""), more="required")}
{field("Valor", "amount", given.get("amount", ""), more='inputmode="decimal" required')}
<fieldset><legend>Meio</legend>
{options}</fieldset>
<button class="main">Receber</button></form>"""
    return visit.page("Receber", "/app/receber", body, status=422 if problem else 200)
