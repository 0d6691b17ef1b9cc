"""The bills of a run, part by part and page by page: sent, given back unsent, left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db import models
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from payments.models import NEVER_LEFT, DispatchRun, Payable, PayableQuerySet, PaymentOrder
from payments.reads.row import Row, rows_of
from payments.reads.status_label import Accounts
from tenants.models import Membership

PAGE = 50


class Part(models.TextChoices):
    """The names stand in the address."""

    SENT = "enviados"
    GIVEN_BACK = "devolvidos"
    LEFT_OUT = "de-fora"


@dataclass(frozen=True, slots=True)
class RunPage:
    rows: list[Row]
    following: str  # where the next page begins, as `read_part` takes it; empty: nowhere


def read_part(
    run: DispatchRun, part: Part, by: Membership, accounts: Accounts, now: datetime, after: str
) -> RunPage:
    """The bills of one page in a number of queries that does not depend on the run's size.

    Raises:
        BadRequest: `after` was not given by the page before.
    """
    if part is Part.LEFT_OUT:
        return read_left_out(run, by, accounts, now, after)
    sent, given_back = bills_of(run)
    bills = sent if part is Part.SENT else given_back
    if after:
        name, last = position(run, after)
        bills = bills.filter(TupleGreaterThan(Tuple("payee__name", "id"), (name, last)))
    ids = list(bills.order_by("payee__name", "id").values_list("id", flat=True)[: PAGE + 1])
    shown = ids[:PAGE]
    reasons = why_given_back(run, shown) if part is Part.GIVEN_BACK else {}
    rows = rows_in_order(run, shown, by, accounts, now, reasons)
    return RunPage(rows, str(shown[-1]) if len(ids) > PAGE else "")


def bills_of(run: DispatchRun) -> tuple[PayableQuerySet, PayableQuerySet]:
    """Those that went to the bank or are about to, and those that came back without having been."""
    orders = PaymentOrder.objects.of(run.tenant_id).filter(run=run)
    bills = Payable.objects.of(run.tenant_id)
    sent = bills.filter(id__in=orders.filter(~NEVER_LEFT).values("payable"))
    given_back = bills.filter(id__in=orders.filter(NEVER_LEFT).values("payable"))
    return sent, given_back.exclude(id__in=sent.values("id"))


def position(run: DispatchRun, after: str) -> tuple[str, UUID]:
    """Payee and id of the last bill of the page before."""
    try:
        bill = Payable.objects.of(run.tenant_id).select_related("payee").get(id=UUID(after))
    except (ValueError, Payable.DoesNotExist) as error:
        raise BadRequest("not a position in a run") from error
    return bill.payee.name, bill.id


def why_given_back(run: DispatchRun, bills: list[UUID]) -> dict[str, str]:
    """By the bill's id: why the order that the run made for it left the queue unsent."""
    orders = PaymentOrder.objects.of(run.tenant_id).filter(NEVER_LEFT, run=run, payable__in=bills)
    return {str(bill): why for bill, why in orders.values_list("payable_id", "message")}


def read_left_out(
    run: DispatchRun, by: Membership, accounts: Accounts, now: datetime, after: str
) -> RunPage:
    """In the order in which the run wrote them down; `after` is how many came before."""
    if after and not re.fullmatch(r"[0-9]{1,6}", after):
        raise BadRequest("not a position in a run")
    first = int(after or 0)
    items = run.left_out[first : first + PAGE]
    reasons = {item["payable"]: item["reason"] for item in items}
    rows = rows_in_order(run, [UUID(text) for text in reasons], by, accounts, now, reasons)
    is_last = len(run.left_out) <= first + PAGE
    return RunPage(rows, "" if is_last else str(first + PAGE))


def rows_in_order(
    run: DispatchRun,
    ids: list[UUID],
    by: Membership,
    accounts: Accounts,
    now: datetime,
    reasons: Mapping[str, str],
) -> list[Row]:
    bills = Payable.objects.of(run.tenant_id).filter(id__in=ids)
    rows = {row.payable.id: row for row in rows_of(bills, accounts, by, now, reasons=reasons)}
    return [rows[each] for each in ids]
