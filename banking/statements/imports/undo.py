"""Take a file back: its sources go, and lines that nobody else told are withdrawn."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.expressions import RawSQL
from django.utils.module_loading import import_string

from audit.acts import Act
from audit.services import record
from banking.models import Allocation, LineSource, StatementFile, StatementLine
from banking.statements.allocation import undo_allocation
from banking.statements.imports.apply import hold_account
from banking.statements.imports.balances import restate_balances
from banking.statements.imports.files import hold
from core.clock import database_now
from core.money import format_brl
from core.plurals import counted
from tenants.models import Membership
from tenants.scope import tenant_scope

Status = StatementFile.Status
BATCH = 100


@dataclass(frozen=True, slots=True)
class Effect:
    """What taking a file back does."""

    withdrawn: int
    amount: Decimal
    kept: int  # lines that somebody else told too
    allocated: int  # of those that go: parts that are taken apart first, of no match
    matched: list[str]  # sentences of the apps above, of matches that are undone

    @property
    def sentences(self) -> list[str]:
        sign = "−" if self.amount < 0 else ""
        said = [
            f"{counted(self.withdrawn, 'linha sai', 'linhas saem')} do extrato "
            f"({sign}R$\u00a0{format_brl(abs(self.amount))})."
        ]
        if self.kept:
            said.append(
                f"{counted(self.kept, 'fica', 'ficam')}: o banco ou outro arquivo também informa."
            )
        if self.allocated and not self.matched:
            said.append(
                f"{counted(self.allocated, 'conciliação é desfeita', 'conciliações são desfeitas')}"
                ": o lançamento contábil fica, sem linha no extrato."
            )
        return said + self.matched


def effect_of_undoing(file: StatementFile) -> Effect:
    """Runs inside the company's scope."""
    going = lines_only_of(file)
    found = going.aggregate(count=Count("id"), amount=Sum("amount"))
    told = LineSource.objects.of(file.tenant_id).filter(file=file).count()
    return Effect(
        withdrawn=found["count"],
        amount=found["amount"] or Decimal(0),
        kept=told - found["count"],
        allocated=allocations_of(file).count(),
        matched=import_string(settings.WITHDRAWAL_EFFECT)(file.tenant_id, going),
    )


def lines_only_of(file: StatementFile) -> Any:
    """Lines that the file told and nobody else did.

    Of a file that has just come the database knows no numbers, and would hold each line against
    each source: their ids are asked first.
    """
    sources = LineSource.objects.of(file.tenant_id).filter(file=file)
    others = LineSource.objects.filter(
        Q(file=None) | ~Q(file=file), tenant_id=file.tenant_id, line=OuterRef("line")
    )
    mine = list(sources.filter(~Exists(others)).values_list("line", flat=True))
    ids = RawSQL("SELECT unnest(%s::uuid[])", [mine])
    return StatementLine.objects.of(file.tenant_id).filter(id__in=ids, is_from_file=True)


def allocations_of(file: StatementFile) -> Any:
    standing = Allocation.objects.of(file.tenant_id).standing()
    return standing.filter(statement_line__in=lines_only_of(file))


def undo_batch(file: StatementFile, by: Membership) -> bool:
    """Undo some conciliations; when none is left, withdraw the lines, all at once. True: there is
    more to do. To be called outside of scopes.

    Raises:
        DomainError: something stands on one of the conciliations; they are left as they are.
    """
    with tenant_scope(file.tenant_id):
        account = hold_account(file)
        held = hold(file)
        if held.status != Status.UNDOING:
            return False
        held.bank_account = account
        if import_string(settings.ON_WITHDRAWAL)(lines_only_of(held), by=by):
            return True
        standing = list(allocations_of(held).order_by("id")[:BATCH])
        for allocation in standing:
            undo_allocation(allocation, by=by)
        if standing:
            return True
        going = list(lines_only_of(held).order_by("id").values_list("id", flat=True))
        # Held: an allocation that is under way is seen, or refused.
        lines = StatementLine.objects.of(held.tenant_id).filter(id__in=going)
        list(lines.select_for_update(no_key=True).order_by("id").values_list("id", flat=True))
        if allocations_of(held).exists():
            return True
        LineSource.objects.of(held.tenant_id).filter(file=held).delete()
        withdrawn = lines.update(withdrawn_at=database_now())
        held.status, held.undone_at = Status.UNDONE, database_now()
        held.save(update_fields=["status", "undone_at"])
        restate_balances(account)
        for name in settings.ON_LINES_WITHDRAWN:
            import_string(name)(account)
        record(
            Act.STATEMENT_UNDONE,
            on=held,
            by=by.user,
            after={
                "Arquivo": held.name,
                "Conta": str(account),
                "Saíram": counted(withdrawn, "linha", "linhas"),
            },
        )
    return False
