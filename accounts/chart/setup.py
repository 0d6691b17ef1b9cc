"""Acts on the chart of accounts."""

from collections.abc import Mapping
from uuid import UUID

from accounts.chart import default_chart
from accounts.models import Account, ClassificationGroup
from core.errors import InvalidInput, InvalidState
from tenants.models import Tenant
from tenants.scope import tenant_scope


def open_books(tenant: Tenant) -> None:
    """Give a company the default chart. A company that has any group keeps what it has."""
    with tenant_scope(tenant.id):
        Tenant.objects.select_for_update().get(id=tenant.id)
        if ClassificationGroup.objects.of(tenant).exists():
            return
        groups: dict[str, ClassificationGroup] = {}
        for code, name in default_chart.GROUPS:
            groups[code] = ClassificationGroup(
                tenant=tenant,
                parent=groups.get(parent_code(code)),
                code=code,
                name=name,
                nature=default_chart.NATURES[code[0]],
                is_bank_home=code == default_chart.BANK_HOME,
            )
        ClassificationGroup.objects.bulk_create(groups.values())
        purposes = {code: purpose for purpose, (code, _) in default_chart.PURPOSES.items()}
        Account.objects.bulk_create(
            Account(
                tenant=tenant,
                group=groups[parent_code(code)],
                code=code,
                name=name,
                purpose=purposes.get(code, ""),
            )
            for code, name in default_chart.ACCOUNTS
        )


def open_bank_account_leaf(tenant: Tenant, *, name: str) -> Account:
    """Make the Conta do Ativo of a bank account, under the marked group, at the next free code.

    Raises:
        InvalidState: the company marks no group as home of bank accounts.
    """
    with tenant_scope(tenant.id):
        homes = ClassificationGroup.objects.of(tenant).filter(is_bank_home=True)
        home = homes.select_for_update().first()
        if home is None:
            raise InvalidState(
                "Defina no plano de contas o grupo padrão das contas bancárias "
                "antes de conectar um banco.",
                code="no_bank_home",
            )
        return Account.objects.create(
            tenant=tenant, group=home, code=next_free_code(home), name=name, is_bank_leaf=True
        )


def move_group(group: ClassificationGroup, *, parent: ClassificationGroup | None) -> None:
    """Put a group under another one, or at the top. Codes stay as they are.

    Raises:
        InvalidInput: the parent's nature does not hold the group's, or it lies inside the group.
    """
    with tenant_scope(group.tenant_id):
        check_place(group, parent, lock_groups(group.tenant_id))
        group.parent = parent
        group.save(update_fields=["parent"])


def lock_chart(tenant_id: UUID) -> None:
    """Acts on a company's chart follow each other: its row is held until the transaction ends."""
    Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)


def lock_groups(tenant_id: UUID) -> dict[UUID, UUID | None]:
    """The parent of every group. Two moves at once could close a loop that neither sees."""
    rows = ClassificationGroup.objects.of(tenant_id).select_for_update()
    return dict(rows.order_by("id").values_list("id", "parent_id"))


def check_place(
    group: ClassificationGroup,
    parent: ClassificationGroup | None,
    parents: Mapping[UUID, UUID | None],
) -> None:
    """`parents` as by `lock_groups`.

    Raises:
        InvalidInput: the group may not go there.
    """
    if parent is not None and not parent.may_hold(group.nature):
        raise InvalidInput(
            "O grupo acima precisa ter a mesma natureza, ou uma que a contenha.",
            field="parent",
            code="another_nature",
        )
    above = parent.id if parent else None
    while above is not None:
        if above == group.id:
            raise InvalidInput(
                "Um grupo não pode ficar dentro dele mesmo.", field="parent", code="inside_itself"
            )
        above = parents[above]


def parent_code(code: str) -> str:
    return code.rpartition(".")[0]


def next_free_code(group: ClassificationGroup, *, digits: int = 2) -> str:
    """The group's code and the number after the highest in use: 1.1.1.1.01, 1.1.1.1.02 …"""
    prefix = f"{group.code}."
    used: list[str] = []
    for model in (Account, ClassificationGroup):
        rows = model.objects.of(group.tenant_id).filter(code__startswith=prefix)
        used += [code.removeprefix(prefix) for code in rows.values_list("code", flat=True)]
    highest = max((int(number) for number in used if number.isdecimal()), default=0)
    return f"{prefix}{highest + 1:0{digits}d}"
