"""What a bank says of the owner of a Pix key."""

from banking.banks.contract.payments import KeyHolder, PixKey, PixKeyType
from parties.models import PayeeKey
from payments.models import Payable
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.payments.factories import confirm, make_known

# As the cast of the factories is called, and as another company is.
OWN = KeyHolder("FORNECEDOR EXEMPLO ME", "11.222.333/0001-81", "Nu Pagamentos S.A.")
ANOTHERS = KeyHolder("Outra Ltda", "11.444.777/0001-61", "Nu Pagamentos S.A.")


def email(name: str) -> PixKey:
    return PixKey(PixKeyType.EMAIL, f"{name}@exemplo.com.br")


def make_known_key(tenant: Tenant, amount: str = "150.00", key: str = "compras") -> Payable:
    """A bill with nothing to look at, to a key of its payee that somebody confirmed."""
    bill = make_known(tenant, amount, destination=email(key))
    with tenant_scope(tenant.id):
        (row,) = PayeeKey.objects.of(tenant).filter(payee=bill.payee).select_related("payee")
    confirm(row)
    return bill


def holder_of(bill: Payable) -> KeyHolder:
    """What a bank says of a key that is the payee's."""
    return KeyHolder(bill.payee.name, bill.payee.written_document)
