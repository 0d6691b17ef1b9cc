"""Ask a colleague about a bank line, and be answered."""

import re
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banking.models import BankAccount, StatementLine
from core.errors import InvalidInput, InvalidState, NotAllowed
from reconciliation.matches import questions
from reconciliation.models import LineQuestion
from reconciliation.reads.history import history_of
from reconciliation.reads.questions import open_questions
from tenants.models import Membership, Notice, Role, Tenant, User
from tenants.notices import send_waiting
from tenants.scope import tenant_scope
from tenants.services import add_member
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.reconciliation.books import member
from tests.reconciliation.matched import line

pytestmark = pytest.mark.django_db

PAGE = reverse("reconciliation:reconcile")
TEXT = "Que compra foi esta?"


@pytest.fixture
def row(itau: BankAccount) -> StatementLine:
    return line(itau, "-150.00")


@pytest.fixture
def beto(tenant: Tenant) -> Membership:
    """Only reads."""
    return member(tenant, Role.READER)


def ask(row: StatementLine, of: Membership, by: Membership, text: str = TEXT) -> LineQuestion:
    with tenant_scope(row.tenant_id):
        return questions.ask(row, text, of=of, by=by)


def answer(question: LineQuestion, by: Membership, text: str = "Papel A4") -> LineQuestion:
    with tenant_scope(by.tenant_id):
        return questions.answer(question.id, text, by=by)


def notices(tenant: Tenant) -> list[Notice]:
    with tenant_scope(tenant.id):
        return list(Notice.objects.of(tenant).filter(closed_at=None))


def mails() -> list[Any]:
    mail.outbox.clear()
    send_waiting(timezone.now())
    return mail.outbox


def url(name: str, row: Any) -> str:
    return reverse(f"reconciliation:{name}", args=[row.id])


def client_of(by: Membership) -> Client:
    client = Client()
    sign_in(client, by.user, Tenant(id=by.tenant_id))
    return client


# --- The mail --------------------------------------------------------------------------------


def test_who_is_asked_gets_one_mail_that_leads_to_the_question(
    row: StatementLine, ana: Membership, beto: Membership
) -> None:
    question = ask(row, beto, ana)

    (sent,) = mails()
    assert sent.to == [beto.user.email]
    assert "150" not in sent.subject
    assert TEXT in sent.body
    path = re.search(r"/conciliar/perguntas/abrir/\S+", sent.body)
    assert path is not None
    answered = client_of(beto).get(path[0])
    assert answered.url == url("question", question)
    assert mails() == []


def test_a_mail_keeps_its_message_id_when_it_has_to_leave_again(
    row: StatementLine, ana: Membership, beto: Membership, tenant: Tenant
) -> None:
    ask(row, beto, ana)
    first = mails()[0].extra_headers["Message-ID"]
    with tenant_scope(tenant.id):
        Notice.objects.of(tenant).update(emailed_at=None)

    assert mails()[0].extra_headers["Message-ID"] == first


def test_the_link_opens_for_who_works_for_another_company_now(
    row: StatementLine, ana: Membership, beto: Membership, other_tenant: Tenant
) -> None:
    add_member(other_tenant, beto.user, Role.READER)
    question = ask(row, beto, ana)
    client = Client()
    sign_in(client, beto.user, other_tenant)

    page = client.get(questions.signed_address(question, beto.user_id), follow=True)

    assert page.context["question"] == question
    assert page.context["can_answer"]


def test_the_link_of_another_person_leads_nowhere(
    row: StatementLine, ana: Membership, beto: Membership, outsider: User, other_tenant: Tenant
) -> None:
    question = ask(row, beto, ana)
    address = questions.signed_address(question, beto.user_id)
    theirs = Client()
    sign_in(theirs, outsider, other_tenant)

    assert theirs.get(address).url == reverse("home")
    assert client_of(ana).get(address).url == reverse("home")
    assert Client().get(address).url.startswith(reverse("account_login"))
    assert client_of(beto).get(f"{address[:-3]}xx/").status_code == 404


