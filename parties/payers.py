"""Who pays the company: enter, correct, archive."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from audit.acts import Act
from audit.services import Entry, record, record_many
from brazil.cep import format_cep, parse_cep, state_of
from brazil.document import format_document, parse_document
from brazil.errors import InvalidValue
from core.clock import database_now
from core.errors import InvalidInput, InvalidState, NotAllowed
from core.text import read_line, read_name, shorten
from parties.models import Payer, PayerEmail
from tenants.models import Membership, Tenant

MOST_EMAILS = 5
LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, without the brackets
ADDRESS = ("zip_code", "street", "number", "complement", "district", "city", "state")
LONGEST = {"street": 120, "number": 20, "complement": 60, "district": 80, "city": 80}
MISSING = {
    "zip_code": "Informe o CEP.",
    "street": "Informe a rua.",
    "number": "Informe o número; sem número, escreva S/N.",
    "district": "Informe o bairro.",
    "city": "Informe a cidade.",
    "state": "Informe a UF.",
}


@dataclass(frozen=True, slots=True)
class PayerData:
    """As a person typed it."""

    name: str
    document: str
    trade_name: str = ""
    phone: str = ""  # E.164
    zip_code: str = ""
    street: str = ""
    number: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    state: str = ""
    emails: Sequence[str] = ()


def enter_payer(tenant: Tenant, data: PayerData, *, by: Membership) -> Payer:
    """Put a payer on the register.

    Raises:
        InvalidInput: its `field` is not as it should be; (code `payer_known`) the document is on
            the register already.
        NotAllowed: `by` does not work on charges.
    """
    (payer,) = enter_payers(tenant, [data], by=by)
    return payer


@transaction.atomic
def enter_payers(tenant: Tenant, typed: Sequence[PayerData], *, by: Membership) -> list[Payer]:
    """Put all of them on the register, or none. The number of queries does not depend on theirs.

    Raises:
        InvalidInput, NotAllowed: as `enter_payer`.
    """
    require_enterer(by)
    payers = [Payer(tenant=tenant, created_by=by.user, **read(data)) for data in typed]
    emails = [read_emails(data.emails) for data in typed]
    try:
        with transaction.atomic():
            Payer.objects.bulk_create(payers)
    except IntegrityError:
        documents = [payer.document for payer in payers]
        known = Payer.objects.of(tenant).filter(document__in=documents).first()
        raise InvalidInput(
            f"Este CPF ou CNPJ já está cadastrado: «{known or payers[0]}».",
            field="document",
            code="payer_known",
        ) from None
    written = list(zip(payers, emails, strict=True))
    PayerEmail.objects.bulk_create(row for each in written for row in email_rows(*each))
    record_many(
        [Entry(Act.PAYER_ENTERED, payer, after=particulars(payer, own)) for payer, own in written],
        by=by.user,
    )
    return payers


@transaction.atomic
def correct_payer(payer: Payer, data: PayerData, *, by: Membership) -> Payer:
    """Change what is on file. Slips that were issued keep what they say.

    Raises:
        InvalidInput: as `enter_payer`; the document is another (field `document`).
        InvalidState: (code `payer_archived`) it is archived.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    values, emails = read(data), read_emails(data.emails)
    held = hold(payer)
    if values["document"] != held.document:
        raise InvalidInput(
            "O CPF ou CNPJ de um pagador não muda: cadastre outro pagador.", field="document"
        )
    before = particulars(held, emails_of(held))
    for name, value in values.items():
        setattr(held, name, value)
    held.save(update_fields=[*values])
    write_emails(held, emails)
    after = particulars(held, emails)
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if changed:
        record(
            Act.PAYER_CORRECTED,
            on=held,
            by=by.user,
            before={name: before.get(name, "") for name in changed},
            after={name: after.get(name, "") for name in changed},
        )
    return held


@transaction.atomic
def archive_payer(payer: Payer, *, by: Membership) -> None:
    """No charges are entered for it any more; those that were issued live on.

    Raises:
        InvalidState: (code `payer_archived`) it is archived already.
        NotAllowed: `by` does not work on charges.
    """
    archive_payers([hold(payer)], by=by)


@transaction.atomic
def archive_payers(payers: Sequence[Payer], *, by: Membership) -> None:
    """As `archive_payer`, of several that the caller holds and none of which is archived.

    Raises:
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    rows = Payer.objects.of(by.tenant_id).filter(id__in=[payer.id for payer in payers])
    rows.update(archived_at=database_now())
    record_many([Entry(Act.PAYER_ARCHIVED, payer) for payer in payers], by=by.user)


@transaction.atomic
def restore_payer(payer: Payer, *, by: Membership) -> None:
    """
    Raises:
        InvalidState: (code `not_archived`) it is not archived.
        NotAllowed: `by` does not work on charges.
    """
    restore_payers([payer], by=by)


@transaction.atomic
def restore_payers(payers: Sequence[Payer], *, by: Membership) -> None:
    """All of them, or none.

    Raises:
        InvalidState: (code `not_archived`) one is not archived.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    rows = Payer.objects.of(by.tenant_id).filter(id__in=[payer.id for payer in payers])
    if rows.filter(archived_at__isnull=False).update(archived_at=None) < len(payers):
        raise InvalidState("Este pagador não está arquivado.", code="not_archived")
    record_many([Entry(Act.PAYER_RESTORED, payer) for payer in payers], by=by.user)


