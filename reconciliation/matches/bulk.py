"""Many acts, each for itself: one that is refused takes no other along."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from django.db import transaction

from core.errors import DomainError

T = TypeVar("T")


@dataclass(slots=True)
class Outcomes(Generic[T]):
    """By the line that each act was on: what was done, and why the others were not."""

    done: dict[UUID, T] = field(default_factory=dict)
    refused: dict[UUID, DomainError] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """«8 conciliados, 2 não.»"""
        done = f"{len(self.done)} conciliado{'' if len(self.done) == 1 else 's'}"
        return f"{done}, {len(self.refused)} não." if self.refused else f"{done}."


def do_each(acts: Mapping[UUID, Callable[[], T]]) -> Outcomes[T]:
    """In their order. Runs inside the company's scope; what an act locked it holds to the end."""
    outcomes: Outcomes[T] = Outcomes()
    for line, act in acts.items():
        try:
            with transaction.atomic():
                outcomes.done[line] = act()
        except DomainError as error:
            outcomes.refused[line] = error
    return outcomes
