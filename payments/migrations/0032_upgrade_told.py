"""Who decides is told which bills the upgrade put back to approval, each person once.

A migration sends no e-mail: the notices that it writes leave with the next tick (tenants/notices.py).
What a bank had not paid waits again since 0008; whatever went back later began another round.
"""

from collections.abc import Sequence
from typing import Any

from django.db import migrations

from core.money import format_brl
from core.plurals import counted
from core.text import shorten

BACK = {
    "status": "pending", "approval_round": 1,
    "hold__in": ["refused", "expired", "returned", "taken_back"],
}  # fmt: skip
TOLD = ["admin", "aprovador", "financeiro"]
LIST = "/pagamentos/?periodo=todas&situacao=voltaram"


def tell(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    bills = apps.get_model("payments", "Payable").objects.using("owner").select_related("payee")
    notices, members = (
        apps.get_model("tenants", name).objects.using("owner") for name in ("Notice", "Membership")
    )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT kamino_now() + interval '7 days'")
        (until,) = cursor.fetchone()
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            back = list(bills.filter(**BACK).order_by("due_date", "id"))
            people = members.filter(role__in=TOLD).values_list("user_id", flat=True)
            notices.bulk_create(
                notices.model(
                    tenant_id=tenant_id, user_id=person, subject="upgrade:approvals", step="once",
                    action="Ver as contas", url=LIST, until=until, **words(back),
                )
                for person in (people if back else [])
            )  # fmt: skip
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


def words(bills: Sequence[Any]) -> dict[str, str]:
    """All of them are in the list that the notice leads to."""
    number = counted(len(bills), "conta voltou", "contas voltaram")
    named = "; ".join(f"«{bill.payee.name}», R$\u00a0{format_brl(bill.amount)}" for bill in bills)
    return {
        "title": f"{number} para aprovação na atualização do Kamino.",
        "text": shorten(f"O banco não pagou, e nada é enviado sem nova aprovação: {named}.", 300),
    }


class Migration(migrations.Migration):
    dependencies = [("payments", "0031_days_of_leaving"), ("tenants", "0005_sending_lock")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
