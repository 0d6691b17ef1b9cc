"""How deep what came from outside is nested. Code that walks through it may do so by recursion."""

from typing import Any

MAX_DEPTH = 64  # what programs mean goes to about ten


def opens_few(text: str) -> bool:
    """Whether JSON text has too few brackets to be nested too deep; most has, and it is fast."""
    return text.count("{") + text.count("[") <= MAX_DEPTH


def is_shallow(value: Any) -> bool:
    """Whether lists and dicts stand in each other at most MAX_DEPTH times. Needs no recursion."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return True
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
    return not level
