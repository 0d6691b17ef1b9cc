"""Make and change groups and accounts. Entries stay where they are, whatever their account's name.

Every act locks the company's chart, so two people's acts follow each other, and each check is
made on what then stands. Codes are unique over groups and accounts together.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.chart.setup import check_place, lock_chart, lock_groups
from accounts.models import Account, ClassificationGroup, Nature
from audit.acts import Act
from audit.services import record
from core.errors import InvalidInput
from tenants.models import Tenant, User

CODE = re.compile(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+)*")
Row = ClassificationGroup | Account


@dataclass(frozen=True, slots=True)
class GroupDetails:
    """What a person decides about a group. `nature` counts only for a new one; empty: its
    parent's."""

    code: str
    name: str
    external_code: str = ""
    parent: ClassificationGroup | None = None
    nature: str = ""


@dataclass(frozen=True, slots=True)
class AccountDetails:
    code: str
    name: str
    group: ClassificationGroup
    external_code: str = ""


def make_group(tenant: Tenant, details: GroupDetails, *, by: User | None) -> ClassificationGroup:
    """Runs inside the company's scope.

    Raises:
        InvalidInput: the code is malformed or taken, the parent is archived or does not hold the
            nature, or a group at the top has none. `field` names which.
    """
    lock_chart(tenant.id)
    parent = details.parent
    if parent is not None:
        parent.refresh_from_db()
    check_code(tenant, details.code)
    check_is_open(parent, field="parent")
    if parent is None and details.nature not in Nature.values:
        raise InvalidInput("Escolha a natureza: este grupo não tem grupo acima.", field="nature")
    nature = details.nature or (parent.nature if parent else "")
    if parent is not None and not parent.may_hold(nature):
        raise InvalidInput(
            f"Dentro de «{parent}» não cabe um grupo desta natureza.",
            field="nature",
            code="another_nature",
        )
    group: ClassificationGroup = ClassificationGroup.objects.create(
        tenant=tenant,
        parent=parent,
        code=details.code,
        name=details.name,
        external_code=details.external_code,
        nature=nature,
    )
    record(Act.CHART_CHANGED, on=group, by=by, why="Grupo criado.", after=words_of(group))
    return group


def make_account(tenant: Tenant, details: AccountDetails, *, by: User | None) -> Account:
    """Runs inside the company's scope.

    Raises:
        InvalidInput: the code is malformed or taken, or the group is archived.
    """
    lock_chart(tenant.id)
    group = details.group
    group.refresh_from_db()
    check_code(tenant, details.code)
    check_is_open(group, field="group")
    account: Account = Account.objects.create(
        tenant=tenant,
        group=group,
        code=details.code,
        name=details.name,
        external_code=details.external_code,
    )
    record(Act.CHART_CHANGED, on=account, by=by, why="Conta criada.", after=words_of(account))
    return account


def change_group(
    group: ClassificationGroup, details: GroupDetails, *, seen: str, by: User | None
) -> None:
    """Rename or move a group. `seen` is `as_seen` of when the page was opened.

    Runs inside the company's scope.

    Raises:
        InvalidInput: somebody changed it since; the code is malformed or taken; the parent is
            archived, does not hold the nature, or lies inside the group.
    """
    before = lock_row(group, seen)
    if details.code != group.code:
        check_code(group.tenant, details.code)
    if details.parent != group.parent:
        check_place(group, details.parent, lock_groups(group.tenant_id))
        if details.parent is not None:
            details.parent.refresh_from_db()
        check_is_open(details.parent, field="parent")
    group.code, group.name = details.code, details.name
    group.external_code, group.parent = details.external_code, details.parent
    write(group, before, by=by)


def change_account(
    account: Account, details: AccountDetails, *, seen: str, by: User | None
) -> None:
    """Rename an account or move it to another group of its nature.

    Runs inside the company's scope.

    Raises:
        InvalidInput: somebody changed it since; the code is malformed or taken; the group is
            archived or of another nature.
    """
    before = lock_row(account, seen)
    if details.code != account.code:
        check_code(account.tenant, details.code)
    if details.group != account.group:
        details.group.refresh_from_db()
        check_is_open(details.group, field="group")
        if details.group.nature != account.group.nature:
            raise InvalidInput("O grupo precisa ter a mesma natureza.", field="group")
    account.code, account.name = details.code, details.name
    account.external_code, account.group = details.external_code, details.group
    write(account, before, by=by)


def lock_row(row: Row, seen: str) -> dict[str, str]:
    """What the row says now, held until the transaction ends.

    Raises:
        InvalidInput: that is not what the person saw.
    """
    lock_chart(row.tenant_id)
    row.refresh_from_db(from_queryset=type(row).objects.select_for_update())
    now = words_of(row)
    if changed := changes_since(seen, now):
        raise InvalidInput(
            "Outra pessoa alterou este registro enquanto você editava, e nada foi gravado. "
            f"{changed} Confira a sua alteração e grave de novo.",
            code="changed_by_another",
        )
    return now


def write(row: Row, before: Mapping[str, str], *, by: User | None) -> None:
    after = words_of(row)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return
    row.save()
    record(
        Act.CHART_CHANGED,
        on=row,
        by=by,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )


def words_of(row: Row) -> dict[str, str]:
    """What a person can change of it, as it is read on the screen."""
    above = row.group if isinstance(row, Account) else row.parent
    return {
        "Código": row.code,
        "Nome": row.name,
        "Código externo": row.external_code or "nenhum",
        "Grupo acima": str(above) if above else "nenhum",
        "Situação": "arquivado" if row.is_archived else "em uso",
    }


def as_seen(row: Row) -> str:
    return json.dumps(words_of(row), ensure_ascii=False)


def changes_since(seen: str, now: Mapping[str, str]) -> str:
    """Portuguese sentences; empty when nothing changed. What is no `as_seen` tells everything."""
    try:
        before = dict(json.loads(seen))
    except (ValueError, TypeError, RecursionError):
        before = {}
    changed = [name for name, value in now.items() if before.get(name) != value]
    return " ".join(f"{name} agora é «{now[name]}»." for name in changed)


def check_code(tenant: Tenant, code: str) -> None:
    if not CODE.fullmatch(code):
        raise InvalidInput("Use letras ou números separados por pontos, como 1.1.2.", field="code")
    for model in (ClassificationGroup, Account):
        taken = model.objects.of(tenant).filter(code=code).first()
        if taken is not None:
            raise InvalidInput(
                f"Este código já é usado por «{taken}».", field="code", code="code_taken"
            )


def check_is_open(group: ClassificationGroup | None, *, field: str) -> None:
    if group is not None and group.is_archived:
        raise InvalidInput(
            f"O grupo «{group}» está arquivado: reative-o ou escolha outro.", field=field
        )