# --- Ask, answer, withdraw -------------------------------------------------------------------


def test_the_answer_stands_at_the_line_and_who_asked_is_told(
    row: StatementLine, ana: Membership, beto: Membership, tenant: Tenant
) -> None:
    question = answer(ask(row, beto, ana), beto)

    assert not question.is_open
    (told,) = notices(tenant)
    assert (told.user_id, told.step) == (ana.user_id, "answered")
    with tenant_scope(tenant.id):
        kinds = [event.kind for event in history_of(row, ana).events]
    assert kinds == ["answer", "question"]


def test_a_question_is_answered_once(row: StatementLine, ana: Membership, beto: Membership) -> None:
    question = answer(ask(row, beto, ana), beto)

    with pytest.raises(InvalidState) as refused:
        answer(question, beto, "Outra coisa")

    assert refused.value.code == "ended"
    assert reread(question).answer == "Papel A4"


def test_only_who_was_asked_answers(
    row: StatementLine, ana: Membership, beto: Membership, tenant: Tenant
) -> None:
    question = ask(row, beto, ana)

    with pytest.raises(NotAllowed):
        answer(question, ana)
    other = client_of(member(tenant, Role.ADMIN))
    other.post(url("question", question), {"text": "Fui eu"})

    assert not other.get(url("question", question)).context["can_answer"]
    assert reread(question).is_open


def test_a_withdrawn_question_is_told_nobody_any_more(
    row: StatementLine, ana: Membership, beto: Membership, tenant: Tenant
) -> None:
    question = ask(row, beto, ana)

    client_of(ana).post(url("withdraw_question", question))

    assert reread(question).withdrawn_by_id == ana.user_id
    assert notices(tenant) == []
    assert mails() == []


def test_who_works_on_the_statement_withdraws_what_others_were_asked(
    row: StatementLine, ana: Membership, beto: Membership, tenant: Tenant
) -> None:
    carla = member(tenant)
    theirs, mine = ask(row, beto, ana), ask(row, carla, ana)

    for question in (theirs, mine):
        client_of(carla).post(url("withdraw_question", question))

    assert reread(theirs).withdrawn_by_id == carla.user_id
    assert reread(mine).is_open


def test_who_only_reads_withdraws_nothing(
    row: StatementLine, ana: Membership, beto: Membership
) -> None:
    question = ask(row, beto, ana)

    client_of(beto).post(url("withdraw_question", question))

    assert reread(question).is_open


def test_nobody_asks_themselves_or_a_stranger(
    row: StatementLine, ana: Membership, other_tenant: Tenant
) -> None:
    for other in (ana, member(other_tenant, Role.ADMIN)):
        with pytest.raises(InvalidInput) as refused:
            ask(row, other, ana)
        assert refused.value.code == "not_a_colleague"


