"""Who may be meant by a document of which a part is hidden."""

from collections import defaultdict
from collections.abc import Iterable

from reconciliation.proposals.facts import Party
from reconciliation.proposals.reading import is_document


class MaskIndex:
    """Banks hide the same places of all documents: for each such form parties are indexed once."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self._documents = [
            (document, party.id)
            for party in parties
            for document in (party.document, *filter(is_document, party.keys))
            if document
        ]
        self._forms: dict[tuple[int, tuple[int, ...]], dict[str, set[str]]] = {}

    def fitting(self, mask: str) -> set[str]:
        """The parties of whose documents `mask` may show a part; hidden places are «*»."""
        shown = tuple(place for place, sign in enumerate(mask) if sign != "*")
        form = self._forms.get((len(mask), shown))
        if form is None:
            form = self._forms[len(mask), shown] = self._by_shown(len(mask), shown)
        return form.get("".join(mask[place] for place in shown), set())

    def _by_shown(self, length: int, shown: tuple[int, ...]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for document, party in self._documents:
            if len(document) == length:
                found["".join(document[place] for place in shown)].add(party)
        return dict(found)
