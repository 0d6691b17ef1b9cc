"""Whom a payer asks: set by an admin, told on the page of a charge and at the foot of mails."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Subquery
from django.db.models.functions import JSONObject

from audit.acts import Act
from audit.services import record
from brazil.errors import InvalidValue
from brazil.phone import format_phone, parse_phone
from charges.models import PayerContact
from charges.models.payer_page import CONTACT_NAME_LENGTH
from charges.terms.payment_data import refuse_payment_data
from core.errors import InvalidInput, NotAllowed
from core.text import read_line
from tenants.models import Membership


@dataclass(frozen=True, slots=True)
class Contact:
    """Any of them may be empty; `phone` is E.164 once it is read."""

    name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def written_phone(self) -> str:
        return format_phone(self.phone)

    @property
    def is_known(self) -> bool:
        return bool(self.email or self.phone)


def contact_of(tenant_id: UUID) -> Contact:
    row = PayerContact.objects.of(tenant_id).values_list("name", "email", "phone").first()
    return Contact(*row) if row else Contact()


def contact_as_json(tenant_id: UUID) -> Subquery:
    """Beside a charge: the page of a payer asks no query more for it."""
    rows = PayerContact.objects.of(tenant_id)
    return Subquery(rows.values(said=JSONObject(name="name", email="email", phone="phone"))[:1])


@transaction.atomic
def save_contact(wanted: Contact, *, by: Membership) -> Contact:
    """All empty: payers are told the company's name alone.

    Raises:
        InvalidInput: (its `field` named) one is not as it should be, or the name stands alone.
        NotAllowed: (code `wrong_role`) `by` is no admin.
    """
    if not by.is_admin:
        raise NotAllowed("Só um administrador muda o contato para pagadores.", code="wrong_role")
    read = read_contact(wanted)
    PayerContact.objects.bulk_create([PayerContact(tenant_id=by.tenant_id)], ignore_conflicts=True)
    row: PayerContact = PayerContact.objects.of(by.tenant_id).select_for_update(no_key=True).get()
    before = words_of(Contact(row.name, row.email, row.phone))
    row.name, row.email, row.phone = read.name, read.email, read.phone
    row.save(update_fields=["name", "email", "phone"])
    after = words_of(read)
    if after != before:
        record(Act.DUNNING_CHANGED, on=row, by=by.user, before=before, after=after)
    return read


def read_contact(wanted: Contact) -> Contact:
    name, email, phone = (read_line(text) for text in (wanted.name, wanted.email, wanted.phone))
    if len(name) > CONTACT_NAME_LENGTH:
        raise InvalidInput(f"Use até {CONTACT_NAME_LENGTH} letras.", field="name", code="too_long")
    refuse_payment_data(name, field="name")
    if name and not (email or phone):
        raise InvalidInput("Informe o e-mail ou o telefone deste contato.", field="email")
    try:
        if email:
            validate_email(email)
    except ValidationError:
        raise InvalidInput("Este e-mail não existe: confira.", field="email") from None
    try:
        return Contact(name, email.lower(), parse_phone(phone) if phone else "")
    except InvalidValue as error:
        raise InvalidInput(str(error), field="phone") from error


def words_of(contact: Contact) -> dict[str, str]:
    return {
        "Contato": contact.name or "nenhum",
        "E-mail do contato": contact.email or "nenhum",
        "Telefone do contato": contact.written_phone or "nenhum",
    }
