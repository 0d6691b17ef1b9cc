"""All that was said of a bank line, newest first: acts and their undoing, questions, comments,
files. And who told the line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import JournalEntry
from banking.models import Allocation, LineSource, StatementLine
from reconciliation.matches.questions import may_withdraw
from reconciliation.models import (
    LineComment,
    LineFile,
    LineQuestion,
    Match,
    MatchEffect,
    MatchLine,
    MatchPart,
)
from reconciliation.reads.pairs import booked_on, booked_words, how_of, reasons_of
from tenants.models import Membership, TenantOwned, TenantQuerySet, User

MOST = 500  # of a kind; what one line has in a lifetime


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    url: str
    detail: str = ""  # of an entry: what it is booked on


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    kind: str  # act, end, comment, question, answer, file
    title: str
    by: str = ""  # empty: the product itself
    text: str = ""  # in a person's words
    how: str = ""  # how sure, by which rule
    reasons: Sequence[str] = ()
    links: Sequence[Link] = ()
    question: LineQuestion | None = None  # where it is open still
    can_answer: bool = False
    can_withdraw: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    words: str
    url: str = ""


@dataclass(slots=True)
class History:
    events: list[Event] = field(default_factory=list)
    files: Sequence[LineFile] = ()
    sources: Sequence[Source] = ()


def history_of(line: StatementLine, by: Membership) -> History:
    """A number of queries that does not grow with what was said."""
    files = list(
        of_line(LineFile, line)
        .defer("content")
        .select_related("by", "removed_by")
        .order_by("-at", "-id")[:MOST]
    )
    found = [
        *events_of_matches(line),
        *events_without_match(line),
        *events_of_notes(line),
        *events_of_questions(line, by),
        *events_of_files(files),
    ]
    return History(
        events=sorted(found, key=lambda event: event.at, reverse=True),
        files=[each for each in files if each.removed_at is None],
        sources=sources_of(line, by),
    )


def of_line(model: type[TenantOwned], line: StatementLine) -> TenantQuerySet:
    rows: TenantQuerySet = model.objects.of(line.tenant_id).filter(statement_line=line)
    return rows


def name_of(user: User | None) -> str:
    return user.display_name if user else ""


# --- Acts ---


def events_of_matches(line: StatementLine) -> Iterator[Event]:
    people = ("match__made_by", "match__undone_by", "match__rule")
    rows = list(of_line(MatchLine, line).select_related(*people).order_by("-added_at")[:MOST])
    links = links_of(line.tenant_id, [each.match_id for each in rows])
    for each in rows:
        match: Match = each.match
        yield Event(
            at=each.added_at,
            kind="act",
            title=match.get_kind_display(),
            by=name_of(match.made_by),
            text=match.why,
            how=how_of(match),
            reasons=reasons_of(match),
            links=links.get(match.id, ()),
        )
        if match.ended_at is not None:
            undone = match.undone_by is not None
            word = "Desfeito" if undone else "Encerrado"
            yield Event(
                at=match.ended_at,
                kind="end",
                title=f"{word}: {match.get_kind_display().lower()}",
                by=name_of(match.undone_by),
                text=match.undone_why,
                how="" if undone else "com o que havia criado ou vinculado",
            )


def events_without_match(line: StatementLine) -> Iterator[Event]:
    """What payments and charges join by themselves."""
    rows = of_line(Allocation, line).filter(match_parts=None)
    people = ("created_by", "undone_by", "journal_line__entry")
    for each in rows.select_related(*people).order_by("-created_at")[:MOST]:
        link = entry_link(each.journal_line.entry)
        automatic = "" if each.created_by else "Automático, por identificação"
        yield Event(
            at=each.created_at,
            kind="act",
            title="Conciliado",
            by=name_of(each.created_by),
            how=automatic,
            links=[link],
        )
        if each.ended_at is not None:
            title = "Conciliação desfeita" if each.undone_by else "Conciliação encerrada"
            yield Event(at=each.ended_at, kind="end", title=title, by=name_of(each.undone_by))


def entry_link(entry: JournalEntry, detail: str = "") -> Link:
    return Link(f"Lançamento: {entry.memo}", reverse("accounts:entry", args=[entry.id]), detail)


def links_of(tenant_id: UUID, matches: Sequence[UUID]) -> dict[UUID, list[Link]]:
    """By match: bills and charges, then entries, each once."""
    if not matches:
        return {}
    found: dict[UUID, dict[str, Link]] = {}
    made = MatchPart.objects.of(tenant_id).filter(match__in=matches)
    made = made.select_related("allocation__journal_line__entry").order_by("id")
    parts: list[Any] = list(made.annotate(booked=booked_on("allocation__journal_line")))
    booked = {each.allocation.journal_line.entry_id: booked_words(each.booked) for each in parts}
    effects = MatchEffect.objects.of(tenant_id).filter(match__in=matches)
    documents = ("bill__payee", "settlement__charge__payer", "entry")
    for effect in effects.select_related(*documents):
        for link in effect_links(effect, booked):
            found.setdefault(effect.match_id, {}).setdefault(link.url, link)
    for part in parts:
        entry = part.allocation.journal_line.entry
        link = entry_link(entry, booked[entry.id])
        found.setdefault(part.match_id, {}).setdefault(link.url, link)
    return {match: list(links.values()) for match, links in found.items()}


def effect_links(effect: MatchEffect, booked: Mapping[UUID, str]) -> Iterator[Link]:
    if bill := effect.bill:
        yield Link(f"Conta de {bill.payee}", reverse("payments:detail", args=[bill.id]))
    if effect.settlement is not None and (charge := effect.settlement.charge):
        yield Link(f"Cobrança de {charge.payer}", reverse("charges:detail", args=[charge.id]))
    if entry := effect.entry:
        yield entry_link(entry, booked.get(entry.id, ""))


# --- What people wrote and attached ---


def events_of_notes(line: StatementLine) -> Iterator[Event]:
    for each in of_line(LineComment, line).select_related("by").order_by("-at")[:MOST]:
        yield Event(each.at, "comment", "Comentário", name_of(each.by), each.text)


def events_of_questions(line: StatementLine, by: Membership) -> Iterator[Event]:
    people = ("asked_by", "asked_of", "withdrawn_by")
    for each in of_line(LineQuestion, line).select_related(*people).order_by("-asked_at")[:MOST]:
        yield Event(
            at=each.asked_at,
            kind="question",
            title=f"Pergunta para {each.asked_of.display_name}",
            by=name_of(each.asked_by),
            text=each.text,
            question=each if each.is_open else None,
            can_answer=each.is_open and each.asked_of_id == by.user_id,
            can_withdraw=may_withdraw(each, by),
        )
        if each.answered_at:
            yield Event(each.answered_at, "answer", "Resposta", name_of(each.asked_of), each.answer)
        elif each.withdrawn_at:
            yield Event(each.withdrawn_at, "end", "Pergunta retirada", name_of(each.withdrawn_by))


def events_of_files(files: Sequence[LineFile]) -> Iterator[Event]:
    for each in files:
        yield Event(each.at, "file", f"Anexou {each.name}", name_of(each.by))
        if each.removed_at is not None:
            yield Event(each.removed_at, "end", f"Removeu {each.name}", name_of(each.removed_by))


# --- Who told the line ---


def sources_of(line: StatementLine, by: Membership) -> list[Source]:
    rows = LineSource.objects.of(line.tenant_id).filter(line=line).select_related("file")
    found = [] if line.is_from_file else [Source("API do banco")]
    for each in rows.order_by("id"):
        if each.file is None:
            found.append(Source("API do banco"))
        else:
            page = reverse("reconciliation:import", args=[each.file_id]) if by.can_enter else ""
            found.append(Source(f"Arquivo {each.file.name}", page))
    return found
