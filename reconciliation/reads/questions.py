"""The open questions of a company."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from reconciliation.models import LineQuestion
from reconciliation.models.line_question import LineQuestionQuerySet
from tenants.models import Membership

MOST = 100  # of a list


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    mine: list[LineQuestion]  # the person has to answer
    others: list[LineQuestion]
    has_more: bool


def open_questions(by: Membership) -> OpenQuestions:
    """The oldest first. Two queries."""
    rows = questions_of(by).open().order_by("asked_at", "id")
    mine = list(rows.filter(asked_of=by.user_id)[: MOST + 1])
    others = list(rows.exclude(asked_of=by.user_id)[: MOST + 1])
    has_more = len(mine) > MOST or len(others) > MOST
    return OpenQuestions(mine[:MOST], others[:MOST], has_more)


def question_or_404(by: Membership, question_id: UUID) -> LineQuestion:
    found: LineQuestion | None = questions_of(by).filter(id=question_id).first()
    if found is None:
        raise Http404
    return found


def questions_of(by: Membership) -> LineQuestionQuerySet:
    """Those of lines that stand."""
    rows = LineQuestion.objects.of(by.tenant_id).filter(statement_line__withdrawn_at=None)
    people = ("statement_line__bank_account", "asked_by", "asked_of", "withdrawn_by")
    found: LineQuestionQuerySet = rows.select_related(*people).defer("statement_line__raw")
    return found
