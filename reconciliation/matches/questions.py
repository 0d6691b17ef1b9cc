"""Ask a colleague about a bank line. They are told once, by e-mail and in the product, and answer
in the product; then who asked is told.

The address of the question in the e-mail is signed: it names the company and the person, so that it
opens for a person who works for another company at that moment. It signs nobody in.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse

from banking.models import StatementLine
from core.clock import database_now
from core.errors import InvalidInput, InvalidState, NotAllowed
from core.text import shorten
from reconciliation.matches.notes import check_may_note, hold, read_text
from reconciliation.models import LineQuestion
from tenants.models import Membership, TenantQuerySet
from tenants.notices import News, notify_people
from tenants.notices import withdraw as withdraw_notices

MOST_OPEN = 10  # of a line
SHOWN = timedelta(days=30)
LONGEST_TOLD = 300  # letters of a notice
_signer = signing.Signer(salt="reconciliation.matches.questions")


def colleagues(by: Membership) -> TenantQuerySet:
    """Whom `by` may ask: everybody of the company but themselves."""
    rows = Membership.objects.of(by.tenant_id).exclude(user=by.user_id).select_related("user")
    people: TenantQuerySet = rows.order_by("user__first_name", "user__email")
    return people


@transaction.atomic
def ask(line: StatementLine, text: str, *, of: Membership, by: Membership) -> LineQuestion:
    """Runs inside the company's scope.

    Raises:
        InvalidInput: (field `text`) it is empty or too long; (field `of`) `of` is `by`.
        InvalidState: (code `too_many`) the line has as many open ones as it may have.
        NotAllowed: `by` only reads.
    """
    check_may_note(by)
    text = read_text(text, what="A pergunta", empty="Escreva a pergunta.")
    if of.user_id == by.user_id or of.tenant_id != by.tenant_id:
        raise InvalidInput("Escolha outra pessoa da empresa.", field="of", code="not_a_colleague")
    hold(line)
    rows = LineQuestion.objects.of(line.tenant_id).open().filter(statement_line=line)
    if rows.count() >= MOST_OPEN:
        raise InvalidState(
            f"Esta linha já tem {MOST_OPEN} perguntas abertas, o máximo.", code="too_many"
        )
    made: LineQuestion = LineQuestion.objects.create(
        tenant_id=line.tenant_id,
        statement_line=line,
        text=text,
        asked_by=by.user,
        asked_of=of.user,
    )
    notify_people(line.tenant_id, [of.user_id], news_of_question(made))
    return made


@transaction.atomic
def answer(question_id: UUID, text: str, *, by: Membership) -> LineQuestion:
    """By the person who was asked, whatever their role. Runs inside the company's scope.

    Raises:
        InvalidInput: (field `text`) it is empty or too long.
        InvalidState: (code `ended`) it was answered or withdrawn before.
        NotAllowed: somebody else was asked.
    """
    question = held(question_id, by)
    if question.asked_of_id != by.user_id:
        raise NotAllowed("Só quem recebeu a pergunta pode respondê-la.", code="not_asked")
    question.answer = read_text(text, what="A resposta", empty="Escreva a resposta.")
    question.answered_at = database_now()
    question.save(update_fields=["answer", "answered_at"])
    withdraw_notices(question.tenant_id, [subject_of(question)])
    notify_people(question.tenant_id, [question.asked_by_id], news_of_answer(question))
    return question


@transaction.atomic
def withdraw(question_id: UUID, *, by: Membership) -> LineQuestion:
    """By who asked, or who works on the statement and was not asked. Inside the company's scope.

    Raises:
        InvalidState: (code `ended`) it was answered or withdrawn before.
        NotAllowed: `by` neither asked it nor works on the statement.
    """
    question = held(question_id, by)
    if not may_withdraw(question, by):
        raise NotAllowed("Só quem perguntou pode retirar a pergunta.", code="not_asker")
    question.withdrawn_by, question.withdrawn_at = by.user, database_now()
    question.save(update_fields=["withdrawn_by", "withdrawn_at"])
    withdraw_notices(question.tenant_id, [subject_of(question)])
    return question


def may_withdraw(question: LineQuestion, by: Membership) -> bool:
    works_on_it = by.can_enter and question.asked_of_id != by.user_id
    return question.is_open and (question.asked_by_id == by.user_id or works_on_it)


def held(question_id: UUID, by: Membership) -> LineQuestion:
    rows = LineQuestion.objects.of(by.tenant_id).select_for_update(of=("self",), no_key=True)
    question: LineQuestion = rows.select_related("asked_by", "asked_of").get(id=question_id)
    if not question.is_open:
        word = "respondida" if question.answered_at else "retirada"
        raise InvalidState(f"Esta pergunta já foi {word}.", code="ended")
    return question


# --- What is told ---


def subject_of(question: LineQuestion) -> str:
    return f"reconciliation.question:{question.id}"


def news_of_question(question: LineQuestion) -> News:
    """Without the line's value: a subject is read by whoever sees the mailbox."""
    return News(
        subject=subject_of(question),
        step="asked",
        title=shorten(
            f"{question.asked_by.display_name} pede informação sobre uma linha do extrato", 120
        ),
        text=shorten(f"«{question.text}»", LONGEST_TOLD),
        action="Responder",
        url=signed_address(question, question.asked_of_id),
        until=database_now() + SHOWN,
    )


def news_of_answer(question: LineQuestion) -> News:
    return News(
        subject=subject_of(question),
        step="answered",
        title=shorten(f"{question.asked_of.display_name} respondeu à sua pergunta.", 120),
        text=shorten(f"«{question.answer}»", LONGEST_TOLD),
        action="Ver a linha",
        url=signed_address(question, question.asked_by_id),
        until=database_now() + SHOWN,
    )


def signed_address(question: LineQuestion, person: int) -> str:
    token = _signer.sign_object([str(question.tenant_id), str(question.id), person])
    return reverse("reconciliation:open_question", args=[token])


def read_address(token: str) -> tuple[UUID, UUID, int] | None:
    """Company, question, person; None for what `signed_address` did not write."""
    try:
        tenant_id, question_id, person = _signer.unsign_object(token)
    except signing.BadSignature:
        return None
    return UUID(tenant_id), UUID(question_id), int(person)
