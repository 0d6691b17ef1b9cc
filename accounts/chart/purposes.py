"""The accounts that the product posts on by itself, in every company's chart.

The default chart has them. In a chart that was imported, or is older, one is found by the code and
name that the default chart gives it, or made under a group of its nature.
"""

from accounts.chart.default_chart import NATURES, PURPOSES
from accounts.chart.setup import lock_chart, next_free_code, parent_code
from accounts.models import Account, AccountPurpose, ClassificationGroup, Nature
from core.errors import InvalidState
from core.text import fold
from tenants.models import Tenant


def account_for(tenant: Tenant, purpose: AccountPurpose) -> Account:
    """The company's account of a purpose, made if need be. Runs inside the company's scope.

    Raises:
        InvalidState: the chart has no open group of its nature.
    """
    found = marked(tenant, purpose)
    if found is not None:
        return found
    lock_chart(tenant.id)
    found = marked(tenant, purpose)
    if found is not None:
        return found
    # One that was archived is what it was; another takes its place.
    Account.objects.of(tenant).filter(purpose=purpose).update(purpose="")
    return mark_known(tenant, purpose) or make(tenant, purpose)


def marked(tenant: Tenant, purpose: AccountPurpose) -> Account | None:
    accounts = Account.objects.of(tenant).filter(purpose=purpose, archived_at=None)
    found: Account | None = accounts.select_related("group").first()
    return found


def mark_known(tenant: Tenant, purpose: AccountPurpose) -> Account | None:
    code, name = PURPOSES[purpose]
    known: Account | None = (
        Account.objects.of(tenant).filter(code=code, archived_at=None, purpose="").first()
    )
    if known is None or fold(known.name) != fold(name):
        return None
    known.purpose = purpose
    known.save(update_fields=["purpose"])
    return known


def make(tenant: Tenant, purpose: AccountPurpose) -> Account:
    code, name = PURPOSES[purpose]
    group = home_of(tenant, code)
    account: Account = Account.objects.create(
        tenant=tenant, group=group, code=next_free_code(group), name=name, purpose=purpose
    )
    return account


def home_of(tenant: Tenant, code: str) -> ClassificationGroup:
    """The group that the default chart puts it in, else the first lowest one of its nature."""
    nature: Nature = NATURES[code[0]]
    groups = ClassificationGroup.objects.of(tenant).open().filter(nature=nature)
    usual: ClassificationGroup | None = groups.filter(code=parent_code(code)).first()
    if usual is not None:
        return usual
    lowest: ClassificationGroup | None = groups.filter(children=None).order_by("code").first()
    if lowest is None:
        raise InvalidState(
            f"O plano de contas não tem grupo de {nature.label.lower()} para a conta "
            f"«{dict(PURPOSES.values())[code]}». Crie um grupo com essa natureza.",
            code="no_group",
        )
    return lowest
