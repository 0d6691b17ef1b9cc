"""When a rule fits a bank line. Pure: nothing here reads or writes rows.

Texts are compared without accents and case: the line's are folded, and so is what is looked for,
but for patterns, which are searched in the text as the bank wrote it and in the folded one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from brazil.document import is_same_company
from core.text import fold
from reconciliation.models import Rule
from reconciliation.rules.pattern import compile_pattern

SEPARATOR = ";"
How = Rule.How


class LineLike(Protocol):
    """What is asked of a bank line."""

    @property
    def bank_account_id(self) -> UUID: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def description(self) -> str: ...
    @property
    def counterparty_name(self) -> str: ...
    @property
    def counterparty_document(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Text:
    how: str
    text: str

    @property
    def alternatives(self) -> list[str]:
        """Folded; of a pattern none."""
        if self.how == How.PATTERN:
            return []
        return [each for part in self.text.split(SEPARATOR) if (each := fold(part))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """All have to hold. Amounts are of either side."""

    texts: Sequence[Text] = ()
    side: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    document: str = ""
    party_name: str = ""
    bank_account: UUID | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """A line as conditions read it."""

    line: LineLike
    account: UUID
    amount: Decimal
    description: str  # folded
    name: str  # folded
    document: str

    @classmethod
    def of(cls, line: LineLike) -> "Facts":
        return cls(
            line=line,
            account=line.bank_account_id,
            amount=line.amount,
            description=fold(line.description),
            name=fold(line.counterparty_name),
            document=line.counterparty_document,
        )

    def searched(self) -> Iterator[str]:
        """In which patterns are looked for: the text, and with it the name; where folding takes
        more away than capitals, as the bank wrote them too."""
        yield self.description
        if self.name:
            yield f"{self.description} {self.name}"
        written = f"{self.line.description} {self.line.counterparty_name}".strip()
        if not written.isascii() or "  " in written:
            yield self.line.description
            yield written


Check = Callable[[Facts], bool]


def checks_of(conditions: Conditions) -> list[Check]:
    """The cheapest first.

    Raises:
        WrongPattern: a pattern does not compile.
    """
    side, account = conditions.side, conditions.bank_account
    least, most, document = conditions.least, conditions.most, conditions.document
    checks: list[Check] = []
    if side:
        checks.append(lambda line: (line.amount > 0) == (side == Rule.Side.IN))
    if account:
        checks.append(lambda line: line.account == account)
    if least is not None:
        checks.append(lambda line: abs(line.amount) >= least)
    if most is not None:
        checks.append(lambda line: abs(line.amount) <= most)
    if document:
        checks.append(lambda line: is_same_company(line.document, document))
    if conditions.party_name:
        checks.append(names(fold(conditions.party_name)))
    return [*checks, *map(says, conditions.texts)]


def names(name: str) -> Check:
    """A bank that tells no name writes it into the text."""
    return lambda line: name in (line.name or line.description)


def says(text: Text) -> Check:
    if text.how == How.PATTERN:
        search = compile_pattern(text.text).search
        return lambda line: any(search(each) is not None for each in line.searched())
    wanted = tuple(text.alternatives)
    if text.how == How.BEGINS:
        return lambda line: line.description.startswith(wanted) or line.name.startswith(wanted)
    return lambda line: any(each in line.description or each in line.name for each in wanted)


def fits(checks: Sequence[Check], facts: Facts) -> bool:
    return all(check(facts) for check in checks)
