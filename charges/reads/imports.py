"""Imports as the pages show them: how far one is, and its rows, wrong ones first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db import models
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from charges.importing.columns import BY_KEY, OF_KIND
from charges.importing.rows import rows_of
from charges.models import ImportedCharge, ImportFile, ImportRow
from core.plurals import counted
from tenants.models import Tenant

Kind, Status, State, Fate = (
    ImportFile.Kind, ImportFile.Status, ImportRow.State, ImportRow.PayerFate
)  # fmt: skip
PAGE = 25  # a wrong row is a form
PAGE_OF_LINES = 100
RECENT = 10
# What a line of the table says of a row.
IN_TABLE = ("name", "description", "due_date", "amount")


class Show(models.TextChoices):
    """Which rows are shown; the names stand in the address."""

    WRONG = "erros", "Com erro"
    DOUBTFUL = "duvidas", "Em dúvida"
    GOOD = "prontas", "Prontas"
    IMPORTED = "importadas", "Importadas"
    OUT = "fora", "Não entram"
    UNDONE = "desfeitas", "Desfeitas"


STATES: Mapping[str, tuple[str, ...]] = {
    Show.WRONG: (State.WRONG,),
    Show.DOUBTFUL: (State.DOUBTFUL,),
    Show.GOOD: (State.GOOD,),
    Show.IMPORTED: (State.IMPORTED,),
    Show.OUT: (State.KNOWN, State.SKIPPED),
    Show.UNDONE: (State.UNDONE,),
}
AS_FORMS = (Show.WRONG, Show.DOUBTFUL)


@dataclass(frozen=True, slots=True)
class Totals:
    """By state: how many rows, and the sum of their charges."""

    counts: Mapping[str, int]
    sums: Mapping[str, Decimal]
    charges: int  # that were made
    payers: int  # that were put on the register

    def count(self, show: str) -> int:
        return sum(self.counts.get(state, 0) for state in STATES[show])

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def unchecked(self) -> int:
        return self.counts.get(State.UNCHECKED, 0)

    @property
    def wrong(self) -> int:
        return self.count(Show.WRONG)

    @property
    def doubtful(self) -> int:
        return self.count(Show.DOUBTFUL)

    @property
    def good(self) -> int:
        return self.count(Show.GOOD)

    @property
    def imported(self) -> int:
        return self.count(Show.IMPORTED)

    @property
    def out(self) -> int:
        return self.count(Show.OUT)

    @property
    def undone(self) -> int:
        return self.count(Show.UNDONE)

    @property
    def good_sum(self) -> Decimal:
        return self.sums.get(State.GOOD, Decimal("0.00"))

    @property
    def imported_sum(self) -> Decimal:
        return self.sums.get(State.IMPORTED, Decimal("0.00"))


def totals_of(file: ImportFile) -> Totals:
    """Three queries."""
    rows = rows_of(file)
    grouped = list(
        rows.values("state")
        .annotate(count=Count("id"), sum=Coalesce(Sum("amount"), Decimal("0.00")))
        .order_by()
    )
    made = ImportedCharge.objects.of(file.tenant_id).filter(row__file=file)
    return Totals(
        counts={each["state"]: each["count"] for each in grouped},
        sums={each["state"]: each["sum"] for each in grouped},
        charges=made.count(),
        payers=rows.exclude(payer_fate=Fate.NOT_MADE).count(),
    )


@dataclass(frozen=True, slots=True)
class Cell:
    key: str
    title: str
    text: str
    fault: str
    mark: str
    help: str


@dataclass(frozen=True)
class ShownRow:
    row: ImportRow
    kind: str

    @property
    def title(self) -> str:
        cells = self.row.cells
        said = [cells.get("name") or cells.get("document", "")]
        if self.kind == Kind.CHARGES:
            said += [cells.get("amount", ""), cells.get("due_date", "")]
        return " · ".join(text for text in said if text) or "Sem dados"

    @cached_property
    def cells(self) -> list[Cell]:
        return [self.cell(column.key) for column in OF_KIND[self.kind]]

    @property
    def wrong(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.fault]

    @property
    def right(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.fault]

    @property
    def filled(self) -> list[Cell]:
        return [cell for cell in self.right if cell.text]

    @property
    def marks(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.mark]

    @property
    def in_table(self) -> list[Cell]:
        return [self.cell(key) for key in IN_TABLE]

    def cell(self, key: str) -> Cell:
        row, column = self.row, BY_KEY[key]
        return Cell(
            key=key,
            title=column.title,
            text=row.cells.get(key, ""),
            fault=row.faults.get(key, "") if row.state == State.WRONG else "",
            mark=row.marks.get(key, ""),
            help=column.help,
        )

    @property
    def instalments(self) -> str:
        count = self.row.cells.get("instalments", "")
        return f"em {count}" if count not in ("", "1") else ""


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[ShownRow]
    following: int | None  # the line after which the next page begins


def are_forms(file: ImportFile, show: str) -> bool:
    """Whether the rows ask something, and may be answered."""
    return show in AS_FORMS and file.status == Status.READY


def read_page(file: ImportFile, show: str, after: int) -> Page:
    """One query."""
    size = PAGE if are_forms(file, show) else PAGE_OF_LINES
    rows = rows_of(file).filter(state__in=STATES[show], line__gt=after).order_by("line")
    found = list(rows[: size + 1])
    following = found[size - 1].line if len(found) > size else None
    return Page([ShownRow(row, file.kind) for row in found[:size]], following)


def shown_first(file: ImportFile, totals: Totals) -> Show:
    """What a person has to do with comes first; of an undone import what stays."""
    order = (Show.IMPORTED, Show.UNDONE) if file.status == Status.UNDONE else tuple(Show)
    return next((show for show in order if totals.count(show)), Show.WRONG)


@dataclass(frozen=True, slots=True)
class Progress:
    text: str
    percent: int | None


def progress_of(file: ImportFile, totals: Totals) -> Progress:
    if file.status == Status.READING:
        return Progress("Lendo o arquivo…", None)
    if file.status == Status.CHECKING:
        done = totals.total - totals.unchecked
        return Progress(
            f"Conferindo: {done} de {counted(totals.total, 'linha', 'linhas')}.",
            percent(done, totals.total),
        )
    if file.status == Status.IMPORTING:
        size = totals.imported + totals.good
        return Progress(
            f"Importando: {totals.imported} de {counted(size, 'linha', 'linhas')}.",
            percent(totals.imported, size),
        )
    size = totals.imported + totals.undone
    return Progress(
        f"Desfazendo: {totals.undone} de {counted(size, 'linha', 'linhas')}.",
        percent(totals.undone, size),
    )


def percent(done: int, size: int) -> int:
    return 100 * done // size if size else 0


def recent_imports(tenant: Tenant) -> list[ImportFile]:
    files = ImportFile.objects.of(tenant).exclude(status=Status.DISCARDED)
    return list(files.select_related("created_by").order_by("-created_at")[:RECENT])