@pytest.mark.parametrize("text", ["", "  \u200b ", "x" * 1_001])
def test_a_question_has_a_text_of_bounded_length(
    row: StatementLine, ana: Membership, beto: Membership, text: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(row, beto, ana, text)

    assert refused.value.field == "text"


def test_a_line_has_a_bounded_number_of_open_questions(
    row: StatementLine, ana: Membership, beto: Membership
) -> None:
    for _ in range(questions.MOST_OPEN):
        last = ask(row, beto, ana)
    with pytest.raises(InvalidState) as refused:
        ask(row, beto, ana)
    assert refused.value.code == "too_many"

    answer(last, beto)

    assert ask(row, beto, ana).is_open


def test_the_database_keeps_what_was_asked_and_answered(
    row: StatementLine, ana: Membership, beto: Membership
) -> None:
    question = ask(row, beto, ana)
    rows = LineQuestion.objects.of(row.tenant_id).filter(id=question.id)
    broken = (
        lambda: rows.update(text="Outra"),
        lambda: rows.update(answer="Sem dia"),
        lambda: rows.delete(),
    )
    for act in broken:
        with pytest.raises(IntegrityError), tenant_scope(row.tenant_id), transaction.atomic():
            act()
    answer(question, beto)
    with pytest.raises(IntegrityError), tenant_scope(row.tenant_id), transaction.atomic():
        rows.update(answer="Mudada")


# --- Pages -----------------------------------------------------------------------------------


def test_a_question_is_asked_and_answered_on_the_pages(
    row: StatementLine, ana: Membership, beto: Membership, tenant: Tenant
) -> None:
    asking = client_of(ana).post(url("ask", row), {"of": str(beto.id), "text": TEXT}, follow=True)
    with tenant_scope(tenant.id):
        question = LineQuestion.objects.of(tenant).get()
    assert url("withdraw_question", question) in asking.content.decode()
    colleague = client_of(beto)
    assert (
        url("question", question)
        in colleague.get(reverse("reconciliation:questions")).content.decode()
    )

    done = colleague.post(url("question", question), {"text": "Papel A4"}, follow=True)

    assert reread(question).answer == "Papel A4"
    assert "Papel A4" in done.content.decode()


def test_an_empty_answer_is_said_at_its_field(
    row: StatementLine, ana: Membership, beto: Membership
) -> None:
    question = ask(row, beto, ana)

    page = client_of(beto).post(url("question", question), {"text": " "})

    assert page.status_code == 422
    assert page.context["form"].errors.as_data()["text"][0].code == "required"


def test_what_was_typed_stays_when_nobody_was_chosen(
    row: StatementLine, ana: Membership, beto: Membership
) -> None:
    page = client_of(ana).post(url("ask", row), {"of": "", "text": TEXT})

    assert page.status_code == 422
    assert list(page.context["ask_form"].errors) == ["of"]
    assert TEXT in page.content.decode()


def test_lines_with_an_open_question_are_found_and_counted(
    row: StatementLine, itau: BankAccount, ana: Membership, beto: Membership
) -> None:
    line(itau, "-10.00")
    answer(ask(line(itau, "-20.00"), beto, ana), beto)
    ask(row, beto, ana)
    ask(row, beto, ana)
    client, query = client_of(ana), {"conta": str(itau.id), "situacao": "com-pergunta"}

    page = client.get(PAGE, query)
    counted = client.get(reverse("reconciliation:counts"), query)

    assert [each.id for day in page.context["page"].days for each in day.lines] == [row.id]
    (chip,) = [each for each in counted.context["chips"] if each["current"]]
    assert chip["count"] == "1"


def test_open_questions_are_listed_first_those_of_the_person(
    row: StatementLine, ana: Membership, beto: Membership, tenant: Tenant
) -> None:
    mine, other = ask(row, beto, ana), ask(row, ana, member(tenant, Role.APPROVER))
    answer(ask(row, beto, ana), beto)

    with tenant_scope(tenant.id):
        found = open_questions(beto)

    assert ([each.id for each in found.mine], [each.id for each in found.others]) == (
        [mine.id],
        [other.id],
    )


@pytest.mark.parametrize("name", ["ask", "comment", "attach"])
def test_who_only_reads_asks_and_adds_nothing(
    row: StatementLine, beto: Membership, name: str
) -> None:
    client = client_of(beto)

    assert client.post(url(name, row), {"text": TEXT}).status_code == 403
    page = client.get(url("details", row))
    assert page.status_code == 200
    assert url(name, row) not in page.content.decode()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE, Role.APPROVER])
def test_who_does_more_than_read_comments(row: StatementLine, tenant: Tenant, role: Role) -> None:
    client = Client()
    sign_in(client, make_member(tenant, role), tenant)

    page = client.post(url("comment", row), {"text": "Ver com o fornecedor"}, follow=True)

    assert [each.text for each in page.context["history"].events] == ["Ver com o fornecedor"]
