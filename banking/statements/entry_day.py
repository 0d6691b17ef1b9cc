"""An entry is dated on the day on which the money moved, which is that of its bank line."""

from accounts.journal.entries import confirm_date, redate_entry
from accounts.models import JournalEntry
from audit.acts import Act
from audit.services import record
from banking.models import StatementLine


def on_day_of(line: StatementLine, entry: JournalEntry) -> JournalEntry:
    """The entry, written again where its day is not the one on which the money moved.

    Raises:
        InvalidState: one of its accounts is archived.
    """
    if entry.date == line.booked_on:
        if entry.is_provisional:
            confirm_date(entry)
        return entry
    why = f"o extrato mostra o movimento em {line.booked_on:%d/%m/%Y}"
    return redate_entry(entry, date=line.booked_on, why=why)


def record_redating(former: JournalEntry, entry: JournalEntry) -> None:
    record(
        Act.ENTRY_REDATED,
        on=entry,
        by=None,
        why="O extrato do banco mostra o movimento em outro dia.",
        before={"Data": f"{former.date:%d/%m/%Y}"},
        after={"Data": f"{entry.date:%d/%m/%Y}"},
    )
