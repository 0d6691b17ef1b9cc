"""Rows of a file, and writing many of them by one statement.

`bulk_update` makes an expression of each value of each row, which took most of the time of a file.
"""

import json
from collections.abc import Sequence

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from charges.models import ImportFile, ImportRow
from tenants.models import TenantQuerySet

TYPES = {
    "cells": "jsonb", "unread": "jsonb", "remarks": "jsonb", "faults": "jsonb", "marks": "jsonb",
    "doubt": "text", "accepted": "boolean", "key": "text", "amount": "numeric", "state": "text",
    "payer_id": "uuid", "payer_fate": "text", "stays": "text",
}  # fmt: skip
WRITTEN = """
UPDATE charges_importrow AS r SET {changes}
FROM jsonb_to_recordset(%s::jsonb) AS v (id uuid, {types})
WHERE r.tenant_id = %s AND r.id = v.id
"""


def rows_of(file: ImportFile) -> TenantQuerySet:
    """Of any state, in no order."""
    return ImportRow.objects.of(file.tenant_id).filter(file=file)


def write_rows(rows: Sequence[ImportRow], columns: Sequence[str]) -> None:
    """Write these columns of rows of one company, which the caller holds. Runs inside its scope."""
    if not rows:
        return
    values = [{"id": row.id} | {name: getattr(row, name) for name in columns} for row in rows]
    statement = WRITTEN.format(
        changes=", ".join(f"{name} = v.{name}" for name in columns),
        types=", ".join(f"{name} {TYPES[name]}" for name in columns),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(values, cls=DjangoJSONEncoder), rows[0].tenant_id])
