"""What the apps above do when something about a payee changed, in the same transaction."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.module_loading import import_string

from parties.models import Payee, PayeeAccount, PayeeKey
from tenants.models import User


class Kind(StrEnum):
    RENAMED = "renamed"
    ENTERED = "entered"
    CONFIRMED = "confirmed"
    ARCHIVED = "archived"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class PayeeNews:
    payee: Payee
    kind: Kind
    step: str  # tells this news from another one of its kind, in 20 characters
    text: str  # a Portuguese sentence
    by: User
    destination: PayeeAccount | PayeeKey | None = None
    before: str = ""  # of a name
    after: str = ""


def announce(news: PayeeNews) -> None:
    """Runs inside the company's scope."""
    for name in settings.ON_PAYEE_NEWS:
        import_string(name)(news)
