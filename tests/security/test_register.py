"""Nobody brings an account of theirs on file alone: one enters it, and another confirms it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from core.clock import database_now
from core.errors import Changed, DomainError, InvalidInput, InvalidState, NotAllowed
from parties.archive import archive_destination, archive_payee
from parties.confirm import confirm_destination, digest_of, sheet_of
from parties.enter import enter_account, enter_key
from parties.merge import confirm_merge, propose_merge, refuse_merge, version_of
from parties.models import Payee, PayeeAccount, PayeeKey, PayeeMerge, RegisterSettings
from parties.rename import rename_payee
from parties.rest import set_rest
from payments.bills.approval import approve_payable, reject_payable
from payments.bills.edit import edit_payable
from payments.bills.edit import version_of as version_of_bill
from payments.bills.enter import cancel_payable
from payments.bills.warnings import Caution, warnings_of
from payments.models import Approval, Payable
from payments.rails.destinations import TedDetails
from payments.rails.seal import seal_of
from tenants.models import Membership, Notice, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.clock import travel
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.clock import at
from tests.payments.factories import (
    ITAU,
    PIX_KEY,
    approve,
    confirm,
    file_account,
    make_bank_account,
    make_payable,
    shown,
)
from tests.security.sending import WAYS, Way, by_two_ways, orders_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

OTHER = TedDetails("341", "0123", "999999", ITAU.account_type)
DIGITS = {"bank_code": "341", "branch": "0123", "account": "999999", "account_type": "checking"}
LATER, STRANGER = date(2026, 11, 25), "11444777000161"
Destination = PayeeAccount | PayeeKey


def member(tenant: Tenant, user: User) -> Membership:
    with tenant_scope(tenant.id):
        return Membership.objects.of(tenant).get(user=user)


def account_of(payable: Payable) -> PayeeAccount:
    assert payable.payee_account is not None
    return payable.payee_account


def by_hand(payee: Payee, by: User) -> PayeeAccount:
    with tenant_scope(payee.tenant_id):
        return enter_account(payee, DIGITS, by=member(payee.tenant, by))


def seen(row: Destination) -> str:
    with tenant_scope(row.tenant_id):
        return digest_of(sheet_of(type(row).objects.select_related("payee").get(id=row.id)))


def confirming(row: Destination, by: User, told: str | None = None) -> None:
    told = told or seen(row)
    with tenant_scope(row.tenant_id):
        confirm_destination(row, by=member(row.tenant, by), shown=told)


def on_file(payee: Payee) -> list[str]:
    with tenant_scope(payee.tenant_id):
        rows = PayeeAccount.objects.of(payee.tenant_id).filter(payee=payee).for_ted()
        return [row.account for row in rows]


# --- Who confirms ---


@pytest.mark.parametrize("role", [Role.ADMIN, Role.APPROVER])
def test_somebody_else_with_the_role_confirms(tenant: Tenant, operator: User, role: Role) -> None:
    row = account_of(make_payable(tenant, by=operator))

    confirming(row, make_member(tenant, role))

    assert on_file(row.payee) == ["456789"]


def test_nobody_confirms_what_they_entered(client: Client, tenant: Tenant, admin: User) -> None:
    payee = make_payable(tenant).payee
    rows: list[Destination] = [by_hand(payee, admin)]
    with tenant_scope(tenant.id):
        rows.append(enter_key(payee, "email", "a@b.com", by=member(tenant, admin)))
    sign_in(client, admin, tenant)

    for row in rows:
        with pytest.raises(NotAllowed) as error:
            confirming(row, admin)
        client.post(reverse("registers:confirm", args=[row.id]), {"shown": seen(row)})

        assert error.value.code == "own_destination"
        assert not reread(row).is_confirmed


def test_nor_what_came_with_a_bill_of_theirs(tenant: Tenant, admin: User) -> None:
    """Another admin wrote the account into the bill."""
    payable = make_payable(tenant, by=admin)
    edit(payable, make_member(tenant, Role.ADMIN), destination=OTHER)
    with tenant_scope(tenant.id):
        row = PayeeAccount.objects.of(tenant).get(account="999999")

    with pytest.raises(NotAllowed) as error:
        confirming(row, admin)

    assert error.value.code == "own_destination"


@pytest.mark.parametrize("role", [Role.FINANCE, Role.READER])
def test_who_may_not_approve_confirms_nothing(client: Client, tenant: Tenant, role: Role) -> None:
    row = account_of(make_payable(tenant))
    person = make_member(tenant, role)
    sign_in(client, person, tenant)

    client.post(reverse("registers:confirm", args=[row.id]), {"shown": seen(row)})

    with pytest.raises(NotAllowed):
        confirming(row, person)
    assert not reread(row).is_confirmed


def test_a_second_membership_is_another_person_or_nobody(tenant: Tenant, admin: User) -> None:
    """A second account of the same mailbox is no second person, one that an admin let in is."""
    row = account_of(make_payable(tenant, by=admin))
    with tenant_scope(tenant.id), pytest.raises(DatabaseError), transaction.atomic():
        Membership.objects.create(tenant=tenant, user=admin, role=Role.APPROVER)

    with pytest.raises(NotAllowed):
        confirming(row, admin)
    confirming(row, make_member(tenant, Role.APPROVER))

    assert reread(row).is_confirmed


def test_what_changed_since_it_was_looked_at_is_not_confirmed(
    client: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    first = file_account(tenant)
    row = by_hand(first.payee, operator)

    def renamed() -> None:
        rename(first.payee, operator, "Outro Nome")

    def archived() -> None:
        with tenant_scope(tenant.id):
            archive_destination(account_of(first), by=member(tenant, operator), why="x")

    for changes in (renamed, archived):
        told = seen(row)
        changes()
        sign_in(client, approver, tenant)
        with pytest.raises(Changed):
            confirming(row, approver, told)
        answer = client.post(reverse("registers:confirm", args=[row.id]), {"shown": told})

        assert answer.status_code == 409
        assert not reread(row).is_confirmed


@pytest.mark.parametrize("told", ["", "0" * 64])
def test_nothing_is_confirmed_unseen(tenant: Tenant, approver: User, told: str) -> None:
    row = account_of(make_payable(tenant))

    with tenant_scope(tenant.id), pytest.raises(Changed):
        confirm_destination(row, by=member(tenant, approver), shown=told)


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_confirm_it_once(tenant: Tenant) -> None:
    row = account_of(make_payable(tenant))
    people = [make_member(tenant, Role.APPROVER) for _ in range(2)]
    told = seen(row)

    outcomes = at_once(lambda: confirming(row, people.pop(), told))

    refused = [each for each in outcomes if isinstance(each, DomainError)]
    assert [error.code for error in refused] == ["confirmed_already"]


def test_another_company_s_rows_are_not_there(
    client: Client, tenant: Tenant, other_tenant: Tenant, outsider: User
) -> None:
    row = account_of(make_payable(tenant))
    theirs = make_payable(other_tenant, payee_document=STRANGER).payee
    sign_in(client, outsider, other_tenant)

    answers = [
        client.post(reverse("registers:confirm", args=[row.id]), {"shown": seen(row)}),
        client.post(reverse("registers:refuse", args=[row.id]), {"why": "x"}),
        client.post(reverse("registers:enter", args=[row.payee_id]), {"way": "account"}),
        client.get(reverse("registers:payee", args=[row.payee_id])),
    ]
    client.post(reverse("registers:merge", args=[theirs.id]), {"target": row.payee.document})

    assert {answer.status_code for answer in answers} == {404}
    assert not reread(row).is_confirmed
    with tenant_scope(other_tenant.id):
        assert not PayeeMerge.objects.of(other_tenant).exists()


# --- What is on file ---


def only_approved(tenant: Tenant, by: User) -> Payee:
    return make_payable(tenant, by=by, destination=OTHER, approved=True).payee


def rejected(tenant: Tenant, by: User) -> Payee:
    bill = make_payable(tenant, by=by, destination=OTHER)
    with tenant_scope(tenant.id):
        reject_payable(bill, by=member(tenant, make_member(tenant, Role.APPROVER)), why="x")
    return bill.payee


def cancelled(tenant: Tenant, by: User) -> Payee:
    bill = make_payable(tenant, by=by, destination=OTHER, approved=True)
    with tenant_scope(tenant.id):
        cancel_payable(bill, by=by)
    return bill.payee


def archived_since(tenant: Tenant, by: User) -> Payee:
    bill = file_account(tenant, OTHER, by=by)
    with tenant_scope(tenant.id):
        archive_destination(account_of(bill), by=member(tenant, by), why="x")
    return bill.payee


def entered_again(tenant: Tenant, by: User) -> Payee:
    """It was confirmed once, given up, and is another row now."""
    payee = archived_since(tenant, by)
    by_hand(payee, by)
    return payee


def resting(tenant: Tenant, by: User) -> Payee:
    with tenant_scope(tenant.id):
        set_rest(24, by=member(tenant, make_member(tenant, Role.ADMIN)))
    return file_account(tenant, OTHER, by=by).payee


def merged(tenant: Tenant, by: User) -> Payee:
    """The account was confirmed for another payee, which then became this one."""
    target = make_payable(tenant, destination=PIX_KEY).payee
    source = file_account(tenant, OTHER, by=by, payee_document=STRANGER).payee
    merge(source, target, by, make_member(tenant, Role.APPROVER))
    return target


ATTEMPTS = [only_approved, rejected, cancelled, archived_since, entered_again, resting, merged]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_none_of_these_is_on_file(
    tenant: Tenant, operator: User, attempt: Callable[[Tenant, User], Payee]
) -> None:
    payee = attempt(tenant, operator)

    assert on_file(payee) == []


@pytest.mark.parametrize(("way", "attempt"), by_two_ways(ATTEMPTS))
def test_and_no_pix_becomes_a_ted_to_it(
    client: Client,
    tenant: Tenant,
    operator: User,
    way: Way,
    attempt: Callable[[Tenant, User], Payee],
) -> None:
    account = make_bank_account(tenant, modo_banking_from=date(2026, 11, 3))
    change(account, pix_policy=BankAccount.PixPolicy.TED)
    attempt(tenant, operator)
    payable = make_payable(tenant, destination=PIX_KEY, approved=True)
    sign_in(client, operator, tenant)

    way(client, reread(account), payable)

    assert [order.content for order in orders_of(payable)] == []


def test_after_its_rest_it_is_on_file(tenant: Tenant, operator: User) -> None:
    payee = resting(tenant, operator)

    with travel(at("24 10:01")):
        assert on_file(payee) == ["999999"]


def test_a_shorter_rest_frees_nothing_that_rests(tenant: Tenant, operator: User) -> None:
    payee = resting(tenant, operator)
    with tenant_scope(tenant.id):
        set_rest(0, by=member(tenant, make_member(tenant, Role.ADMIN)))

    assert on_file(payee) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_new_account_holds_no_bill_to_a_confirmed_one(
    client: Client, tenant: Tenant, operator: User, way: Way
) -> None:
    """Changed in the register between approval and day: the sealed one is paid, and marked."""
    account = make_bank_account(tenant, modo_banking_from=date(2026, 11, 3))
    payable = file_account(tenant)
    by_hand(payable.payee, operator)
    assert "other_destination" in codes_of(payable)
    sign_in(client, operator, tenant)

    way(client, account, payable)

    (order,) = orders_of(payable)
    assert order.content["account"] == "456789"


# --- Who approves ---


def edit(payable: Payable, by: User, **changes: Any) -> None:
    bill = reread(payable)
    with tenant_scope(bill.tenant_id):
        typed = {
            "payee_name": bill.payee.name, "payee_document": bill.payee.document,
            "description": bill.description, "amount": Decimal(bill.amount),
            "due_date": bill.due_date, "expense_account": bill.expense_account,
            "destination": ITAU, "bank_account": bill.bank_account,
        }  # fmt: skip
        person = member(bill.tenant, by)
        edit_payable(bill, by=person, seen=version_of_bill(bill), **{**typed, **changes})


def rename(payee: Payee, by: User, name: str) -> None:
    now = reread(payee)
    with tenant_scope(payee.tenant_id):
        rename_payee(now, name=name, trade_name="", seen=now.name, by=member(now.tenant, by))


def refusal_of(payable: Payable, by: User) -> str:
    told = shown(payable)
    with tenant_scope(payable.tenant_id), pytest.raises(NotAllowed) as error:
        approve_payable(payable, by=member(payable.tenant, by), shown=told)
    return error.value.code


def test_who_wrote_the_account_does_not_approve_a_bill_to_it(
    client: Client, tenant: Tenant, operator: User, admin: User
) -> None:
    """APR-04: allowed once another has confirmed the account."""
    payee = make_payable(tenant, destination=PIX_KEY).payee
    row = by_hand(payee, admin)
    payable = make_payable(tenant, by=operator, destination=OTHER)
    sign_in(client, admin, tenant)

    assert refusal_of(payable, admin) == "own_destination"
    page = client.get(reverse("payments:detail", args=[payable.id])).content.decode()
    assert reverse("payments:approve", args=[payable.id]) not in page
    confirm(row)
    assert (
        reverse("payments:approve", args=[payable.id])
        in client.get(reverse("payments:detail", args=[payable.id])).content.decode()
    )
    assert approve(payable, admin).approved_by == admin


def test_nor_who_wrote_the_key_not_even_when_it_was_given_up_and_came_again(
    tenant: Tenant, operator: User, admin: User
) -> None:
    payee = make_payable(tenant).payee
    with tenant_scope(tenant.id):
        key = enter_key(payee, PIX_KEY.type, PIX_KEY.value, by=member(tenant, admin))
    payable = make_payable(tenant, by=operator, destination=PIX_KEY)
    assert refusal_of(payable, admin) == "own_destination"
    with tenant_scope(tenant.id):
        archive_destination(key, by=member(tenant, admin), why="x")
    again = make_payable(tenant, by=operator, destination=PIX_KEY, description="again")

    assert refusal_of(again, admin) == "own_destination"


def test_who_corrects_the_name_of_a_payee_does_not_approve_its_bills(
    tenant: Tenant, operator: User, admin: User
) -> None:
    payable = make_payable(tenant, by=operator)
    rename(payable.payee, admin, "Outro Nome")

    assert refusal_of(payable, admin) == "own_edit"
    assert approve(payable).approval is not None


def test_a_corrected_name_changes_no_seal(client: Client, tenant: Tenant, operator: User) -> None:
    account = make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    rename(payable.payee, operator, "Outro Nome")
    sign_in(client, operator, tenant)

    client.post(reverse("payments:send", args=[payable.id]))

    (order,) = orders_of(payable)
    assert order.content["holder_name"] == "Fornecedor Exemplo ME"
    assert order.bank_account_id == account.id


def test_a_name_is_not_corrected_over_another_correction(tenant: Tenant, operator: User) -> None:
    payee = make_payable(tenant).payee
    rename(payee, operator, "Outro Nome")

    with tenant_scope(tenant.id), pytest.raises(Changed):
        rename_payee(
            payee, name="Terceiro", trade_name="", seen="Fornecedor Exemplo ME",
            by=member(tenant, operator),
        )  # fmt: skip


# --- Merges ---


def merge(source: Payee, target: Payee, proposer: User, confirmer: User) -> None:
    with tenant_scope(source.tenant_id):
        asked = propose_merge(source, target, by=member(source.tenant, proposer))
        told = version_of(source, target)
        confirm_merge(asked, by=member(source.tenant, confirmer), shown=told)


def test_nobody_confirms_the_merge_that_they_proposed(tenant: Tenant, admin: User) -> None:
    source = make_payable(tenant, payee_document=STRANGER).payee
    target = make_payable(tenant, destination=PIX_KEY).payee

    with pytest.raises(NotAllowed) as error:
        merge(source, target, admin, admin)

    assert error.value.code == "own_merge"


def test_what_comes_along_is_confirmed_by_none_of_those_who_brought_it(
    tenant: Tenant, admin: User
) -> None:
    proposer, approver = make_member(tenant, Role.ADMIN), make_member(tenant, Role.APPROVER)
    source = make_payable(tenant, by=admin, destination=OTHER, payee_document=STRANGER).payee
    target = make_payable(tenant, destination=PIX_KEY).payee
    merge(source, target, proposer, approver)
    with tenant_scope(tenant.id):
        row = PayeeAccount.objects.of(tenant).get(payee=target)

    for person in (admin, proposer):
        with pytest.raises(NotAllowed):
            confirming(row, person)
    confirming(row, approver)

    assert on_file(target) == ["999999"]


def test_a_merge_changes_no_bill(tenant: Tenant, operator: User, approver: User) -> None:
    bill = make_payable(tenant, by=operator, payee_document=STRANGER, approved=True)
    target = make_payable(tenant, destination=PIX_KEY).payee
    with tenant_scope(tenant.id):
        before = Approval.objects.of(tenant).values_list("id", "seal").get()

    merge(bill.payee, target, operator, approver)

    after = reread(bill)
    assert (after.payee_id, after.approval_id, after.status) == (
        bill.payee_id, bill.approval_id, bill.status,
    )  # fmt: skip
    with tenant_scope(tenant.id):
        assert Approval.objects.of(tenant).values_list("id", "seal").get() == before


def test_a_merge_is_decided_once(tenant: Tenant, operator: User, approver: User) -> None:
    source = make_payable(tenant, payee_document=STRANGER).payee
    target = make_payable(tenant, destination=PIX_KEY).payee
    with tenant_scope(tenant.id):
        asked = propose_merge(source, target, by=member(tenant, operator))
        with pytest.raises(InvalidState):
            propose_merge(source, target, by=member(tenant, operator))
        refuse_merge(asked, by=member(tenant, approver))
        with pytest.raises(InvalidState):
            told = version_of(source, target)
            confirm_merge(asked, by=member(tenant, approver), shown=told)

    assert reread(source).merged_into_id is None


def test_no_bill_is_entered_for_one_that_is_merged_or_archived(
    tenant: Tenant, operator: User, approver: User
) -> None:
    source = make_payable(tenant, payee_document=STRANGER).payee
    target = make_payable(tenant, destination=PIX_KEY).payee
    merge(source, target, operator, approver)
    with tenant_scope(tenant.id):
        archive_payee(target, by=member(tenant, operator))

    for document, code in ((STRANGER, "payee_merged"), (target.document, "payee_archived")):
        with pytest.raises(InvalidInput) as error:
            make_payable(tenant, payee_document=document)
        assert error.value.code == code


# --- The database, under the application's role ---


def sql(tenant: Tenant, statement: str, *values: Any) -> None:
    with tenant_scope(tenant.id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


CONFIRM = (
    "UPDATE payments_payeeaccount SET confirmed_by_id = %s, confirmed_at = kamino_now(), "
    "usable_from = kamino_now() + %s WHERE id = %s"
)


def test_the_database_refuses_ones_own_confirmation(tenant: Tenant, admin: User) -> None:
    row = account_of(make_payable(tenant, by=admin))
    reader, no_rest = make_member(tenant, Role.READER), timedelta()

    for person in (admin, reader):
        with pytest.raises(DatabaseError, match="is not confirmed so"):
            sql(tenant, CONFIRM, person.pk, no_rest, row.id)
    with pytest.raises(DatabaseError, match="is not confirmed so"):
        sql(tenant, "UPDATE payments_payeeaccount SET entered_by_id = NULL WHERE id = %s", row.id)


def test_the_database_refuses_to_cut_the_rest_short(tenant: Tenant, approver: User) -> None:
    row = account_of(make_payable(tenant))
    with tenant_scope(tenant.id):
        RegisterSettings.objects.create(tenant=tenant, rest_hours=24)

    with pytest.raises(DatabaseError, match="is not confirmed so"):
        sql(tenant, CONFIRM, approver.pk, timedelta(hours=1), row.id)


CHANGES = [
    "confirmed_by_id = entered_by_id",
    "confirmed_at = confirmed_at - interval '1 day'", "usable_from = now()",
    "confirmed_by_id = NULL, confirmed_at = NULL, usable_from = NULL",
    "account = '999999'", "bank_code = '237'", "branch = '9999'", "account_type = 'savings'",
    "entered_by_id = NULL",
]  # fmt: skip


@pytest.mark.parametrize("to", CHANGES)
def test_the_database_keeps_what_was_confirmed(tenant: Tenant, to: str) -> None:
    row = account_of(file_account(tenant))

    with pytest.raises(DatabaseError):
        sql(tenant, f"UPDATE payments_payeeaccount SET {to} WHERE id = %s", row.id)


def test_the_database_keeps_a_confirmed_account_with_its_payee(tenant: Tenant) -> None:
    row = account_of(file_account(tenant))
    other = make_payable(tenant, destination=PIX_KEY, payee_document=STRANGER).payee

    with pytest.raises(DatabaseError):
        sql(
            tenant, "UPDATE payments_payeeaccount SET payee_id = %s WHERE id = %s",
            other.id, row.id,
        )  # fmt: skip


def test_the_database_brings_nothing_back_from_the_archive(tenant: Tenant, operator: User) -> None:
    payee = archived_since(tenant, operator)

    with pytest.raises(DatabaseError):
        sql(
            tenant, "UPDATE payments_payeeaccount SET archived_at = NULL WHERE payee_id = %s",
            payee.id,
        )  # fmt: skip


def test_the_database_lets_no_row_be_born_confirmed(tenant: Tenant, approver: User) -> None:
    payee, now = make_payable(tenant).payee, database_now()
    whole = {"confirmed_by": approver, "confirmed_at": now, "usable_from": now}

    with tenant_scope(tenant.id):
        for model, says in ((PayeeAccount, DIGITS), (PayeeKey, {"key_type": "cpf", "key": "1"})):
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.create(tenant=tenant, payee=payee, **says, **whole)


def test_the_database_merges_none_that_nobody_else_confirmed(tenant: Tenant, admin: User) -> None:
    source = make_payable(tenant, payee_document=STRANGER).payee
    target = make_payable(tenant, destination=PIX_KEY).payee
    with tenant_scope(tenant.id):
        asked = propose_merge(source, target, by=member(tenant, admin))

    with pytest.raises(DatabaseError):
        change(source, merged_into=target, archived_at=database_now())
    with pytest.raises(DatabaseError):
        change(asked, is_confirmed=True, decided_by=admin, decided_at=database_now())


def test_the_database_keeps_a_merge_as_it_was_asked_and_decided(
    tenant: Tenant, operator: User, approver: User, reader: User
) -> None:
    source = make_payable(tenant, payee_document=STRANGER).payee
    target = make_payable(tenant, destination=PIX_KEY).payee
    with tenant_scope(tenant.id):
        asked = propose_merge(source, target, by=member(tenant, operator))
    decided = {"is_confirmed": True, "decided_at": database_now()}

    for values in (
        {"proposed_by": approver},
        {"source": target, "target": source},
        decided | {"decided_by": reader},
    ):
        with pytest.raises(DatabaseError, match="is not decided so"):
            change(asked, **values)
    with tenant_scope(tenant.id):
        refuse_merge(asked, by=member(tenant, approver))
    with pytest.raises(DatabaseError, match="is not decided so"):
        change(asked, **decided, decided_by=approver)


def as_it_is_shown(payable: Payable, by: User, **seal: Any) -> None:
    """The row of an approval, past our own code."""
    with tenant_scope(payable.tenant_id), transaction.atomic():
        bill = Payable.objects.of(payable.tenant_id).with_destinations().get(id=payable.id)
        whole = seal_of(bill, None)
        whole["destinations"] = whole["destinations"] | seal
        Approval.objects.create(
            tenant_id=payable.tenant_id, payable=bill, round=bill.approval_round, person=by,
            seal=whole, digest="0" * 64,
        )  # fmt: skip


def test_the_database_takes_no_approval_from_who_entered_the_destination(
    tenant: Tenant, operator: User, admin: User
) -> None:
    payee = make_payable(tenant, destination=PIX_KEY).payee
    by_hand(payee, admin)
    with tenant_scope(tenant.id):
        enter_key(payee, "email", "a@b.com", by=member(tenant, admin))
    key = PIX_KEY.__class__(PIX_KEY.type, "a@b.com")
    bills = [make_payable(tenant, by=operator, destination=to) for to in (OTHER, key)]

    for bill in bills:
        with pytest.raises(DatabaseError, match="of a destination refused"):
            as_it_is_shown(bill, admin)
        as_it_is_shown(bill, make_member(tenant, Role.APPROVER))


def test_the_database_takes_no_ted_that_is_not_on_file_into_an_approval(
    tenant: Tenant, operator: User, approver: User
) -> None:
    payable = make_payable(tenant, by=operator, destination=PIX_KEY)
    by_hand(payable.payee, operator)

    with pytest.raises(DatabaseError, match="of a destination refused"):
        as_it_is_shown(payable, approver, ted=DIGITS)


# --- Who is told, and what is shown ---


def codes_of(payable: Payable) -> set[str]:
    return {warning.code for warning in warnings_on(payable)}


def warnings_on(payable: Payable) -> list[Caution]:
    with tenant_scope(payable.tenant_id):
        bill = Payable.objects.of(payable.tenant_id).with_details().get(id=payable.id)
        return warnings_of(bill)


def told(tenant: Tenant, kind: str) -> set[int]:
    with tenant_scope(tenant.id):
        rows = Notice.objects.of(tenant).filter(subject__startswith="payee:")
        mine = rows.filter(subject__endswith=f":{kind}")
        return set(mine.values_list("user_id", flat=True))


def test_author_and_approver_are_told_of_a_new_account_and_its_author_is_not(
    tenant: Tenant, operator: User, approver: User, admin: User
) -> None:
    approved = make_payable(tenant, by=operator, approved_by=approver)

    by_hand(approved.payee, admin)

    assert told(tenant, "entered") == {operator.pk, approver.pk}


def test_a_bill_to_an_unconfirmed_account_says_so_until_it_is_confirmed(tenant: Tenant) -> None:
    payable = make_payable(tenant)
    assert codes_of(payable) == {"new_destination"}

    confirm(account_of(payable))

    assert codes_of(payable) == set()


def test_a_bill_says_that_its_account_was_given_up(tenant: Tenant, operator: User) -> None:
    payable = make_payable(tenant, by=operator, approved=True)
    with tenant_scope(tenant.id):
        archive_destination(account_of(payable), by=member(tenant, operator), why="x")

    assert codes_of(payable) == {"archived_destination"}


@pytest.mark.parametrize(
    ("first", "second", "is_told"),
    [
        ("Aço Norte Distribuidora Ltda", "ACO NORTE Comercial S.A.", True),
        ("Oficina Modelo", "Oficina M0delo", True),
        ("Padaria Aurora", "Posto Central", False),
    ],
)
def test_a_payee_named_like_another_is_told_of(
    tenant: Tenant, first: str, second: str, is_told: bool
) -> None:
    file_account(tenant, payee_name=first)
    later = file_account(tenant, payee_name=second, payee_document=STRANGER)

    assert ("similar_name" in codes_of(later)) is is_told


def test_a_new_name_is_told_of_until_another_person_approved_a_bill_with_it(
    tenant: Tenant, admin: User, operator: User
) -> None:
    """An account that was confirmed as one payee's is not silently another's."""
    file_account(tenant, payee_name="Joao Mecanico")
    payee = make_payable(tenant).payee
    rename(payee, admin, "Energisa Paraiba S.A.")
    by_another, by_the_renamer = (make_payable(tenant, by=operator) for _ in range(2))

    approve(by_the_renamer, admin)
    assert "renamed_payee" in codes_of(make_payable(tenant))
    assert "renamed_payee" in codes_of(by_another)

    approve(by_another)
    assert "renamed_payee" not in codes_of(make_payable(tenant))

    rename(payee, admin, "Outro Nome")
    assert "renamed_payee" in codes_of(make_payable(tenant))


def test_who_renames_twice_hides_no_name_that_another_person_approved(
    tenant: Tenant, admin: User, operator: User
) -> None:
    file_account(tenant, payee_name="Joao Mecanico")
    payee = make_payable(tenant).payee
    for name in ("Energisa", "Energisa Paraiba S.A."):
        rename(payee, admin, name)

    (told,) = [c for c in warnings_on(make_payable(tenant)) if c.code == "renamed_payee"]
    assert "«Joao Mecanico»" in told.text and "«Energisa»" in told.text

    rename(payee, admin, "Joao Mecanico")
    assert "renamed_payee" not in codes_of(make_payable(tenant))


def test_a_trade_name_alone_is_no_new_name(tenant: Tenant, operator: User) -> None:
    payable = make_payable(tenant)
    with tenant_scope(tenant.id):
        rename_payee(
            payable.payee, name=payable.payee.name, trade_name="Loja", seen=payable.payee.name,
            by=member(tenant, operator),
        )  # fmt: skip

    assert "renamed_payee" not in codes_of(payable)


def test_a_name_that_is_corrected_to_another_s_is_told_of(tenant: Tenant, operator: User) -> None:
    file_account(tenant, payee_name="Padaria Aurora")
    older = file_account(tenant, payee_name="Posto Central", payee_document=STRANGER)

    rename(older.payee, operator, "Padaria Aurora ME")

    assert "similar_name" in codes_of(older)
