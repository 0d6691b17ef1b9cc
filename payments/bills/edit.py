"""Change a bill. What an approval seals takes the approval away; the rest is free."""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any, Unpack
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import AccountPurpose
from audit.acts import Act
from audit.services import record
from brazil.document import format_document
from core.clock import database_now
from core.errors import Changed, InvalidState, NotAllowed
from core.money import format_brl
from parties.enter import tell_entered
from payments.bills.approval import TELL_FOR, lock, revoke_approval
from payments.bills.possible_duplicates import (
    SAID_DIFFERENT,
    compared_of,
    in_one_line,
    require_no_duplicate,
    say_different,
)
from payments.bills.terms import Typed, read_terms
from payments.models import KEY_ASKS, Payable, PayableEdit
from payments.states import PayableStatus
from payments.timeline import EDITED, Tone, note
from tenants.models import Membership, User
from tenants.notices import News, notify_people

# What a boleto's registered title said is of that boleto alone.
NO_TITLE = {
    "title_name": "", "title_document": "", "title_amount": None, "title_is_paid": False,
    "title_asked_at": None, "title_read_at": None,
}  # fmt: skip
# Nor what the bank told of a key of any other.
NO_KEY_HOLDER = {
    "key_holder_name": "", "key_holder_document": "", "key_holder_bank": "",
    "key_is_unknown": False, "key_asked_at": None, "key_read_at": None, "key_asks_left": KEY_ASKS,
}  # fmt: skip
DESTINATION = "Destino"
SEALED = frozenset({"Favorecido", "Forma", DESTINATION, "Valor", "Vencimento"})


@transaction.atomic
def edit_payable(
    payable: Payable,
    *,
    by: Membership,
    seen: str,
    accept_duplicates_of: Collection[UUID] | None = None,
    **typed: Unpack[Typed],
) -> Payable:
    """Change a bill that has not left. `seen` is its `version_of` when the form was opened.

    Where a field changes that its approval seals, it waits for approval again, and `by` cannot
    give it. `accept_duplicates_of` is as in `enter_payable`: nothing is asked again where nothing
    changed that makes bills look alike. Runs inside the company's scope.

    Raises:
        Changed: somebody changed it meanwhile.
        PossibleDuplicate: it now may be the same debt as another, which was not accepted.
        InvalidState: it was sent, paid or cancelled, or gives an advance back.
        NotAllowed: `by` may not enter bills.
        InvalidInput, AlreadyEntered: as `payments.bills.terms.read_terms`.
    """
    if not by.can_enter:
        raise NotAllowed("Seu papel nesta empresa não permite alterar contas.", code="wrong_role")
    payable = lock(payable)
    if payable.status not in {PayableStatus.PENDING, PayableStatus.APPROVED}:
        raise InvalidState(
            "Esta conta já foi enviada ou cancelada e não pode mais ser alterada.", code="not_open"
        )
    refuse_give_back(payable)
    before = facts_of(payable)
    if version_of(payable) != seen:
        raise Changed(
            "Outra pessoa alterou esta conta enquanto você a editava. Confira os dados atuais.",
            code="changed",
        )
    compared = compared_of(payable)
    read = read_terms(payable.tenant, typed, by=by.user, but=payable)
    terms = read.fields | told_no_more(payable, read.fields)
    for name, value in terms.items():
        setattr(payable, name, value)
    after = facts_of(payable)
    changed = [name for name in before if before[name] != after[name]]
    if not changed:
        return payable
    is_sealed = not SEALED.isdisjoint(changed)
    approver = payable.approved_by
    if payable.is_rejected:
        payable.hold = ""
    if is_sealed and approver is not None:
        revoke_approval(payable)
        tell_approver(payable, approver)
    payable.save(update_fields=[*terms, "hold"])
    is_asked = accept_duplicates_of is not None and compared_of(payable) != compared
    accepted = require_no_duplicate(payable, accept_duplicates_of or ()) if is_asked else []
    edit = PayableEdit.objects.create(
        tenant_id=payable.tenant_id,
        payable=payable,
        round=payable.approval_round,
        person=by.user,
        is_sealed=is_sealed,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    lost = " A aprovação perdeu a validade." if is_sealed and approver is not None else ""
    note(
        payable,
        EDITED,
        f"{in_words(edit.before, edit.after)}{lost}",
        tone=Tone.WARN if lost else Tone.PLAIN,
        by=by.user,
    )
    say_different(payable, accepted, by=by.user)
    if read.brought is not None:
        tell_entered(read.brought, by=by.user)
    said = {SAID_DIFFERENT: in_one_line(accepted)} if accepted else {}
    record(Act.BILL_EDITED, on=payable, by=by.user, before=edit.before, after=edit.after | said)
    return payable


def refuse_give_back(payable: Payable) -> None:
    """One that gives a payer's advance back is of so much, to that payer, and no other.

    Raises:
        InvalidState: (code `gives_back`) it is such a one.
    """
    if payable.expense_account.purpose == AccountPurpose.ADVANCES:
        raise InvalidState(
            "Esta conta devolve um adiantamento de cliente e não é alterada: cancele-a e peça a "
            "devolução de novo na cobrança.",
            code="gives_back",
        )


def told_no_more(payable: Payable, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of what a bank told of a boleto or key that the bill has no more, empty."""
    told: dict[str, Any] = {}
    line = payable.linha_digitavel
    if line != terms["linha_digitavel"] or not line:
        told |= NO_TITLE
    names = ("pix_key_type", "pix_key", "pix_code")
    if any(getattr(payable, name) != terms[name] for name in names):
        told |= NO_KEY_HOLDER | {"key_edited_at": database_now()}
    return told


def facts_of(payable: Payable) -> dict[str, str]:
    """All of the bill that can be edited, in words."""
    payee, to = payable.payee, payable.payee_account
    where = payable.linha_digitavel or payable.pix_code or payable.pix_key or str(to)
    return {
        "Favorecido": f"{payee.name} ({format_document(payee.document)})",
        "Forma": payable.get_method_display(),
        DESTINATION: where,
        "Valor": f"R$\u00a0{format_brl(payable.amount)}",
        "Vencimento": f"{payable.due_date:%d/%m/%Y}",
        "Descrição": payable.description or "nenhuma",
        "Classificação": str(payable.expense_account),
        "Conta de débito": str(payable.bank_account or "preferencial"),
    }


def version_of(payable: Payable) -> str:
    """Another one after every edit."""
    written = json.dumps(facts_of(payable), sort_keys=True)
    return sha256(written.encode()).hexdigest()


def last_edit(payable: Payable) -> str:
    """What the last edit changed: «Valor: de R$ 1.900,00 para R$ 19.000,00». Empty without one."""
    edits = PayableEdit.objects.of(payable.tenant_id).filter(payable=payable)
    edit = edits.order_by("-at", "-id").first()
    return in_words(edit.before, edit.after) if edit else ""


def in_words(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: de {before[name]} para {after[name]}" for name in before) + "."


def tell_approver(payable: Payable, approver: User) -> None:
    """Whoever approved it learns that it is not what they approved any more."""
    news = News(
        subject=f"bill-changed:{payable.id}",
        step=str(payable.approval_round),
        title="Uma conta que você aprovou mudou.",
        text=f"«{payable.payee}» foi alterada e voltou para aprovação.",
        action="Ver conta",
        url=reverse("payments:detail", args=[payable.id]),
        until=database_now() + TELL_FOR,
    )
    notify_people(payable.tenant_id, [approver.pk], news)
