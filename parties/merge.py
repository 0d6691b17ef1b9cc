"""Make one of two payees: one person proposes it, another one confirms it."""

from django.db import IntegrityError, transaction

from audit.acts import Act
from audit.services import record
from brazil.document import format_document
from core.clock import database_now
from core.errors import Changed, InvalidInput, InvalidState, NotAllowed
from parties.enter import hold, require_enterer
from parties.models import Payee, PayeeAccount, PayeeKey, PayeeMerge
from parties.news import Kind, PayeeNews, announce
from tenants.models import Membership


@transaction.atomic
def propose_merge(source: Payee, target: Payee, *, by: Membership) -> PayeeMerge:
    """Propose that the source is the target, too.

    Raises:
        InvalidInput: they are the same one.
        InvalidState: one is archived, or a proposal for the source waits already.
        NotAllowed: `by` may not enter bills.
    """
    require_enterer(by)
    if source.id == target.id:
        raise InvalidInput("Escolha outro favorecido.", field="target", code="same_payee")
    source, target = hold_both(source, target)
    try:
        with transaction.atomic():
            merge: PayeeMerge = PayeeMerge.objects.create(
                tenant_id=source.tenant_id, source=source, target=target, proposed_by=by.user
            )
    except IntegrityError:
        raise InvalidState(
            f"Já há uma união de «{source}» aguardando confirmação.", code="merge_waits"
        ) from None
    record(Act.MERGE_PROPOSED, on=source, by=by.user, after={"Unir a": named(target)})
    return merge


def hold_both(source: Payee, target: Payee) -> tuple[Payee, Payee]:
    """In one order, so that two merges wait for each other.

    Raises:
        InvalidState: one is archived.
    """
    held = {payee.id: hold(payee) for payee in sorted([source, target], key=lambda p: p.id)}
    return held[source.id], held[target.id]


@transaction.atomic
def confirm_merge(merge: PayeeMerge, *, by: Membership, shown: str) -> Payee:
    """The source takes no bills any more; its accounts and keys come along, not confirmed.

    Bills stay with the payee that they were approved for. `shown` is `version_of` the proposal.

    Raises:
        Changed: one of the two is called otherwise by now.
        InvalidState: it was decided already, or one is archived.
        NotAllowed: `by` may not approve, or has proposed it.
    """
    if not by.can_approve:
        raise NotAllowed("Seu papel nesta empresa não permite confirmar uniões.", code="wrong_role")
    source, target = hold_both(merge.source, merge.target)
    merge = hold_merge(merge)
    if merge.proposed_by_id == by.user_id:
        raise NotAllowed(
            "Quem propõe a união não pode confirmá-la: peça a outro aprovador.", code="own_merge"
        )
    if version_of(source, target) != shown:
        raise Changed(
            "O cadastro mudou desde que você abriu esta página. Confira os dados atuais.",
            code="changed",
        )
    now = database_now()
    merge.decided_by, merge.decided_at, merge.is_confirmed = by.user, now, True
    merge.save(update_fields=["decided_by", "decided_at", "is_confirmed"])
    bring_along(merge, target)
    source.merged_into, source.archived_at = target, now
    source.save(update_fields=["merged_into", "archived_at"])
    for payee in (source, target):
        announce(
            PayeeNews(
                payee=payee,
                kind=Kind.MERGED,
                step=merge.id.hex[-20:],
                text=f"{by.user.display_name} confirmou a união de «{source}» a «{target}».",
                by=by.user,
            )
        )
    record(Act.PAYEES_MERGED, on=target, by=by.user, after={"Unido": named(source)})
    return target


def bring_along(merge: PayeeMerge, target: Payee) -> None:
    """Who entered them stays who entered them; who proposed the merge has brought them here."""
    for account in PayeeAccount.objects.of(merge.tenant_id).filter(payee=merge.source_id).active():
        PayeeAccount.objects.get_or_create(
            tenant_id=merge.tenant_id, payee=target, bank_code=account.bank_code,
            branch=account.branch, account=account.account, account_type=account.account_type,
            archived_at=None, defaults=hands_of(account, merge),
        )  # fmt: skip
    for key in PayeeKey.objects.of(merge.tenant_id).filter(payee=merge.source_id).active():
        PayeeKey.objects.get_or_create(
            tenant_id=merge.tenant_id, payee=target, key_type=key.key_type, key=key.key,
            archived_at=None, defaults=hands_of(key, merge),
        )  # fmt: skip


def hands_of(destination: PayeeAccount | PayeeKey, merge: PayeeMerge) -> dict[str, int]:
    entered_by = destination.entered_by_id or merge.proposed_by_id
    return {"entered_by_id": entered_by, "brought_by_id": merge.proposed_by_id}


@transaction.atomic
def refuse_merge(merge: PayeeMerge, *, by: Membership) -> None:
    """Nothing is merged. Who proposed it may take it back so.

    Raises:
        InvalidState: it was decided already.
        NotAllowed: `by` may not approve, and has not proposed it.
    """
    if not by.can_approve and merge.proposed_by_id != by.user_id:
        raise NotAllowed("Seu papel nesta empresa não permite recusar uniões.", code="wrong_role")
    merge = hold_merge(merge)
    merge.decided_by, merge.decided_at = by.user, database_now()
    merge.save(update_fields=["decided_by", "decided_at"])
    source, target = merge.source, merge.target
    record(Act.MERGE_REFUSED, on=source, by=by.user, before={"Unir a": named(target)})


def hold_merge(merge: PayeeMerge) -> PayeeMerge:
    """
    Raises:
        InvalidState: it was decided already.
    """
    rows = PayeeMerge.objects.of(merge.tenant_id).select_related("source", "target")
    held: PayeeMerge = rows.select_for_update(of=("self",), no_key=True).get(id=merge.id)
    if held.decided_at is not None:
        raise InvalidState("Esta união já foi decidida.", code="decided")
    return held


def version_of(source: Payee, target: Payee) -> str:
    """Another one when one of the two is called otherwise."""
    return f"{named(source)} → {named(target)}"


def named(payee: Payee) -> str:
    return f"{payee.name} ({format_document(payee.document)})"
