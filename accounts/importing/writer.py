"""Write the chart of accounts to a spreadsheet (XLSX)."""

from collections.abc import Iterable

from accounts.importing.spreadsheet import HEADINGS, Row
from accounts.models import Nature
from core.workbook import Column, Sheet, write_xlsx

WIDTHS = (16, 44, 8, 12, 20, 16, 18)


def write_chart(rows: Iterable[Row]) -> bytes:
    """All cells are text, so that 1.10 stays 1.10 and a name that begins with = is a name."""
    columns = [Column(title, width) for title, width in zip(HEADINGS, WIDTHS, strict=True)]
    return write_xlsx([Sheet("Plano de contas", columns, (cells_of(row) for row in rows))])


def cells_of(row: Row) -> tuple[str, ...]:
    return (
        row.code,
        row.name,
        "" if row.level is None else str(row.level),
        row.kind,
        Nature(row.nature).label if row.nature else "",
        row.parent_code,
        row.external_code,
    )
