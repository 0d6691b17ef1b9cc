"""What the chart and the journal tell, word by word."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.chart.archive import archive_account, archive_group
from accounts.chart.cost_centers import restore_center
from accounts.chart.edit import as_seen, change_group
from accounts.chart.setup import move_group, open_bank_account_leaf
from accounts.importing.plan import plan_import
from accounts.importing.reader import MAX_BYTES, MAX_ROWS, read_chart
from accounts.journal.entries import post_entry
from accounts.journal.postings import Posting
from core.errors import DomainError, InvalidInput, InvalidState
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, account_of, make_entry
from tests.accounts.centers import archived, make_cost_center, make_entry_of
from tests.accounts.groups import details_of, group_of
from tests.accounts.xlsx import book

# --- A spreadsheet that cannot be read ----------------------------------------------------

UNREADABLE = (
    "Não foi possível ler este arquivo como planilha XLSX. Abra-o no programa de planilhas "
    "e salve como «.xlsx»."
)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"codigo;nome", UNREADABLE),
        (
            bytes.fromhex("d0cf11e0a1b11ae1"),
            "O arquivo tem senha ou é do formato antigo. Salve-o como «.xlsx», sem senha.",
        ),
        (b"PK" + b"\x00" * MAX_BYTES, "O arquivo passa de 5 MB."),
        (
            book(["1", "Ativo"], titles=["A", "B"]),
            "Não há uma linha com os títulos das colunas. São eles: Código, Nome, Nível, Tipo, "
            "Natureza, Grupo acima, Código externo.",
        ),
        (book(["1", "Ativo"], titles=["Código", "Nome"]), "Falta a coluna «Tipo»."),
        (book(), "A planilha «Sheet» não tem nenhuma linha abaixo do título."),
    ],
    ids=["csv", "old or locked", "too large", "no titles", "a title missing", "no rows"],
)
def test_a_file_that_cannot_be_read(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_chart(content)

    assert str(refused.value) == sentence


def test_a_sheet_that_is_too_long() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_chart(book(*[[str(n), "Conta", 1, "S"] for n in range(MAX_ROWS + 30)]))

    assert str(refused.value) == (
        "A planilha «Sheet» vai até a linha 20.031 e a coluna 7: o máximo é de 20.000 linhas e "
        "50 colunas. Divida-a em partes, ou apague o que sobra, e tente de novo."
    )


# --- Cells, and rows that cannot be imported ----------------------------------------------

CELLS = {
    "a code that became a number": (
        [1.1, "Caixa", 2, "A"],
        "Linha 2, célula A2: o código está em formato de número, e 1.10 vira 1.1. "
        "Formate a coluna como texto.",
    ),
    "a code that became a day": (
        [dt.datetime(2026, 1, 1), "Caixa", 2, "A"],
        "Linha 2, célula A2: o código está em formato de data. Formate a coluna como texto.",
    ),
    "no name": (["1", "", 1, "S"], "Linha 2, célula B2: falta nome."),
    "no code": (["", "Ativo", 1, "S"], "Linha 2, célula A2: falta código."),
    "no type": (["1", "Ativo", 1, ""], "Linha 2, célula D2: falta tipo."),
    "an unknown type": (
        ["1", "Ativo", 1, "Mista"],
        "Linha 2, célula D2: «Mista» é inválido: use Sintética ou Analítica.",
    ),
    "an unknown nature": (
        ["1", "Ativo", 1, "S", "Bens"],
        "Linha 2, célula E2: «Bens» é inválido: use Ativo, Passivo, Patrimônio líquido, "
        "Receita, Despesa, Resultado, ou D e C.",
    ),
    "a level that is none": (
        ["1", "Ativo", "alto", "S"],
        "Linha 2, célula C2: «alto» não é um nível: use 1, 2, 3…",
    ),
    "a formula": (
        ["1", '=CONCATENATE("A","tivo")', 1, "S"],
        "Linha 2, célula B2: tem uma fórmula. Cole o valor no lugar dela.",
    ),
    "a formula for a code": (
        ["=1+1", "Ativo", 1, "S"],
        "Linha 2, célula A2: tem uma fórmula. Cole o valor no lugar dela.",
    ),
    "a name that is too long": (
        ["1", "x" * 121, 1, "S"],
        "Linha 2, célula B2: o texto tem 121 caracteres; o máximo é 120.",
    ),
}


@pytest.mark.parametrize(("line", "sentence"), CELLS.values(), ids=CELLS)
def test_a_cell_that_is_wrong(line: list, sentence: str) -> None:
    assert [str(problem) for problem in read_chart(book(line)).problems] == [sentence]


def test_a_code_that_comes_twice() -> None:
    sheet = read_chart(book(["1", "Ativo", 1, "S"], ["1", "Outro", 1, "S"]))

    assert [str(problem) for problem in sheet.problems] == [
        "Linha 3, célula A3: o código 1 já está na linha 2."
    ]


ROWS = {
    "a missing level": (
        [["5.8.1.01", "Óleo", 4, "A"]],
        ["Linha 2: falta o grupo «5.8.1»: inclua uma linha para ele."],
    ),
    "a level that skips one": (
        [["5.8", "Frota", 3, "S"]],
        ["Linha 2: o nível informado é 3, mas o grupo acima, «5», é do nível 1: deveria ser 2."],
    ),
    "a level that skips one without points": (
        [["7", "Outros", 1, "S", "Receita"], ["7101", "Conta", 3, "A"]],
        ["Linha 3: falta um grupo do nível 2 antes desta linha."],
    ),
    "a loop": (
        [["8", "A", "", "S", "Ativo", "9"], ["9", "B", "", "S", "Ativo", "8"]],
        [
            "Linha 2: o grupo está dentro dele mesmo: 8 → 9 → 8.",
            "Linha 3: o grupo está dentro dele mesmo: 9 → 8 → 9.",
        ],
    ),
    "a loop with the chart": (
        [["1.1", "Ativo circulante", "", "S", "Ativo", "1.1.1.1"]],
        ["Linha 2: o grupo está dentro dele mesmo: 1.1 → 1.1.1.1 → 1.1.1 → 1.1."],
    ),
    "itself as the group above": (
        [["8", "A", "", "S", "Ativo", "8"]],
        ["Linha 2: o grupo está dentro dele mesmo: 8 → 8."],
    ),
    "below an account of the file": (
        [["5.8", "Óleo", 2, "A"], ["5.8.1", "Motor", 3, "A"]],
        ["Linha 3: «5.8» é analítica e não pode ter nada abaixo dela."],
    ),
    "below an account of the chart": (
        [["5.2.01.1", "Sala", 4, "A"]],
        ["Linha 2: «5.2.01» é analítica e não pode ter nada abaixo dela."],
    ),
    "an account that becomes a group": (
        [["5.2.01", "Aluguel", 3, "S"]],
        ["Linha 2: «5.2.01 Aluguel» é analítica e não pode virar sintética."],
    ),
    "a group that becomes an account": (
        [["5.2", "Ocupação", 2, "A"]],
        ["Linha 2: «5.2 Ocupação» é sintética e não pode virar analítica."],
    ),
    "an account at the top": (
        [["90", "Solta", 1, "A"]],
        ["Linha 2: falta o grupo da conta."],
    ),
    "a new group at the top without nature": (
        [["9", "Outros", 1, "S"]],
        ["Linha 2: informe a natureza: não há grupo acima."],
    ),
    "another nature than the group above": (
        [["5.8", "Frota", 2, "S", "Ativo"]],
        ["Linha 2: um grupo de ativo não cabe dentro de «5 Despesas», que é de despesa."],
    ),
    "another nature than the group has": (
        [["5.2", "Ocupação", 2, "S", "Receita"]],
        ["Linha 2: a natureza de «5.2 Ocupação» é despesa e não pode ser alterada."],
    ),
    "an account of another nature than its group": (
        [["5.2.09", "Venda", 3, "A", "Receita"]],
        ["Linha 2: uma conta de receita não cabe em «5.2 Ocupação», que é de despesa."],
    ),
    "an account that needs a group of its nature": (
        [["2.1.09", "Capital", 3, "A", "Patrimônio líquido"]],
        [
            "Linha 2: uma conta de patrimônio líquido não cabe em «2.1 Passivo circulante», que "
            "é de passivo. Inclua nele um grupo de patrimônio líquido."
        ],
    ),
    "an account moved to another nature": (
        [["5.2.01", "Aluguel", "", "A", "", "4.1"]],
        ["Linha 2: a natureza deve ser a do grupo e não pode ser alterada."],
    ),
    "a malformed code": (
        [["5..8", "Frota", 2, "S"]],
        [
            "Linha 2: o código «5..8» é inválido: use letras ou números separados por pontos, "
            "como 1.1.2."
        ],
    ),
    "a code that is too long": (
        [["5." + "1" * 19, "Frota", 2, "S"]],
        [
            "Linha 2: o código «5.1111111111111111111» tem 21 caracteres; o máximo de uma "
            "sintética é 20."
        ],
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("lines", "sentences"), ROWS.values(), ids=ROWS)
def test_a_row_that_cannot_be_imported(tenant: Tenant, lines: list, sentences: list[str]) -> None:
    assert told_of_rows(tenant, *lines) == sentences


@pytest.mark.django_db
def test_a_row_of_an_archived_account(tenant: Tenant) -> None:
    archive_account(account_of(tenant, "5.2.02"))

    assert told_of_rows(tenant, ["5.2.02", "Luz", 3, "A"]) == [
        "Linha 2: «5.2.02 Energia elétrica» está arquivado: reative-o antes de importar."
    ]


def told_of_rows(tenant: Tenant, *lines: list) -> list[str]:
    sheet = read_chart(book(*lines))
    assert sheet.problems == []
    with tenant_scope(tenant.id):
        return [str(problem) for problem in plan_import(tenant, sheet.rows).problems]


# --- The chart and the journal ------------------------------------------------------------


def of_two_at_once(tenant: Tenant) -> None:
    group = group_of(tenant, "5.2")
    seen = as_seen(group)
    change_group(group, details_of(group, name="Imóveis"), seen=seen, by=None)
    change_group(group, details_of(group, name="Prédios"), seen=seen, by=None)


def of_a_taken_code(tenant: Tenant) -> None:
    group = group_of(tenant, "5.2")
    change_group(group, details_of(group, code="5.2.01"), seen=as_seen(group), by=None)


def of_a_loop(tenant: Tenant) -> None:
    move_group(group_of(tenant, "1.1"), parent=group_of(tenant, "1.1.1.1"))


def of_a_balance(tenant: Tenant) -> None:
    make_entry(tenant, "150.00")
    archive_account(account_of(tenant, "5.2.01"))


def of_a_bank_leaf(tenant: Tenant) -> None:
    archive_account(open_bank_account_leaf(tenant, name="Cora 0001 / 1"))


def of_the_bank_home(tenant: Tenant) -> None:
    archive_group(group_of(tenant, "1.1.1.1"))


def of_a_group_in_use(tenant: Tenant) -> None:
    archive_group(group_of(tenant, "5.2"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            of_two_at_once,
            "Outra pessoa alterou este registro enquanto você editava, e nada foi gravado. "
            "Nome agora é «Imóveis». Confira a sua alteração e grave de novo.",
        ),
        (of_a_taken_code, "Este código já é usado por «5.2.01 Aluguel»."),
        (of_a_loop, "Um grupo não pode ficar dentro dele mesmo."),
        (
            of_a_balance,
            "A conta 5.2.01 Aluguel ainda tem saldo de R$ 150,00. "
            "Transfira o saldo antes de arquivar.",
        ),
        (
            of_a_bank_leaf,
            "«1.1.1.1.01 Cora 0001 / 1» é a Conta do Ativo de uma conta bancária: escolha outra "
            "para ela em «Integrações bancárias» antes de arquivar.",
        ),
        (
            of_the_bank_home,
            "«1.1.1.1 Contas Correntes» é o grupo padrão das contas bancárias: escolha outro "
            "antes de arquivar.",
        ),
        (
            of_a_group_in_use,
            "«5.2 Ocupação» tem contas ou grupos em uso: arquive-os ou mude-os de grupo antes.",
        ),
    ],
)
def test_what_the_chart_refuses(tenant: Tenant, act, sentence: str) -> None:
    with pytest.raises(DomainError) as refused, tenant_scope(tenant.id):
        act(tenant)

    assert str(refused.value).replace("\u00a0", " ") == sentence


@pytest.mark.django_db
def test_what_the_journal_refuses(tenant: Tenant) -> None:
    archive_account(account_of(tenant, "5.2.02"))

    with pytest.raises(InvalidState) as refused:
        make_entry(tenant, debit="5.2.02")

    assert str(refused.value) == (
        "A conta 5.2.02 Energia elétrica está arquivada e não recebe lançamentos."
    )


# --- Cost centres -------------------------------------------------------------------------


def test_a_centre_that_is_archived_and_an_account_that_takes_none(tenant: Tenant) -> None:
    center = make_cost_center(tenant, "Filial", "F-02")
    debt, rent = account_of(tenant, "2.1.1.01"), account_of(tenant, "5.2.01")
    lines = [Posting(debt, Decimal(-1), center), Posting(rent, Decimal(1), center)]

    with pytest.raises(InvalidInput) as no_result:
        post_entry(tenant, date=DAY, memo="X", lines=lines)
    with pytest.raises(InvalidState) as old:
        make_entry_of(archived(center))

    assert str(no_result.value) == (
        "A conta 2.1.1.01 Fornecedores nacionais não leva centro de custo: só as de receita e "
        "despesa levam."
    )
    assert (
        str(old.value) == "O centro de custo F-02 Filial está arquivado e não recebe lançamentos."
    )


def test_a_code_or_a_name_that_is_taken(tenant: Tenant) -> None:
    make_cost_center(tenant, "Filial", "F-02")

    for (name, code), sentence in {
        ("Loja", "F-02"): "Este código já é usado por «F-02 Filial».",
        ("FILIÁL", ""): "Já existe o centro de custo «F-02 Filial».",
        ("Loja", "a b"): (
            "Use letras ou números, com pontos, barras ou hifens entre eles, como FIL-02."
        ),
    }.items():
        with pytest.raises(InvalidInput) as refused:
            make_cost_center(tenant, name, code)
        assert str(refused.value) == sentence


def test_a_centre_whose_name_another_has_taken(tenant: Tenant) -> None:
    old = archived(make_cost_center(tenant, "Filial"))
    make_cost_center(tenant, "Filial", "F-02")

    with tenant_scope(tenant.id), pytest.raises(InvalidState) as refused:
        restore_center(old, by=None)

    assert str(refused.value) == (
        "«F-02 Filial» já usa este nome: mude o nome de um dos dois antes."
    )
