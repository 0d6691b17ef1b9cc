"""Acts on the row of a line, as the page sends them."""

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from banking.models import StatementLine
from reconciliation.matches.hold import versions_of
from reconciliation.models import Match
from tenants.scope import tenant_scope

HTMX = {"HX-Request": "true"}


def url(name: str, row: StatementLine) -> str:
    return reverse(f"reconciliation:{name}", args=[row.id])


def seen(row: StatementLine) -> int:
    with tenant_scope(row.tenant_id):
        return versions_of(row.tenant_id, [row.id])[row.id]


def post(client: Client, name: str, row: StatementLine, **typed: Any) -> Any:
    return client.post(url(name, row), {"seen": seen(row), **typed}, headers=HTMX)


def toast(answer: Any) -> dict[str, str]:
    return json.loads(answer.headers["HX-Trigger"])["toast"]


def match_of(row: StatementLine) -> Match:
    with tenant_scope(row.tenant_id):
        rows = Match.objects.of(row.tenant_id).filter(lines__statement_line=row)
        found: Match = rows.latest("made_at")
    return found


def item(kind: str, row: Any) -> str:
    return f"{kind}:{row.id}"
