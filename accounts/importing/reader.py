"""Read the chart of accounts from a spreadsheet (XLSX). Knows no table.

Columns are found by their headings, in any order: Código, Nome, Nível, Tipo (sintética or
analítica), Natureza, Grupo acima, Código externo, or what other programs call them.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence

from accounts.importing.spreadsheet import (
    ACCOUNT,
    CREDIT,
    DEBIT,
    GROUP,
    HEADINGS,
    LONGEST_CODE,
    MAX_PROBLEMS,
    Problem,
    Row,
    Sheet,
)
from accounts.models import Nature
from core.spreadsheet import (
    HEADINGS_WITHIN,
    Bounds,
    Cell,
    column_letter,
    heading_of,
    open_xlsx,
    plain,
    refused,
)
from core.text import has_letter, read_line, shorten

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 50

KINDS = {
    **dict.fromkeys(
        ("sintetica", "sintetico", "s", "sint", "grupo", "t", "titulo", "totalizadora", "1"), GROUP
    ),
    **dict.fromkeys(("analitica", "analitico", "a", "anal", "conta", "2"), ACCOUNT),
}
NATURES = {
    **dict.fromkeys(("ativo", "contas de ativo", "01"), Nature.ASSET),
    **dict.fromkeys(("passivo", "contas de passivo", "02"), Nature.LIABILITY),
    **dict.fromkeys(("patrimonio liquido", "patrimonio", "pl", "03"), Nature.EQUITY),
    **dict.fromkeys(("receita", "receitas"), Nature.REVENUE),
    **dict.fromkeys(("despesa", "despesas", "custo", "custos"), Nature.EXPENSE),
    "custos e despesas": Nature.EXPENSE,
    **dict.fromkeys(
        ("resultado", "resultados", "contas de resultado", "conta de resultado", "04",
         "receita e despesa", "receitas e despesas", "receita/despesa"),
        Nature.RESULT,
    ),
}  # fmt: skip
# Many charts write under «Natureza» the side on which the balance stands, not the kind of account.
SIDES = {
    **dict.fromkeys(("d", "devedora", "devedor", "debito"), DEBIT),
    **dict.fromkeys(("c", "credora", "credor", "credito"), CREDIT),
    **dict.fromkeys(("d/c", "c/d", "devedora/credora", "credora/devedora", "mista", "ambas"), ""),
}
# What each column is called, the likeliest first: programs of accounting print a structured code
# («Classificação») and beside it a short one («Código», «Reduzido»), which is then the outer code.
CALLED: dict[str, tuple[str, ...]] = {
    "code": (
        "classificacao", "classificador", "classificacao contabil", "classificacao da conta",
        "codigo de classificacao", "codigo estruturado", "codigo estrutural", "codigo",
        "codigo da conta", "codigo conta", "codigo contabil", "cod", "cod da conta", "cod conta",
        "conta contabil", "numero da conta", "conta",
    ),
    "name": (
        "nome", "descricao", "nome da conta", "descricao da conta", "denominacao", "titulo",
        "titulo da conta", "conta",
    ),
    "level": ("nivel", "grau"),
    "kind": (
        "tipo", "tipo da conta", "tipo de conta", "tipo conta", "s/a", "a/s", "t/a", "a/t",
        "sintetica/analitica", "analitica/sintetica", "sintetica ou analitica",
    ),
    "nature": (
        "natureza", "natureza da conta", "natureza conta", "natureza do saldo", "natureza saldo",
        "natureza contabil", "nat", "d/c", "devedora/credora",
    ),
    "parent_code": ("grupo acima", "conta superior", "codigo superior", "conta pai", "grupo pai"),
    "external_code": (
        "codigo externo", "codigo reduzido", "cod reduzido", "reduzido", "conta reduzida",
        "codigo", "cod",
    ),
}  # fmt: skip
NEEDED = {"code": "Código", "name": "Nome", "kind": "Tipo"}
LONGEST = {"code": LONGEST_CODE[ACCOUNT], "name": 120, "external_code": 40, "parent_code": 20}
LONGEST_OF_ANY = 200
EXACT = 10**15  # spreadsheets keep fifteen digits of a number


def read_chart(content: bytes) -> Sheet:
    """The first visible sheet, with everything that is wrong in it (MAX_PROBLEMS at the most).

    Raises:
        InvalidInput: it is no spreadsheet that can be read, or is too large; `field` is «file».
    """
    opened = open_xlsx(content, Bounds(MAX_BYTES, MAX_ROWS, MAX_COLUMNS))
    return Reader(opened.name, opened.formulas).read(opened.lines)


class Reader:
    """Reads lines of cells into rows, and keeps what is wrong with them."""

    def __init__(self, name: str, formulas: frozenset[str]) -> None:
        self.sheet = Sheet(name)
        self.formulas = formulas
        self.columns: dict[str, int] = {}
        self.seen: dict[str, int] = {}

    def read(self, lines: Sequence[list[Cell]]) -> Sheet:
        start = self.find_headings(lines)
        filled = [
            (number, cells)
            for number, cells in enumerate(lines[start:], start + 1)
            if any(str(cell).strip() for cell in cells) or self.has_formula(number, len(cells))
        ]
        if not filled:
            raise refused(
                f"A planilha «{self.sheet.name}» não tem nenhuma linha abaixo do título.",
                code="no_rows",
            )
        for number, cells in filled:
            before = len(self.sheet.problems)
            row = self.row(number, cells)
            if len(self.sheet.problems) == before:
                self.sheet.rows.append(row)
            if len(self.sheet.problems) >= MAX_PROBLEMS:
                break
        return self.sheet

    def find_headings(self, lines: Sequence[list[Cell]]) -> int:
        """The number of the line with the headings; what follows are rows."""
        for number, cells in enumerate(lines[:HEADINGS_WITHIN], 1):
            found = columns_of(cells)
            if "code" in found and "name" in found:
                self.columns = found
                missing = [heading for key, heading in NEEDED.items() if key not in found]
                if missing:
                    raise refused(f"Falta a coluna «{missing[0]}».", code="missing_column")
                return number
        raise refused(
            f"Não há uma linha com os títulos das colunas. São eles: {', '.join(HEADINGS)}.",
            code="no_headings",
        )

    def row(self, line: int, cells: list[Cell]) -> Row:
        code = self.code(line, cells, "code")
        if code and code in self.seen:
            self.wrong(line, f"o código {code} já está na linha {self.seen[code]}.", "code")
        self.seen.setdefault(code, line)
        nature = self.one_of(
            line, cells, "nature", {each: each for each in (*NATURES, *SIDES)},
            "use " + ", ".join(Nature.labels) + ", ou D e C.",
        )  # fmt: skip
        return Row(
            line=line,
            code=code,
            name=self.text(line, cells, "name"),
            kind=self.one_of(line, cells, "kind", KINDS, "use Sintética ou Analítica."),
            level=self.level(line, cells),
            nature=NATURES.get(nature, ""),
            parent_code=self.code(line, cells, "parent_code"),
            external_code=self.text(line, cells, "external_code"),
            side=SIDES.get(nature, ""),
        )

    def cell(self, line: int, cells: list[Cell], column: str) -> Cell:
        position = self.columns.get(column)
        if position is None:
            return ""
        if f"{column_letter(position + 1)}{line}" in self.formulas:
            self.wrong(line, "tem uma fórmula. Cole o valor no lugar dela.", column)
            return ""
        return cells[position] if position < len(cells) else ""

    def text(self, line: int, cells: list[Cell], column: str) -> str:
        cell = self.cell(line, cells, column)
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        text = read_line(str(cell))
        if not text and column in NEEDED and not self.is_formula(line, column):
            self.wrong(line, f"falta {NEEDED[column].lower()}.", column)
        longest = LONGEST.get(column, LONGEST_OF_ANY)
        if len(text) > longest:
            what = "o código" if column in {"code", "parent_code"} else "o texto"
            self.wrong(line, f"{what} tem {len(text)} caracteres; o máximo é {longest}.", column)
            return ""
        if column == "name" and text and not has_letter(text):
            self.wrong(line, "o nome precisa ter pelo menos uma letra ou um número.", column)
        return text

    def code(self, line: int, cells: list[Cell], column: str) -> str:
        """A code that the spreadsheet took for a number or a day may not be what was typed."""
        position = self.columns.get(column)
        cell = cells[position] if position is not None and position < len(cells) else ""
        if isinstance(cell, float) and not cell.is_integer():
            self.wrong(
                line,
                "o código está em formato de número, e 1.10 vira 1.1. Formate a coluna como texto.",
                column,
            )
            return ""
        if isinstance(cell, dt.date | dt.time | dt.timedelta | bool):
            self.wrong(
                line, "o código está em formato de data. Formate a coluna como texto.", column
            )
            return ""
        if isinstance(cell, float) and abs(cell) >= EXACT:
            self.wrong(
                line, "o código tem dígitos demais para um número. Formate a coluna como texto.",
                column,
            )  # fmt: skip
            return ""
        return tidy_code(self.text(line, cells, column))

    def level(self, line: int, cells: list[Cell]) -> int | None:
        text = self.text(line, cells, "level")
        if not text:
            return None
        if not text.isdecimal() or not 1 <= int(text) <= MAX_COLUMNS:
            self.wrong(line, f"«{text}» não é um nível: use 1, 2, 3…", "level")
            return None
        return int(text)

    def one_of(
        self, line: int, cells: list[Cell], column: str, words: Mapping[str, str], told: str
    ) -> str:
        text = self.text(line, cells, column)
        word = plain(text).replace(" / ", "/").rstrip(".")
        if text and word not in words:
            self.wrong(line, f"«{shorten(text, 40)}» é inválido: {told}", column)
        return str(words.get(word, ""))

    def has_formula(self, line: int, width: int) -> bool:
        return any(f"{column_letter(n + 1)}{line}" in self.formulas for n in range(width))

    def is_formula(self, line: int, column: str) -> bool:
        return f"{column_letter(self.columns[column] + 1)}{line}" in self.formulas

    def wrong(self, line: int, text: str, column: str) -> None:
        letter = column_letter(self.columns[column] + 1)
        self.sheet.problems.append(Problem(line, text, letter))


def columns_of(cells: list[Cell]) -> dict[str, int]:
    """Where each column stands, if these are headings. A cell heads one column only."""
    headings = [heading_of(str(cell)[:LONGEST_OF_ANY]) for cell in cells]
    found: dict[str, int] = {}
    for column, names in CALLED.items():
        free = [name for name in names if name in headings]
        free = [name for name in free if headings.index(name) not in found.values()]
        if free:
            found[column] = headings.index(free[0])
    return found


def tidy_code(text: str) -> str:
    """A code without blanks around its points and without a point at its end."""
    code = re.sub(r" ?\. ?", ".", unicodedata.normalize("NFKC", text))
    return code.rstrip(".") or text
