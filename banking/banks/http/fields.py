"""What the banks' readings of an answer share. Each bank's own `wire/fields.py` has the rest."""

from dataclasses import dataclass
from typing import ClassVar

from banking.banks.contract.errors import BankUnavailable
from banking.banks.http.json import Json
from core.text import read_line, shorten


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
