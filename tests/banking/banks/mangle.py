"""Answers as no bank should give them: the right JSON with one part replaced or taken away."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.sampled_from(["", "0", "-1", "2026-13-45", "ent_1", "\0", "\ud800", "9" * 400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    yield at
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(inner, (*at, key))


def replaced(value: Any, at: Path, junk: Any) -> Any:
    if not at:
        return junk
    copy = value.copy()
    copy[at[0]] = replaced(value[at[0]], at[1:], junk)
    return copy


def without(value: Any, at: Path) -> Any:
    if not at:
        return None
    copy = value.copy()
    if len(at) == 1:
        del copy[at[0]]
    else:
        copy[at[0]] = without(value[at[0]], at[1:])
    return copy


@st.composite
def mangled(draw: st.DrawFn, answers: list[Any]) -> Any:
    """One of the answers, with one of its parts replaced by junk or missing."""
    answer = draw(st.sampled_from(answers))
    at = draw(st.sampled_from(list(paths(answer))))
    if draw(st.booleans()):
        return without(answer, at)
    return replaced(answer, at, draw(JUNK))
