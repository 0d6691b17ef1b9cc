"""Which column of a table is which: as a person said it once for the account, by the headings."""

import hashlib
from typing import Any, BinaryIO

from banking.models import ColumnMap, StatementFile
from banking.statements.files import delimited, sheet
from banking.statements.files.columns import Columns, headings_of
from banking.statements.files.detect import Kind
from tenants.scope import tenant_scope

HEADINGS_WITHIN = 60  # rows
TABLES = frozenset({Kind.CSV, Kind.XLSX})


def digest_of_headings(headings: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(headings).encode()).hexdigest()


def columns_of(values: dict[str, Any]) -> Columns:
    """As they were stored."""
    told: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in values.items()
    }
    return Columns(**told)


def first_rows(content: BinaryIO, kind: str) -> list[list[str]]:
    """Of a table, as far as its headings may be.

    Raises:
        UnreadableFile: it cannot be read.
    """
    rows = sheet.first_rows if kind == Kind.XLSX else delimited.first_rows
    return rows(content, HEADINGS_WITHIN)


def columns_for(file: StatementFile, kind: Kind, content: BinaryIO) -> Columns | None:
    """What a person said of this file, or of one with the same headings; None: nothing."""
    if kind not in TABLES:
        return None
    if file.columns is not None:
        return columns_of(file.columns)
    # A blank row is no headings: what was said of a file without any is said of that file alone.
    titles = filter(None, map(headings_of, first_rows(content, kind)))
    digests = [digest_of_headings(headings) for headings in titles]
    with tenant_scope(file.tenant_id):
        known = ColumnMap.objects.of(file.tenant_id).filter(
            bank_account_id=file.bank_account_id, headings__in=digests
        )
        found = known.order_by("-said_at").values_list("columns", flat=True).first()
    return columns_of(found) if found else None
