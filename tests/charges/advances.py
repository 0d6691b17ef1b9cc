"""What tests do with advances: a payer who paid too much, and the use of it."""

from decimal import Decimal

from charges.issuing.queue import issue_charges
from charges.refunds.advances import use_advance
from charges.states import SlipStatus
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, membership
from tests.charges.issued import slip_of
from tests.charges.readings import paid, shown, take
from tests.charges.returned import of_company, payment_of


def collected(account, payer, amount="150.00"):
    """A charge with an open slip, as the bank shows it."""
    charge = make_charge(account.tenant, account, amount, payer=payer)
    with tenant_scope(account.tenant_id):
        (slip,) = issue_charges([charge], by=membership(account.tenant)).slips
        type(slip).objects.of(slip.tenant_id).filter(id=slip.id).update(status=SlipStatus.ISSUING)
    take(slip, shown(slip))
    return of_company(reread(charge), account)


def overpaid(account, payer, came="250.00"):
    charge = collected(account, payer)
    slip = slip_of(charge)
    take(slip, paid(slip, came))
    return of_company(reread(charge), account)


def use(source, target, amount, by=None):
    by = by or membership(source.tenant)
    with tenant_scope(source.tenant_id):
        return use_advance(payment_of(source), target, by=by, amount=Decimal(amount), why="Acordo")