def hold(payer: Payer) -> Payer:
    """The payer as it is now, held until the transaction ends.

    Raises:
        InvalidState: (code `payer_archived`) it is archived.
    """
    held: Payer = Payer.objects.of(payer.tenant_id).select_for_update(no_key=True).get(id=payer.id)
    if held.archived_at is not None:
        raise InvalidState(
            f"«{held}» está arquivado: reative-o em «Pagadores» antes.", code="payer_archived"
        )
    return held


def read(data: PayerData) -> dict[str, Any]:
    """The columns of a payer, checked.

    Raises:
        InvalidInput: (its `field` named) one is not as it should be.
    """
    try:
        document = parse_document(data.document)
    except InvalidValue as error:
        raise InvalidInput(str(error), field="document") from error
    return {
        "name": too_long(read_name(data.name, field="name"), "name", 120),
        "trade_name": too_long(read_line(data.trade_name), "trade_name", 120),
        "document": document,
        "phone": data.phone,
        **read_address(data),
    }


def read_address(data: PayerData) -> dict[str, str]:
    """All of it or nothing: banks take no part of an address."""
    typed = {name: read_line(getattr(data, name)) for name in ADDRESS}
    if not any(typed.values()):
        return typed
    for name, sentence in MISSING.items():
        if not typed[name]:
            raise InvalidInput(sentence, field=name)
    try:
        typed["zip_code"] = parse_cep(typed["zip_code"])
    except InvalidValue as error:
        raise InvalidInput(str(error), field="zip_code") from error
    typed["state"] = typed["state"].upper()
    where = state_of(typed["zip_code"])
    if typed["state"] != where:
        raise InvalidInput(
            f"O CEP {format_cep(typed['zip_code'])} é de {where}, e a UF informada é "
            f"{typed['state']}.",
            field="zip_code",
        )
    for name, longest in LONGEST.items():
        too_long(typed[name], name, longest)
    return typed


def too_long(text: str, field: str, longest: int) -> str:
    if len(text) > longest:
        raise InvalidInput(f"Use até {longest} letras.", field=field, code="too_long")
    return text


def read_emails(typed: Sequence[str]) -> list[str]:
    emails = list(dict.fromkeys(line.strip().lower() for line in typed if line.strip()))
    if len(emails) > MOST_EMAILS:
        raise InvalidInput(f"Informe até {MOST_EMAILS} e-mails.", field="emails")
    if wrong := [email for email in emails if not is_email(email)]:
        quoted = " e ".join(f"«{shorten(email, 60)}»" for email in wrong)
        told = "não são e-mails" if len(wrong) > 1 else "não é um e-mail"
        raise InvalidInput(f"{quoted} {told}.", field="emails")
    for email in emails:
        if len(email) > LONGEST_EMAIL:
            raise InvalidInput(
                f"«{shorten(email, 60)}» é longo demais para um e-mail.", field="emails"
            )
    return emails


def is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def write_emails(payer: Payer, emails: Sequence[str]) -> None:
    rows = PayerEmail.objects.of(payer.tenant_id).filter(payer=payer)
    if list(rows.values_list("email", flat=True)) == list(emails):
        return
    rows.delete()
    PayerEmail.objects.bulk_create(email_rows(payer, emails))


def email_rows(payer: Payer, emails: Sequence[str]) -> list[PayerEmail]:
    return [
        PayerEmail(tenant_id=payer.tenant_id, payer=payer, position=position, email=email)
        for position, email in enumerate(emails, 1)
    ]


def emails_of(payer: Payer) -> list[str]:
    return [row.email for row in PayerEmail.objects.of(payer.tenant_id).filter(payer=payer)]


def particulars(payer: Payer, emails: Sequence[str]) -> dict[str, str]:
    """What the audit says of one."""
    address = ", ".join(filter(None, (getattr(payer, name) for name in ADDRESS)))
    said = {
        "Nome": payer.name,
        "Nome fantasia": payer.trade_name,
        "CPF/CNPJ": format_document(payer.document),
        "Telefone": payer.phone,
        "Endereço": address,
        "E-mails": ", ".join(emails),
    }
    return {name: text for name, text in said.items() if text}


def require_enterer(by: Membership) -> None:
    """
    Raises:
        NotAllowed: (code `wrong_role`) `by` does not work on charges.
    """
    if not by.can_enter:
        raise NotAllowed(
            "Seu papel nesta empresa não permite alterar pagadores.", code="wrong_role"
        )
