"""A change that an app above people might ask for, in favour of a person."""

from people.models import PendingChange
from people.pending_changes import Kind, ask
from tenants.models import Tenant, User
from tests.people.factories import membership_of

NAME = f"{__name__}.KIND"


def nothing(tenant: Tenant, change: PendingChange) -> None:
    """It is done by being confirmed."""


KIND = Kind("weakening", nothing)


def ask_in_favour_of(tenant: Tenant, user: User, by: User) -> PendingChange:
    membership = membership_of(tenant, user)
    return ask(
        KIND,
        on=membership,
        title="Segundo fator de alguém volta ao início",
        before={},
        after={},
        value={},
        by=membership_of(tenant, by),
        favours=user,
    )
