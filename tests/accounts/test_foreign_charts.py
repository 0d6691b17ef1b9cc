"""Charts as programs of accounting print them: what they call columns, kinds, natures and codes."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from accounts.chart.setup import move_group
from accounts.chart.tree import chart_of
from accounts.importing.apply import apply_import, rows_of
from accounts.importing.natures import nature_named
from accounts.importing.plan import plan_import
from accounts.importing.reader import read_chart
from accounts.importing.spreadsheet import ACCOUNT, GROUP
from accounts.importing.writer import write_chart
from accounts.models import Account, ClassificationGroup, Nature
from core.errors import InvalidInput
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import account_of, make_entry
from tests.accounts.groups import group_of, made
from tests.accounts.xlsx import book
from tests.cast import sign_in

pytestmark = pytest.mark.django_db

TITLES = ["Código", "Nome", "Tipo", "Natureza"]


@pytest.fixture
def empty(tenant: Tenant) -> Tenant:
    """The company without the chart that it began with."""
    with tenant_scope(tenant.id):
        Account.objects.of(tenant).delete()
        while groups := ClassificationGroup.objects.of(tenant).filter(children=None):
            ClassificationGroup.objects.filter(id__in=[group.id for group in groups]).delete()
    return tenant


def bring(tenant: Tenant, by: User, *lines: list, titles: list[str] = TITLES) -> None:
    sheet = read_chart(book(*lines, titles=titles))
    assert [str(problem) for problem in sheet.problems] == []
    with tenant_scope(tenant.id):
        plan = plan_import(tenant, sheet.rows)
        assert [str(problem) for problem in plan.problems] == []
        apply_import(tenant, sheet.rows, shown=plan.fingerprint, by=by)


def problems(tenant: Tenant, *lines: list, titles: list[str] = TITLES) -> list[int]:
    """The lines that are wrong."""
    sheet = read_chart(book(*lines, titles=titles))
    with tenant_scope(tenant.id):
        found = sheet.problems or plan_import(tenant, sheet.rows).problems
    return [problem.line for problem in found]


def natures(tenant: Tenant) -> dict[str, str]:
    with tenant_scope(tenant.id):
        return dict(ClassificationGroup.objects.of(tenant).values_list("code", "nature"))


# --- Natures within others ----------------------------------------------------------------


def test_equity_stands_within_the_liabilities(empty: Tenant, admin: User) -> None:
    bring(
        empty,
        admin,
        ["2", "Passivo", "S", "Passivo"],
        ["2.3", "Patrimônio líquido", "S", "Patrimônio líquido"],
        ["2.3.01", "Capital social", "A", "Patrimônio líquido"],
    )

    assert natures(empty) == {"2": "passivo", "2.3": "patrimonio"}
    assert account_of(empty, "2.3.01").nature == Nature.EQUITY


def test_revenue_and_expense_stand_within_the_result(empty: Tenant, admin: User) -> None:
    bring(
        empty,
        admin,
        ["3", "Contas de resultado", "S", "Resultado"],
        ["3.1", "Vendas", "S", "Receita"],
        ["3.1.01", "Mercadorias", "A", "Receita"],
        ["3.2", "Pessoal", "S", "Despesa"],
        ["3.2.01", "Salários", "A", "Despesa"],
        ["3.3", "Apuração", "S", ""],
        ["3.3.01", "Resultado do exercício", "A", ""],
    )

    assert natures(empty) == {
        "3": "resultado", "3.1": "receita", "3.2": "despesa", "3.3": "resultado",
    }  # fmt: skip
    with tenant_scope(empty.id):
        assert [a.code for a in Account.objects.expense_accounts(empty)] == ["3.2.01"]


def test_a_result_that_is_told_as_one_of_its_parts_holds_both(empty: Tenant, admin: User) -> None:
    bring(
        empty,
        admin,
        ["3", "Resultado", "S", "Receita"],
        ["3.1", "Resultado operacional", "S", "Receita"],
        ["3.1.1", "Vendas", "S", "Receita"],
        ["3.1.2", "Pessoal", "S", "Despesa"],
        ["3.2", "Resultado financeiro", "S", "Receita"],
    )

    assert natures(empty) == {
        "3": "resultado", "3.1": "resultado", "3.1.1": "receita", "3.1.2": "despesa",
        "3.2": "receita",
    }  # fmt: skip


def test_what_is_imported_so_comes_back_as_it_was(empty: Tenant, admin: User) -> None:
    bring(
        empty,
        admin,
        ["2", "Passivo", "S", "Passivo"],
        ["2.3", "Patrimônio líquido", "S", "PL"],
        ["3", "Resultado", "S", "Resultado"],
        ["3.1", "Receitas", "S", "Receita"],
    )
    with tenant_scope(empty.id):
        written = write_chart(rows_of(empty))
        back = plan_import(empty, read_chart(written).rows)

    assert (back.problems, back.is_empty) == ([], True)


@pytest.mark.parametrize(
    "lines",
    [
        [["1", "Ativo", "S", "Ativo"], ["1.1", "Reservas", "S", "Patrimônio líquido"]],
        [["2", "Passivo", "S", "Passivo"], ["2.1", "Vendas", "S", "Receita"]],
        [["4", "Receitas", "S", "Receita"], ["4.1", "Pessoal", "S", "Despesa"]],
        [["2", "Passivo", "S", "Passivo"], ["2.01", "Capital", "A", "Patrimônio líquido"]],
        [["3", "Resultado", "S", "Resultado"], ["3.01", "Aluguel", "A", "Despesa"]],
    ],
    ids=str,
)
def test_other_natures_do_not_stand_in_each_other(empty: Tenant, lines: list) -> None:
    assert problems(empty, *lines) == [3]


def test_what_is_wider_agrees_with_its_part(empty: Tenant, admin: User) -> None:
    """Some tell only the top group of each account, as the SPED does."""
    bring(
        empty,
        admin,
        ["2", "Passivo", "S", "02"],
        ["2.3", "Patrimônio líquido", "S", "03"],
        ["2.3.01", "Capital social", "A", "02"],
        ["3", "Resultado", "S", "04"],
        ["3.1", "Receitas", "S", "04"],
        ["3.1.01", "Vendas", "A", "04"],
    )

    assert natures(empty) == {
        "2": "passivo", "2.3": "patrimonio", "3": "resultado", "3.1": "receita",
    }  # fmt: skip


# --- D and C ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("debit", "credit"), [("D", "C"), ("Devedora", "Credora"), ("devedor", "credor"), ("D.", "C.")]
)
def test_the_side_of_the_balance_is_no_nature(
    empty: Tenant, admin: User, debit: str, credit: str
) -> None:
    bring(
        empty,
        admin,
        ["1", "ATIVO", "S", debit],
        ["1.1", "Imobilizado", "S", debit],
        ["1.1.02", "(-) Depreciação acumulada", "A", credit],
        ["2", "PASSIVO", "S", credit],
        ["2.1", "Fornecedores", "S", credit],
        ["2.3", "PATRIMÔNIO LÍQUIDO", "S", credit],
        ["2.3.01", "(-) Capital a integralizar", "A", debit],
        ["3", "CONTAS DE RESULTADO", "S", "D / C"],
        ["3.1", "Operação", "S", ""],
        ["3.1.1", "Vendas", "S", credit],
        ["3.1.1.01", "Mercadorias", "A", credit],
        ["3.1.2", "Pessoal", "S", debit],
        ["3.1.2.01", "Salários", "A", debit],
    )

    assert natures(empty) == {
        "1": "ativo", "1.1": "ativo", "2": "passivo", "2.1": "passivo", "2.3": "patrimonio",
        "3": "resultado", "3.1": "resultado", "3.1.1": "receita", "3.1.2": "despesa",
    }  # fmt: skip


def test_a_top_group_whose_name_tells_nothing_has_to_tell_its_nature(empty: Tenant) -> None:
    assert problems(empty, ["9", "Outras", "S", "D"]) == [2]


@pytest.mark.parametrize(
    ("name", "nature"),
    [
        ("ATIVO", "ativo"),
        ("Ativo circulante", "ativo"),
        ("PASSIVO E PATRIMÔNIO LÍQUIDO", "passivo"),
        ("Patrimonio Liquido", "patrimonio"),
        ("RECEITAS", "receita"),
        ("(-) Deduções da receita bruta", "receita"),
        ("Custos dos produtos vendidos", "despesa"),
        ("Despesas operacionais", "despesa"),
        ("Contas de Resultado", "resultado"),
        ("Receitas e despesas financeiras", "resultado"),
        ("Ativação de clientes", ""),
        ("Compensação", ""),
    ],
)
def test_a_name_tells_a_nature_or_none(name: str, nature: str) -> None:
    assert nature_named(name) == nature


# --- Columns, kinds and codes -------------------------------------------------------------


@pytest.mark.parametrize(
    "titles",
    [
        ["Classificação", "Descrição", "Tipo", "Natureza"],
        ["CLASSIFICADOR", "Descrição da Conta", "T/A", "D/C"],
        ["Cód. Conta", "Denominação", "Tipo (S/A)", "Natureza (D/C)"],
        ["Conta Contábil", "Nome da conta", "S/A", "Nat."],
        ["Código\u200b", "Conta", "Tipo da conta:", "Natureza *"],
        ["Conta", "Descrição", "Tipo T/A", "Natureza do saldo"],
    ],
    ids=str,
)
def test_columns_are_known_by_what_others_call_them(titles: list[str]) -> None:
    (row,) = read_chart(book(["1", "Ativo", "S", "Ativo"], titles=titles)).rows

    assert (row.code, row.name, row.kind, row.nature) == ("1", "Ativo", GROUP, "ativo")


def test_the_short_code_beside_a_classification_is_the_outer_one() -> None:
    titles = ["Código", "Classificação", "Descrição", "Tipo"]
    (row,) = read_chart(book([77, "1.1.01", "Caixa", "A"], titles=titles)).rows

    assert (row.code, row.external_code, row.name) == ("1.1.01", "77", "Caixa")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("S", GROUP), ("T", GROUP), ("t", GROUP), ("Título", GROUP), ("Totalizadora", GROUP),
        ("1", GROUP), (1, GROUP), ("Sint.", GROUP), ("A", ACCOUNT), ("2", ACCOUNT), (2, ACCOUNT),
        ("Anal.", ACCOUNT), ("Analítica", ACCOUNT),
    ],
)  # fmt: skip
def test_kinds_are_known_by_what_others_call_them(word: Any, kind: str) -> None:
    (row,) = read_chart(book(["1.1", "Caixa", word, ""], titles=TITLES)).rows

    assert row.kind == kind


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("6.", "6"), ("6.1.", "6.1"), ("\u200b6.1\ufeff", "6.1"), ("6 . 1", "6.1"), (6, "6"),
        (1110001, "1110001"), ("\u00a06.1", "6.1"), ("６．１", "6.1"), ("6.1 .", "6.1"), (".", "."),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_code_is_read_without_what_stands_around_it(typed: Any, code: str) -> None:
    (row,) = read_chart(book([typed, "Caixa", "A", ""], titles=TITLES)).rows

    assert row.code == code


def test_codes_that_are_the_same_then_are_told() -> None:
    lines = ["6.", "Frota", "S", "Despesa"], ["6", "Veículos", "S", "Despesa"]

    assert [problem.line for problem in read_chart(book(*lines, titles=TITLES)).problems] == [3]


@pytest.mark.parametrize(
    "code",
    ["5." + "1" * 19, "1." * 30 + "1", "1" * 300, 12345678901234567890],
    ids=["a group", "any", "very", "a number"],
)
def test_a_code_that_is_too_long_is_told_with_its_line(tenant: Tenant, code: Any) -> None:
    """Whatever else the file holds; nothing of it is written."""
    lines = [["5.9", "Frota", "S", ""], [code, "Óleo", "S", ""], ["5.9.01", "Pneus", "A", ""]]
    before = natures(tenant)

    assert problems(tenant, *lines) == [3]
    assert natures(tenant) == before


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "---"], ids=ascii)
def test_a_name_that_nobody_sees_is_told_with_its_line(tenant: Tenant, name: str) -> None:
    assert problems(tenant, ["5.9", name, "S", ""]) == [2]


def test_what_nobody_sees_goes_out_of_a_name(tenant: Tenant, admin: User) -> None:
    bring(tenant, admin, ["5.9", "\u202eatorF\u200b\nleve", "S", ""])

    assert group_of(tenant, "5.9").name == "atorF leve"


# --- On the page, in the sums and in the database -------------------------------------------


def test_the_page_makes_equity_within_the_liabilities(tenant: Tenant) -> None:
    assert made(tenant, "2.3", parent="2", nature=Nature.EQUITY).nature == Nature.EQUITY
    with pytest.raises(InvalidInput) as refused:
        made(tenant, "2.4", parent="2", nature=Nature.REVENUE)
    assert (refused.value.field, refused.value.code) == ("nature", "another_nature")


def test_a_name_on_the_page_has_a_letter(client: Client, admin: User, tenant: Tenant) -> None:
    sign_in(client, admin, tenant)
    form = {"code": "6", "name": "\u3164", "nature": "despesa", "parent": "", "seen": ""}

    refused = client.post(reverse("accounts:new_group"), form)

    assert refused.status_code == 422
    assert refused.context["form"].has_error("name", "no_letter")
    client.post(reverse("accounts:new_group"), form | {"name": "\u202eFro\u200bta"})
    assert group_of(tenant, "6").name == "Frota"


def test_the_preview_tells_the_nature_of_each_new_group(
    client: Client, admin: User, tenant: Tenant
) -> None:
    sign_in(client, admin, tenant)
    content = book(["7", "CONTAS DE RESULTADO", "T", "D/C"], titles=TITLES)

    page = client.post(
        reverse("accounts:import"), {"file": SimpleUploadedFile("plano.xlsx", content)}
    )

    assert page.context["plan"].groups[0].nature == Nature.RESULT
    assert f">{Nature.RESULT.label}<" in page.content.decode()


def test_equity_moves_under_the_liabilities_and_back(tenant: Tenant) -> None:
    move_group(group_of(tenant, "3"), parent=group_of(tenant, "2"))
    assert group_of(tenant, "3").parent == group_of(tenant, "2")
    move_group(group_of(tenant, "3"), parent=None)

    with pytest.raises(InvalidInput) as refused:
        move_group(group_of(tenant, "2"), parent=group_of(tenant, "3"))
    assert refused.value.code == "another_nature"


def test_the_result_is_revenue_less_expense(tenant: Tenant) -> None:
    result = made(tenant, "6", parent="", nature=Nature.RESULT)
    for code in ("4", "5"):
        move_group(group_of(tenant, code), parent=result)
    make_entry(tenant, "1000.00", debit="1.1.1.01", credit="4.1.01")
    make_entry(tenant, "150.00", debit="5.2.01", credit="1.1.1.01")

    with tenant_scope(tenant.id):
        tops = {branch.group.code: branch for branch in chart_of(tenant)}

    assert tops["6"].amount == Decimal("850.00")
    assert [branch.amount for branch in tops["6"].branches] == [Decimal(1000), Decimal(150)]
    assert tops["1"].amount == Decimal("850.00")


NATURE = "UPDATE accounts_classificationgroup SET nature = %s WHERE tenant_id = %s AND code = %s"
PARENT = (
    "UPDATE accounts_classificationgroup SET parent_id = (SELECT id FROM "
    "accounts_classificationgroup WHERE tenant_id = %s AND code = %s) "
    "WHERE tenant_id = %s AND code = %s"
)


def execute(sql: str, values: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize(("parent", "child"), [("1", "3"), ("3", "2"), ("5", "4"), ("2", "5")])
def test_the_database_refuses_what_does_not_stand_within(
    tenant: Tenant, parent: str, child: str
) -> None:
    with pytest.raises(IntegrityError, match="group_nature_of_parent"), tenant_scope(tenant.id):
        execute(PARENT, [tenant.id, parent, tenant.id, child])


def test_the_database_refuses_a_nature_that_does_not_hold_what_is_under_it(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        execute(PARENT, [tenant.id, "2", tenant.id, "3"])
    with pytest.raises(IntegrityError, match="group_nature_of_parent"), tenant_scope(tenant.id):
        execute(NATURE, ["patrimonio", tenant.id, "2"])


def test_the_database_looks_at_the_end_of_the_transaction(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        execute(PARENT, [tenant.id, "1", tenant.id, "3"])
        execute(PARENT, [tenant.id, "2", tenant.id, "3"])

    assert group_of(tenant, "3").parent == group_of(tenant, "2")
