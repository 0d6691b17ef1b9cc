"""Lists that shift, repeat and cut their pages."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from banking.banks.contract.errors import BankUnavailable

PAGE = 100  # items; the largest is 200 for charges and not documented for orders
MAX_PAGES = 5000  # more is a bank that never ends


class Listed(Protocol):
    @property
    def reference(self) -> str: ...


Item = TypeVar("Item", bound=Listed)


def each_once(read_page: Callable[[int], Sequence[Item]], *, first: int) -> Iterator[Item]:
    """Every item of a list, once, until a page has nothing new.

    A page that is not full does not end it: a bank that gives fewer than asked for has not
    finished. `first` is the number of the first page.

    Raises:
        BankUnavailable: whole pages come again and again.
    """
    seen: set[str] = set()
    for number in range(first, first + MAX_PAGES):
        page = read_page(number)
        fresh = [item for item in page if item.reference not in seen]
        seen.update(item.reference for item in fresh)
        yield from fresh
        if not fresh and len(page) < PAGE:
            return
        if not fresh:
            break
    raise BankUnavailable("O banco Cora repetiu páginas de uma lista. Ela será lida de novo.")
