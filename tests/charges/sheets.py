"""Spreadsheets of payers and charges as people make them, and what the product makes of them."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from accounts.models import Account
from charges.importing.files import Sent, begin_import, begin_undo, receive_file
from charges.importing.stages import go_on
from charges.models import ImportFile, ImportRow
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.accounts.xlsx import book
from tests.banking.factories import reread

PAYER_TITLES = ["CPF/CNPJ", "Nome", "CEP", "Rua", "Número", "Bairro", "Cidade", "UF", "E-mails"]
TITLES = ["CPF/CNPJ", "Nome", "Valor", "Vencimento", "Descrição", "Nº do documento"]
CNPJ, CPF = "11.222.333/0001-81", "529.982.247-25"
DUE = "10/12/2026"


def line(**changes: Any) -> list[Any]:
    """A charge, by the headings of TITLES."""
    values = {
        "document": CNPJ, "name": "Padaria Aurora Ltda", "amount": "1.250,00", "due": DUE,
        "description": "Manutenção", "number": "NF 1",
    } | changes  # fmt: skip
    return list(values.values())


def address(**changes: Any) -> list[Any]:
    """A payer, by the headings of PAYER_TITLES."""
    values = {
        "document": CNPJ, "name": "Padaria Aurora Ltda", "zip": "01310-100",
        "street": "Avenida Paulista", "number": "1000", "district": "Bela Vista",
        "city": "São Paulo", "state": "SP", "emails": "a@aurora.example; b@aurora.example",
    } | changes  # fmt: skip
    return list(values.values())


def send(
    tenant: Tenant,
    lines: Sequence[list[Any]],
    *,
    by: Membership,
    titles: list[Any] | None = None,
    kind: str = "charges",
    **more: Any,
) -> ImportFile:
    """Sent; nobody was at it yet. Rows that name no classification are revenue of services."""
    usual = TITLES if kind == "charges" else PAYER_TITLES
    content = more.pop("content", None) or book(*lines, titles=titles or usual)
    with tenant_scope(tenant.id):
        revenue = Account.objects.of(tenant).select_related("group").get(code="4.1.01")
        more.setdefault("revenue_account", revenue)
        sent = Sent(kind=kind, name="vendas.xlsx", content=content, **more)
        return receive_file(tenant, sent, by=by)


def work(file: ImportFile) -> ImportFile:
    """Workers are at it until nothing is left to do."""
    while go_on(file.tenant_id, file.id):
        pass
    return reread(file)


def checked(tenant: Tenant, *lines: list[Any], by: Membership, **more: Any) -> ImportFile:
    return work(send(tenant, lines, by=by, **more))


def imported(tenant: Tenant, *lines: list[Any], by: Membership, **more: Any) -> ImportFile:
    file = checked(tenant, *lines, by=by, **more)
    with tenant_scope(tenant.id):
        begin_import(file, by=by)
    return work(file)


def undone(file: ImportFile, by: Membership) -> ImportFile:
    with tenant_scope(file.tenant_id):
        begin_undo(file, by=by)
    return work(file)


def rows(file: ImportFile) -> list[ImportRow]:
    with tenant_scope(file.tenant_id):
        return list(ImportRow.objects.of(file.tenant_id).filter(file=file).order_by("line"))


def states(file: ImportFile) -> list[str]:
    return [row.state for row in rows(file)]


def read_back(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    return [list(cells) for cells in sheet.iter_rows(values_only=True)]
