"""Sets of items whose sum fits, without trying all subsets."""

from collections.abc import Sequence
from decimal import Decimal

MOST = 22  # items that are looked at; two halves of 2 048 sums each


def sets_of(amounts: Sequence[Decimal], total: Decimal, *, most: int = 4) -> list[tuple[int, ...]]:
    """Places in `amounts` of two or more positive amounts that sum to `total`, smallest first.

    Both halves' sums are written down once and met in a table; at most `most` sets come back.
    """
    places = [place for place, amount in enumerate(amounts[:MOST]) if amount <= total]
    if len(places) < 2 or sum((amounts[place] for place in places), Decimal(0)) < total:
        return []
    middle = len(places) // 2
    second = _sums(amounts, places[middle:], total, most)
    found = [
        chosen + rest
        for amount, ways in _sums(amounts, places[:middle], total, most).items()
        for chosen in ways
        for rest in second.get(total - amount, ())
        if len(chosen) + len(rest) >= 2
    ]
    return sorted(found, key=lambda chosen: (len(chosen), chosen))[:most]


def _sums(
    amounts: Sequence[Decimal], places: Sequence[int], total: Decimal, most: int
) -> dict[Decimal, list[tuple[int, ...]]]:
    """Each sum with the first sets that make it; many equal amounts make few sums."""
    sums: dict[Decimal, list[tuple[int, ...]]] = {Decimal(0): [()]}
    for place in places:
        amount = amounts[place]
        for so_far, ways in [(so_far, tuple(ways)) for so_far, ways in sums.items()]:
            if so_far + amount <= total:
                kept = sums.setdefault(so_far + amount, [])
                kept += [(*chosen, place) for chosen in ways[: most - len(kept)]]
    return sums
