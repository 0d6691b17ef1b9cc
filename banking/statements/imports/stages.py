"""The work on a statement file: read, compared, then, when a person says so, applied or undone.

What is done is in the rows, so a worker that is killed leaves the rest to the next one. To be
called outside of scopes.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from banking.bank_accounts.news import announce_news
from banking.models import StatementFile
from banking.statements.files.contract import UnreadableFile
from banking.statements.imports.apply import apply_file
from banking.statements.imports.comparison import compare_file, compared_with
from banking.statements.imports.files import hold
from banking.statements.imports.reading import read_file
from banking.statements.imports.undo import undo_batch
from banking.statements.sync import tell_of_statement
from brazil.banking_days import sao_paulo_day
from core import deadline, lease
from core.clock import database_now
from core.errors import DomainError
from core.text import shorten
from tenants.acting import acting_member
from tenants.models import Membership
from tenants.scope import across_tenants, tenant_scope

Status = StatementFile.Status
LASTS = timedelta(minutes=2)
# A file that ends whoever reads it is not read for ever.
MOST_ATTEMPTS = 4
NO_MORE_ACCESS = "Parou: quem pediu não tem mais permissão para trabalhar no extrato."
COLUMNS_ASKED = frozenset({"columns_unknown", "other_headings"})


class LeaseLost(Exception):
    """Another worker has the file by now."""


def unfinished(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, file) of each one with something to do, and nobody who does."""
    with across_tenants():
        files = StatementFile.objects.filter(lease.is_free(now), status__in=StatementFile.AT_WORK)
        return list(files.values_list("tenant_id", "id").order_by("created_at"))


def go_on(tenant_id: UUID, file_id: UUID) -> bool:
    """Work on a file until it is done or the time is up. True: there is more to do."""
    mine = StatementFile.objects.of(tenant_id).filter(id=file_id, status__in=StatementFile.AT_WORK)
    with tenant_scope(tenant_id):
        token = lease.take(mine, LASTS, attempts=F("attempts") + 1)
    if token is None:
        return False

    def renew(**changes: object) -> None:
        with tenant_scope(tenant_id):
            until = database_now() + LASTS
            row = StatementFile.objects.of(tenant_id).filter(id=file_id, lease=token)
            if not row.update(leased_until=until, **changes):
                raise LeaseLost

    try:
        while True:
            is_more = step(tenant_id, file_id, renew)
            renew(attempts=0)
            if not is_more or deadline.is_over():
                return is_more
    except LeaseLost:
        return False
    finally:
        with tenant_scope(tenant_id):
            lease.give_back(StatementFile.objects.of(tenant_id).filter(id=file_id), token)


def step(tenant_id: UUID, file_id: UUID, renew: Callable[[], None]) -> bool:
    """One stage, or a batch of it. False: nothing is left for a worker."""
    with tenant_scope(tenant_id):
        files = StatementFile.objects.of(tenant_id).select_related("bank_account")
        file = files.get(id=file_id)
    match file.status:
        case Status.READING:
            return read(file, renew)
        case Status.COMPARING:
            return compare(file)
        case Status.APPLYING | Status.UNDOING:
            return act(file)
    return False


def read(file: StatementFile, renew: Callable[[], None]) -> bool:
    if file.attempts > MOST_ATTEMPTS:
        return refuse(file, "Não foi possível ler este arquivo: exporte-o de novo no banco.")
    try:
        read_file(file, sao_paulo_day(database_now()), renew)
    except UnreadableFile as error:
        if error.code in COLUMNS_ASKED:
            return ask_columns(file)
        return refuse(file, str(error))
    return True


def ask_columns(file: StatementFile) -> bool:
    with tenant_scope(file.tenant_id):
        reading = StatementFile.objects.of(file.tenant_id).filter(id=file.id, status=Status.READING)
        reading.update(status=Status.MAPPING, columns=None)
    return False


def refuse(file: StatementFile, sentence: str) -> bool:
    with tenant_scope(file.tenant_id):
        reading = StatementFile.objects.of(file.tenant_id).filter(id=file.id, status=Status.READING)
        reading.update(status=Status.REFUSED, fault=shorten(sentence, 300))
        file.chunks.all().delete()
    return False


def compare(file: StatementFile) -> bool:
    with tenant_scope(file.tenant_id):
        held = hold(file)
        if held.status != Status.COMPARING:
            return True
        held.bank_account = file.bank_account
        # Before: what comes while it is compared makes it be compared anew.
        held.compared_with = compared_with(held)
        compare_file(held)
        held.status = Status.READY
        held.save(update_fields=["status", "compared_with"])
    return False


def act(file: StatementFile) -> bool:
    """What the person who asked for it does, as far as their role in the company goes by now."""
    by = acting_of(file)
    if by is None:
        return stop(file, NO_MORE_ACCESS)
    if file.status == Status.UNDOING:
        try:
            return undo_batch(file, by)
        except DomainError as error:
            return stop(file, f"Não foi desfeito por inteiro: {error}")
    if not apply_file(file, by):
        return True
    tell_of_statement(file.bank_account)
    announce_news(file.tenant_id, file.bank_account_id)
    return False


def acting_of(file: StatementFile) -> Membership | None:
    with tenant_scope(file.tenant_id):
        by = acting_member(file.tenant_id, file.acting_id)
    return by if by is not None and by.can_enter else None


def stop(file: StatementFile, why: str) -> bool:
    """A person sees why, and may ask for it again."""
    with tenant_scope(file.tenant_id):
        held = hold(file)
        if held.status in {Status.APPLYING, Status.UNDOING}:
            held.status, held.fault = Status.READY, shorten(why, 300)
            held.save(update_fields=["status", "fault"])
    return False
