"""The chart of accounts as a spreadsheet (XLSX): its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_PROBLEMS = 50
GROUP, ACCOUNT = "Sintética", "Analítica"
LONGEST_CODE = {GROUP: 20, ACCOUNT: 24}
DEBIT, CREDIT = "D", "C"
HEADINGS = ("Código", "Nome", "Nível", "Tipo", "Natureza", "Grupo acima", "Código externo")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the sheet. `level` is None and the texts are empty where it says nothing."""

    line: int
    code: str
    name: str
    kind: str  # GROUP or ACCOUNT
    level: int | None = None
    nature: str = ""
    parent_code: str = ""
    external_code: str = ""
    side: str = ""  # DEBIT or CREDIT: where the balance stands

    @property
    def is_group(self) -> bool:
        return self.kind == GROUP


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps the file from being imported, and where."""

    line: int
    text: str
    column: str = ""  # a letter

    def __str__(self) -> str:
        where = f"Linha {self.line}"
        if self.column:
            where += f", célula {self.column}{self.line}"
        return f"{where}: {self.text}"


@dataclass(slots=True)
class Sheet:
    name: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def parts_of(code: str) -> Iterator[str]:
    """The codes above a dotted one, the nearest first: 1.1.2 → 1.1, 1."""
    while "." in code:
        code = code.rpartition(".")[0]
        yield code
