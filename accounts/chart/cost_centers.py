"""Cost centres: made, renamed, archived and taken into use again; and what came of each.

None is deleted: what was told by it stays so. Every act locks the company's chart, so two people's
acts follow each other.
"""

import datetime as dt
import json
import re
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils import timezone

from accounts.chart.edit import changes_since
from accounts.chart.setup import lock_chart
from accounts.models import CostCenter, JournalLine
from audit.acts import Act
from audit.services import record
from core.errors import InvalidInput, InvalidState
from core.text import fold
from tenants.models import Tenant, User

CODE = re.compile(r"[0-9A-Za-z]+([./-][0-9A-Za-z]+)*")
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class CenterDetails:
    """What a person decides about a centre."""

    name: str
    code: str = ""


def make_center(tenant: Tenant, details: CenterDetails, *, by: User | None) -> CostCenter:
    """Runs inside the company's scope.

    Raises:
        InvalidInput: the code is malformed or taken, or the name is that of another in use.
            `field` names which.
    """
    lock_chart(tenant.id)
    center = CostCenter(tenant=tenant)
    check_details(center, details)
    center.name, center.code = details.name, details.code
    center.save()
    record(Act.COST_CENTER_CHANGED, on=center, by=by, why="Centro criado.", after=words_of(center))
    return center


def change_center(
    center: CostCenter, details: CenterDetails, *, seen: str, by: User | None
) -> None:
    """`seen` is `as_seen` of when the page was opened. Runs inside the company's scope.

    Raises:
        InvalidInput: somebody changed it since; else as `make_center`.
    """
    hold_center(center)
    before = words_of(center)
    if changed := changes_since(seen, before):
        raise InvalidInput(
            "Outra pessoa alterou este registro enquanto você editava, e nada foi gravado. "
            f"{changed} Confira a sua alteração e grave de novo.",
            code="changed_by_another",
        )
    check_details(center, details)
    center.name, center.code = details.name, details.code
    write(center, before, by=by)


def archive_center(center: CostCenter, *, by: User | None) -> None:
    """Close it to new entries. Again: no change. Runs inside the company's scope."""
    hold_center(center)
    if center.is_archived:
        return
    before = words_of(center)
    center.archived_at = timezone.now()
    write(center, before, by=by)


def restore_center(center: CostCenter, *, by: User | None) -> None:
    """Take it into use again. Runs inside the company's scope.

    Raises:
        InvalidState: another one that is in use has its name.
    """
    hold_center(center)
    if not center.is_archived:
        return
    if same := named_alike(center, center.name):
        raise InvalidState(
            f"«{same}» já usa este nome: mude o nome de um dos dois antes.", code="name_taken"
        )
    before = words_of(center)
    center.archived_at = None
    write(center, before, by=by)


def hold_center(center: CostCenter) -> None:
    """As it is now, until the transaction ends; entries that are written with it come first."""
    lock_chart(center.tenant_id)
    center.refresh_from_db(from_queryset=CostCenter.objects.select_for_update())


def check_details(center: CostCenter, details: CenterDetails) -> None:
    if details.code and not CODE.fullmatch(details.code):
        raise InvalidInput(
            "Use letras ou números, com pontos, barras ou hifens entre eles, como FIL-02.",
            field="code",
        )
    others = CostCenter.objects.of(center.tenant_id).exclude(id=center.id)
    if details.code and (taken := others.filter(code=details.code).first()):
        raise InvalidInput(
            f"Este código já é usado por «{taken}».", field="code", code="code_taken"
        )
    if not center.is_archived and (same := named_alike(center, details.name)):
        raise InvalidInput(
            f"Já existe o centro de custo «{same}».", field="name", code="name_taken"
        )


def named_alike(center: CostCenter, name: str) -> CostCenter | None:
    """Another one in use; accents and case do not tell them apart."""
    others = CostCenter.objects.of(center.tenant_id).open().exclude(id=center.id)
    found: CostCenter | None = others.filter(name_folded=fold(name)).first()
    return found


def write(center: CostCenter, before: dict[str, str], *, by: User | None) -> None:
    after = words_of(center)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return
    center.save()
    record(
        Act.COST_CENTER_CHANGED,
        on=center,
        by=by,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )


def words_of(center: CostCenter) -> dict[str, str]:
    """What a person can change of it, as it is read on the screen."""
    return {
        "Código": center.code or "nenhum",
        "Nome": center.name,
        "Situação": "arquivado" if center.is_archived else "em uso",
    }


def as_seen(center: CostCenter) -> str:
    return json.dumps(words_of(center), ensure_ascii=False)


# --- The register ---


@dataclass(frozen=True, slots=True)
class CenterRow:
    center: CostCenter
    entries: int = 0
    result: Decimal = ZERO  # revenue less expense


def centers_of(tenant: Tenant, since: dt.date, until: dt.date) -> list[CenterRow]:
    """Those in use first, each with its entries of these days, both included. Two queries."""
    lines = JournalLine.objects.of(tenant).filter(
        cost_center__isnull=False, day__gte=since, day__lte=until
    )
    told = lines.order_by().values_list("cost_center")
    summed = {
        center_id: (entries, -held)
        for center_id, entries, held in told.annotate(
            entries=Count("entry", distinct=True), held=Sum("amount")
        )
    }
    centers = CostCenter.objects.of(tenant).order_by("code", "name_folded")
    rows = [CenterRow(center, *summed.get(center.id, (0, ZERO))) for center in centers]
    return sorted(rows, key=lambda row: row.center.is_archived)
