"""Comments and files of a bank line, and its page."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Record
from banking.models import BankAccount, StatementLine
from core.errors import InvalidInput, InvalidState
from reconciliation.matches import notes
from reconciliation.matches.undo import undo
from reconciliation.models import LineFile, Match
from reconciliation.models.line_note import MOST_BYTES
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.payments.factories import make_known
from tests.reconciliation.matched import line, make_entry, matched
from tests.reconciliation.ruled import applied, entry, make_rule, when

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PDF = b"%PDF-1.7\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPG = b"\xff\xd8\xff\xe0" + bytes(20)
XML = b'<?xml version="1.0" encoding="UTF-8"?><nfeProc><NFe/></nfeProc>'
LATIN = '<?xml version="1.0" encoding="ISO-8859-1"?><a>São</a>'.encode("latin-1")
BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
PAGE = reverse("reconciliation:reconcile")


@pytest.fixture
def row(itau: BankAccount) -> StatementLine:
    return line(itau, "-150.00")


@pytest.fixture
def finance(client: Client, tenant: Tenant, ana: Membership) -> Client:
    sign_in(client, ana.user, tenant)
    return client


def url(name: str, row: Any) -> str:
    return reverse(f"reconciliation:{name}", args=[row.id])


def attach(row: StatementLine, by: Membership, content: bytes = PDF, name: str = "a") -> LineFile:
    with tenant_scope(row.tenant_id):
        return notes.attach_file(row, name, content, by=by)


# --- Files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (PDF, "application/pdf", "nota.pdf"),
        (PNG, "image/png", "nota.png"),
        (JPG, "image/jpeg", "nota.jpg"),
        (XML, "application/xml", "nota.xml"),
        (LATIN, "application/xml", "nota.xml"),
    ],
)
def test_a_file_is_what_its_content_says_and_is_only_saved(
    finance: Client, row: StatementLine, content: bytes, media_type: str, name: str
) -> None:
    finance.post(url("attach", row), {"file": SimpleUploadedFile("nota", content)})
    with tenant_scope(row.tenant_id):
        file = LineFile.objects.of(row.tenant_id).get()

    answer = finance.get(url("line_file", file))

    assert answer.content == content
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("nota.PDF", "nota.PDF"),
        ("nota.exe", "nota.exe.pdf"),
        ("../../etc/nota.pdf", "nota.pdf"),
        ("Nota\r\nSet-Cookie: a.pdf", "Nota Set-Cookie: a.pdf"),
        ("x" * 300 + ".pdf", "x" * 115 + "….pdf"),
        ("", "anexo.pdf"),
    ],
)
def test_a_file_keeps_its_name_as_far_as_that_is_one(
    row: StatementLine, ana: Membership, name: str, kept: str
) -> None:
    stored = attach(row, ana, name=name.rpartition("/")[2])

    assert reread(stored).name == kept


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00", "other_kind"),
        (b"<html><body><br></body></html>", "other_kind"),
        (BOMB, "other_kind"),
        (XML[:-3], "other_kind"),
        (b"PK\x03\x04", "other_kind"),
        (b'<?xml version="1.0" encoding="x-nada"?><a/>', "other_kind"),
        (PDF + bytes(MOST_BYTES), "too_large"),
    ],
)
def test_nothing_else_is_attached(
    row: StatementLine, ana: Membership, content: bytes, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        attach(row, ana, content, "nota.pdf")

    assert (refused.value.field, refused.value.code) == ("file", code)


def test_a_line_has_a_bounded_number_of_files(row: StatementLine, ana: Membership) -> None:
    files = [attach(row, ana) for _ in range(notes.MOST_FILES)]
    with pytest.raises(InvalidInput) as refused:
        attach(row, ana)
    assert refused.value.code == "too_many"

    with tenant_scope(row.tenant_id):
        notes.remove_file(files[0].id, by=ana)

    assert attach(row, ana).removed_at is None


def test_a_removed_file_leaves_its_trace_and_no_content(
    finance: Client, row: StatementLine, ana: Membership
) -> None:
    file = attach(row, ana, name="nota.pdf")

    page = finance.post(url("remove_file", file), follow=True)

    left = reread(file)
    assert (left.content, left.name, left.removed_by_id) == (None, "nota.pdf", ana.user_id)
    assert finance.get(url("line_file", file)).status_code == 404
    assert page.context["history"].files == []
    with tenant_scope(row.tenant_id):
        acts = Record.objects.of(row.tenant_id).filter(act="line_filed")
        assert [each.by_id for each in acts] == [ana.user_id] * 2
        with pytest.raises(InvalidState):
            notes.remove_file(file.id, by=ana)


def test_who_only_reads_saves_a_file_and_removes_none(
    client: Client, tenant: Tenant, row: StatementLine, ana: Membership
) -> None:
    file = attach(row, ana)
    sign_in(client, make_member(tenant, Role.READER), tenant)

    assert client.get(url("line_file", file)).content == PDF
    assert client.post(url("remove_file", file)).status_code == 403


def test_a_file_that_is_refused_is_said_at_its_field(finance: Client, row: StatementLine) -> None:
    page = finance.post(url("attach", row), {"file": SimpleUploadedFile("a.pdf", b"MZ")})

    assert page.status_code == 422
    assert page.context["attach_form"].errors.as_data()["file"][0].code == "other_kind"


def test_of_another_company_there_is_neither_line_nor_file(
    client: Client, other_tenant: Tenant, outsider: User, row: StatementLine, ana: Membership
) -> None:
    file = attach(row, ana)
    sign_in(client, outsider, other_tenant)

    assert client.get(url("line_file", file)).status_code == 404
    assert client.get(url("details", row)).status_code == 404
    assert client.post(url("comment", row), {"text": "a"}).status_code == 404


# --- Comments --------------------------------------------------------------------------------


def test_a_comment_that_is_too_long_is_kept_in_its_field(
    finance: Client, row: StatementLine
) -> None:
    page = finance.post(url("comment", row), {"text": "x" * 1_001})

    assert page.status_code == 422
    assert page.context["comment_form"].errors.as_data()["text"][0].code == "max_length"
    assert "x" * 1_001 in page.content.decode()


def test_the_row_says_how_much_was_written_and_attached(
    finance: Client, row: StatementLine, ana: Membership
) -> None:
    gone = attach(row, ana)
    attach(row, ana)
    with tenant_scope(row.tenant_id):
        notes.remove_file(gone.id, by=ana)
        notes.comment(row, "Um", by=ana)
        notes.comment(row, "Dois", by=ana)

    page = finance.get(PAGE)

    shown = page.context["pairs"][row.id].line
    assert (shown.comments_said, shown.files_here, shown.is_asked) == (2, 1, False)
    assert url("details", row) in page.content.decode()


# --- The page of a line ----------------------------------------------------------------------


def test_what_was_undone_stays_in_the_history_with_its_reason(
    finance: Client, tenant: Tenant, row: StatementLine, ana: Membership
) -> None:
    bill = make_known(tenant, "150.00", approved=True)
    match = matched(row, bill, by=ana)
    with tenant_scope(tenant.id):
        undo([match.id], by=ana, why="Era de outra conta")

    events = finance.get(url("details", row)).context["history"].events

    assert [each.kind for each in events] == ["end", "act"]
    ended, made = events
    assert (ended.text, ended.by) == ("Era de outra conta", ana.user.display_name)
    assert reverse("payments:detail", args=[bill.id]) in [link.url for link in made.links]


def test_a_match_says_how_sure_it_was_and_why(
    finance: Client, row: StatementLine, itau: BankAccount, ana: Membership
) -> None:
    entry = make_entry(itau, "-150.00")
    degree, reasons = Match.Degree.ACCEPTED, [{"slug": "amount", "words": "mesmo valor"}]
    matched(row, entry, by=ana, degree=degree, reasons=reasons)

    page = finance.get(url("details", row))

    (event,) = page.context["history"].events
    assert event.reasons == ["mesmo valor"]
    assert event.how == Match.Degree.ACCEPTED.label
    assert [each.url for each in event.links] == [reverse("accounts:entry", args=[entry.entry_id])]


def test_what_a_rule_did_names_the_rule(
    finance: Client, itau: BankAccount, ana: Membership
) -> None:
    row = line(itau, "-12.00", description="TARIFA PACOTE")
    rule = make_rule(ana, entry(ana, when("tarifa"), name="Tarifas do banco"))
    applied(ana, row)

    page = finance.get(url("details", row))

    (event,) = page.context["history"].events
    (said,) = page.context["pair"].said
    assert event.how == said.how
    assert (event.by, rule.name in event.how) == ("", True)


def test_a_long_history_takes_no_more_queries(
    finance: Client, row: StatementLine, itau: BankAccount, ana: Membership
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(database) as caught:
            finance.get(url("details", row))
        return len(caught)

    def say() -> None:
        match = matched(row, make_entry(itau, "-150.00"), by=ana)
        with tenant_scope(row.tenant_id):
            undo([match.id], by=ana)
            notes.comment(row, "Sim", by=ana)
        attach(row, ana)

    say()
    few = queries()
    for _ in range(3):
        say()

    assert queries() == few
