"""A bank as a sentence names it: «a Cora», «no BS2», «da Conta Kamino»."""

from dataclasses import dataclass

from core.text import capital, fold

# Of names that people type, the first word: «a Caixa Econômica Federal»; all others are «o».
FEMININE = frozenset(
    ("caixa", "cielo", "conta", "cooperativa", "cora", "cresol", "rede", "stone", "unicred", "xp")
)


@dataclass(frozen=True, slots=True)
class Said:
    """A name with its article; empty: it has none, and the whole preposition stands before it."""

    name: str
    article: str

    @property
    def the(self) -> str:
        return f"{self.article} {self.name}" if self.article else self.name

    @property
    def begins(self) -> str:
        """As a sentence begins with it."""
        return capital(self.the)

    @property
    def at(self) -> str:
        return self._after("em", "n")

    @property
    def of(self) -> str:
        return self._after("de", "d")

    @property
    def by(self) -> str:
        return self._after("por", "pel")

    def _after(self, preposition: str, contracted: str) -> str:
        return f"{contracted}{self.the}" if self.article else f"{preposition} {self.name}"


def said_as(name: str) -> Said:
    """A bank that people named."""
    first = next(iter(fold(name).split()), "")
    return Said(name, "a" if first in FEMININE else "o")
