"""What a bank will be sent of a charge that is typed, and what it does not take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from charges.issuing.content import describe
from charges.models import Charge
from charges.terms.check import Problem, cautions, discount_notice
from core.errors import InvalidInput


class Typed(Protocol):
    """A form that was looked at."""

    @property
    def errors(self) -> Any: ...

    @property
    def unsaved(self) -> Charge: ...

    @property
    def problems(self) -> list[Problem]: ...


@dataclass(frozen=True, slots=True)
class Sending:
    charge: Charge
    content: dict[str, Any]  # empty: its bank issues none
    problems: Sequence[Problem]
    cautions: Sequence[str]
    discount_notice: str


def sending_of(form: Typed) -> Sending | None:
    """None: not enough was typed. Runs inside the company's scope."""
    if form.errors:
        return None
    try:
        charge, found = form.unsaved, form.problems
    except InvalidInput:
        return None
    return Sending(charge, describe(charge), found, cautions(charge), discount_notice(charge))
