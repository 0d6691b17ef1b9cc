"""Put payees, their accounts and their keys on the register. Nothing of it is confirmed yet."""

from typing import NoReturn

from django.db import IntegrityError, transaction

from audit.acts import Act
from audit.services import record
from brazil.document import format_document
from core.errors import InvalidInput, InvalidState, NotAllowed
from parties.models import Payee, PayeeAccount, PayeeKey
from parties.news import Kind, PayeeNews, announce
from parties.similarity import note_similar
from tenants.models import Membership, Tenant, User

AccountDigits = dict[str, str]  # bank_code, branch, account, account_type


@transaction.atomic
def enter_payee(
    tenant: Tenant, *, name: str, trade_name: str, document: str, by: Membership
) -> Payee:
    """Put a payee on the register, by hand. `document` is canonical.

    Raises:
        InvalidInput: (code `payee_known`) the document is on the register already.
        NotAllowed: `by` may not enter bills.
    """
    require_enterer(by)
    try:
        with transaction.atomic():
            payee: Payee = Payee.objects.create(
                tenant=tenant, name=name, trade_name=trade_name, document=document
            )
    except IntegrityError:
        known = Payee.objects.of(tenant).get(document=document)
        raise InvalidInput(
            f"Este CPF ou CNPJ já está cadastrado: «{known}».", field="document", code="payee_known"
        ) from None
    note_similar(payee)
    record(
        Act.PAYEE_ENTERED,
        on=payee,
        by=by.user,
        after={"Nome": name, "Nome fantasia": trade_name, "CPF/CNPJ": format_document(document)},
    )
    return payee


def payee_of_bill(tenant: Tenant, *, name: str, document: str, but: Payee | None = None) -> Payee:
    """The payee with that document, made if need be. `but` is the one that the bill has already.

    Raises:
        InvalidInput: (code `payee_archived`, `payee_merged`) no bill is entered for it any more.
    """
    payee, is_new = Payee.objects.select_related("merged_into").get_or_create(
        tenant=tenant, document=document, defaults={"name": name}
    )
    if is_new:
        note_similar(payee)
    if payee != but:
        refuse_archived(payee)
    found: Payee = payee
    return found


def refuse_archived(payee: Payee) -> None:
    """
    Raises:
        InvalidInput: (code `payee_archived`, `payee_merged`) it takes no bills any more.
    """
    if other := payee.merged_into:
        raise InvalidInput(
            f"«{payee}» foi unido a «{other}»: use {format_document(other.document)}.",
            field="payee_document",
            code="payee_merged",
        )
    if payee.archived_at is not None:
        raise InvalidInput(
            f"«{payee}» está arquivado: reative-o em «Favorecidos» antes de lançar contas.",
            field="payee_document",
            code="payee_archived",
        )


def account_of_bill(
    payee: Payee, digits: AccountDigits, *, by: User, author: User
) -> tuple[PayeeAccount, bool]:
    """The payee's account of these digits, and whether it is new; it came with a bill."""
    account, is_new = PayeeAccount.objects.get_or_create(
        tenant_id=payee.tenant_id,
        payee=payee,
        archived_at=None,
        **digits,
        defaults={"entered_by": by, "brought_by": other_than(author, by)},
    )
    return account, is_new


def key_of_bill(
    payee: Payee, key_type: str, key: str, *, by: User, author: User
) -> tuple[PayeeKey, bool]:
    """As `account_of_bill`, of a Pix key."""
    row, is_new = PayeeKey.objects.get_or_create(
        tenant_id=payee.tenant_id,
        payee=payee,
        archived_at=None,
        key_type=key_type,
        key=key,
        defaults={"entered_by": by, "brought_by": other_than(author, by)},
    )
    return row, is_new


def other_than(author: User, by: User) -> User | None:
    return author if author.pk != by.pk else None


@transaction.atomic
def enter_account(payee: Payee, digits: AccountDigits, *, by: Membership) -> PayeeAccount:
    """Enter an account of the payee by hand.

    Raises:
        InvalidInput: (code `destination_known`) it is there already.
        InvalidState: (code `payee_archived`) the payee is archived.
        NotAllowed: `by` may not enter bills.
    """
    require_enterer(by)
    payee = hold(payee)
    account, is_new = account_of_bill(payee, digits, by=by.user, author=by.user)
    if not is_new:
        refuse_known("account", "Esta conta")
    tell_entered(account, by=by.user)
    return account


@transaction.atomic
def enter_key(payee: Payee, key_type: str, key: str, *, by: Membership) -> PayeeKey:
    """As `enter_account`, of a Pix key."""
    require_enterer(by)
    payee = hold(payee)
    row, is_new = key_of_bill(payee, key_type, key, by=by.user, author=by.user)
    if not is_new:
        refuse_known("pix_key", "Esta chave")
    tell_entered(row, by=by.user)
    return row


def refuse_known(field: str, what: str) -> NoReturn:
    raise InvalidInput(
        f"{what} já está no cadastro deste favorecido.", field=field, code="destination_known"
    )


def hold(payee: Payee) -> Payee:
    """The payee as it is now, held until the transaction ends: acts on it wait for each other.

    Raises:
        InvalidState: (code `payee_archived`) it is archived.
    """
    held: Payee = Payee.objects.of(payee.tenant_id).select_for_update(no_key=True).get(id=payee.id)
    if held.archived_at is not None:
        raise InvalidState(
            "Este favorecido está arquivado: reative-o para mudar o cadastro.",
            code="payee_archived",
        )
    return held


def require_enterer(by: Membership) -> None:
    """
    Raises:
        NotAllowed: (code `wrong_role`) `by` may not enter bills.
    """
    if not by.can_enter:
        raise NotAllowed(
            "Seu papel nesta empresa não permite alterar favorecidos.", code="wrong_role"
        )


def tell_entered(destination: PayeeAccount | PayeeKey, *, by: User) -> None:
    """The last statement of the act that entered it."""
    what = f"{destination.kind}: {destination.written}"
    announce(
        PayeeNews(
            payee=destination.payee,
            kind=Kind.ENTERED,
            step=destination.id.hex[-20:],
            text=f"{by.display_name} lançou um novo dado bancário, ainda não confirmado: {what}.",
            by=by,
            destination=destination,
        )
    )
    record(Act.DESTINATION_ENTERED, on=destination.payee, by=by, after={"Dado bancário": what})
