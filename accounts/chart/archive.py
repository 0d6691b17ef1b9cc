"""Take groups and accounts out of use and back, mark the home of bank accounts, delete the unused.

What has entries is never deleted: it is archived, and its history stays.
"""

from django.db.models import ProtectedError
from django.utils import timezone

from accounts.chart.edit import Row, words_of
from accounts.chart.setup import lock_chart
from accounts.journal.entries import balances
from accounts.models import Account, ClassificationGroup, Nature
from audit.acts import Act
from audit.services import record
from core.errors import InvalidInput, InvalidState
from core.money import format_brl
from tenants.models import User
from tenants.scope import tenant_scope


def archive_account(account: Account, *, by: User | None = None) -> None:
    """Close an account to new entries. Its history stays; archiving again changes nothing.

    Raises:
        InvalidState: it still has a balance, or it is the Conta do Ativo of a bank account.
    """
    with tenant_scope(account.tenant_id):
        lock_chart(account.tenant_id)
        account.refresh_from_db(from_queryset=Account.objects.select_for_update())
        if account.is_archived:
            return
        if account.is_bank_leaf:
            raise InvalidState(
                f"«{account}» é a Conta do Ativo de uma conta bancária: escolha outra para ela em "
                "«Integrações bancárias» antes de arquivar.",
                code="bank_leaf",
            )
        balance = balances(account.tenant_id, [account])[account.id]
        if balance:
            raise InvalidState(
                f"A conta {account} ainda tem saldo de R$ {format_brl(abs(balance))}. "
                "Transfira o saldo antes de arquivar.",
                code="has_balance",
            )
        set_archived(account, archived=True, by=by)


def archive_group(group: ClassificationGroup, *, by: User | None = None) -> None:
    """Take an empty group out of use. Runs inside the company's scope.

    Raises:
        InvalidState: new bank accounts get their leaf in it, or something in it is still in use.
    """
    lock_chart(group.tenant_id)
    group.refresh_from_db(from_queryset=ClassificationGroup.objects.select_for_update())
    if group.is_archived:
        return
    if group.is_bank_home:
        raise InvalidState(
            f"«{group}» é o grupo padrão das contas bancárias: escolha outro antes de arquivar.",
            code="bank_home",
        )
    if group.accounts.open().exists() or group.children.open().exists():
        raise InvalidState(
            f"«{group}» tem contas ou grupos em uso: arquive-os ou mude-os de grupo antes.",
            code="not_empty",
        )
    set_archived(group, archived=True, by=by)


def restore(row: Row, *, by: User | None = None) -> None:
    """Take an archived group or account into use again. Runs inside the company's scope.

    Raises:
        InvalidState: the group above it is archived.
    """
    lock_chart(row.tenant_id)
    row.refresh_from_db(from_queryset=type(row).objects.select_for_update())
    if not row.is_archived:
        return
    above = row.group if isinstance(row, Account) else row.parent
    if above is not None and above.is_archived:
        raise InvalidState(
            f"O grupo acima, «{above}», está arquivado: reative-o antes.", code="parent_archived"
        )
    set_archived(row, archived=False, by=by)


def set_archived(row: Row, *, archived: bool, by: User | None) -> None:
    before = words_of(row)["Situação"]
    row.archived_at = timezone.now() if archived else None
    row.save(update_fields=["archived_at"])
    record(
        Act.CHART_CHANGED,
        on=row,
        by=by,
        before={"Situação": before},
        after={"Situação": words_of(row)["Situação"]},
    )


def delete_unused(row: Row, *, by: User | None = None) -> None:
    """Delete what nothing was ever written to. Runs inside the company's scope.

    Raises:
        InvalidState: it has entries, bills, accounts or groups, or new bank accounts get their
            leaf in it.
    """
    lock_chart(row.tenant_id)
    row.refresh_from_db(from_queryset=type(row).objects.select_for_update())
    if isinstance(row, ClassificationGroup) and row.is_bank_home:
        raise InvalidState(
            f"«{row}» é o grupo padrão das contas bancárias: escolha outro antes.", code="bank_home"
        )
    words, told = words_of(row), type(row)(id=row.id, tenant_id=row.tenant_id, code=row.code)
    told.name = row.name
    try:
        row.delete()
    except ProtectedError:
        raise InvalidState(
            f"«{row}» já foi usado e não pode ser excluído: o histórico depende dele. Arquive-o.",
            code="was_used",
        ) from None
    record(Act.CHART_CHANGED, on=told, by=by, why="Excluído sem ter sido usado.", before=words)


def mark_bank_home(group: ClassificationGroup, *, by: User | None = None) -> None:
    """From now on new bank accounts get their Conta do Ativo here; those that exist stay.

    Runs inside the company's scope.

    Raises:
        InvalidInput: the group is archived or not of assets.
    """
    lock_chart(group.tenant_id)
    # The row that `open_bank_account_leaf` holds: an account is made wholly before or after.
    homes = ClassificationGroup.objects.of(group.tenant_id).select_for_update()
    before = homes.filter(is_bank_home=True).first()
    group.refresh_from_db(from_queryset=ClassificationGroup.objects.select_for_update())
    if group.is_archived or group.nature != Nature.ASSET:
        raise InvalidInput(
            "Escolha um grupo do ativo que não esteja arquivado.", field="home", code="not_possible"
        )
    if before == group:
        return
    if before is not None:
        before.is_bank_home = False
        before.save(update_fields=["is_bank_home"])
    group.is_bank_home = True
    group.save(update_fields=["is_bank_home"])
    record(
        Act.BANK_HOME_CHANGED,
        on=group,
        by=by,
        before={"Grupo": str(before) if before else "nenhum"},
        after={"Grupo": str(group)},
    )
