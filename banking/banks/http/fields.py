"""What the banks' readings of an answer share. Each bank's own `wire/fields.py` has the rest."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from banking.banks.contract.errors import BankUnavailable
from banking.banks.http.json import Json
from brazil.pix import is_valid_end_to_end_id
from core.text import read_line, shorten

Read = TypeVar("Read")
NotRead = TypeVar("NotRead")


class UnreadableAnswer(BankUnavailable):
    """A bank answered a read with something that its documentation does not describe.

    Each bank has a subclass that says `who`: «O banco Cora».
    """

    who: ClassVar[str]

    def __init__(self, field: str) -> None:
        super().__init__(
            f"{self.who} respondeu algo que não conseguimos ler (campo {field}). "
            "Tente de novo em alguns minutos."
        )
        self.field = field


@dataclass(frozen=True, slots=True)
class SharedFields:
    """Readings that are the same at every bank; what is not as they say raises the bank's error."""

    unreadable: type[UnreadableAnswer]

    def object_of(self, value: Json, field: str) -> dict[str, Json]:
        if not isinstance(value, dict):
            raise self.unreadable(field)
        return value

    def optional_object(self, value: Json, field: str) -> dict[str, Json]:
        """An empty one when it is null or missing."""
        return {} if value is None else self.object_of(value, field)

    def list_of(self, value: Json, field: str) -> list[Json]:
        if not isinstance(value, list):
            raise self.unreadable(field)
        return value

    def text_of(self, value: Json, field: str, *, longest: int = 140) -> str:
        """What people see of a text, with single blanks; empty when it is null or missing.

        What PostgreSQL cannot store (NUL, lone surrogates) goes with the unseen. An ellipsis
        marks where a longer text is cut.
        """
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.unreadable(field)
        return shorten(read_line(value), longest)

    def end_to_end_id_of(self, value: Json) -> str:
        """Of a Pix, or of its return; empty when it is missing or has not that form."""
        return value if isinstance(value, str) and is_valid_end_to_end_id(value) else ""

    def id_in(self, item: Json, read: Callable[[Json], str], field: str = "id") -> str:
        """The id of an element that cannot be read as a whole; empty when it is no id either."""
        try:
            return read(item.get(field)) if isinstance(item, dict) else ""
        except self.unreadable:
            return ""


def each_of(
    items: Iterable[Json],
    read: Callable[[Json], Read],
    unread: Callable[[Json, UnreadableAnswer], NotRead],
) -> tuple[list[Read], list[NotRead]]:
    """The elements of a list, each read on its own: what `read` made of them, and what `unread`
    made of those that it could not read."""
    found: list[Read] = []
    others: list[NotRead] = []
    for item in items:
        try:
            found.append(read(item))
        except UnreadableAnswer as error:
            others.append(unread(item, error))
    return found, others
