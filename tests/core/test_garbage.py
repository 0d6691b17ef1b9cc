"""What holds itself in a circle is found, though what is loaded is not looked through."""

import gc
import weakref

from core.garbage import spare_what_is_loaded


class Node:
    def __init__(self) -> None:
        self.itself = self


def test_a_circle_is_freed_by_itself() -> None:
    spare_what_is_loaded()
    circle = weakref.ref(Node())
    assert circle() is not None

    kept: list[list[int]] = [[] for _ in range(gc.get_threshold()[0] + 1)]

    assert circle() is None
    assert len(kept) > gc.get_threshold()[0]
