"""What an admin decides about mails to payers: the switch, the steps and their texts, who answers.

Whatever is switched on or changed holds for what comes after: no step of a day that is over, or of
today, leaves because of it.
"""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.dunning.logo import read_logo
from charges.dunning.offered import LADDER
from charges.dunning.outbox import withdraw_waiting
from charges.dunning.tags import TAGS
from charges.models import Dunning, DunningStep
from charges.models.dunning import BODY_LENGTH, SUBJECT_LENGTH
from charges.terms.payment_data import refuse_payment_data
from charges.terms.tags import require_known_tags
from core.clock import database_now
from core.errors import InvalidInput, InvalidState, NotAllowed
from core.text import clean, read_line
from tenants.models import Membership

Kind = DunningStep.Kind
MOST_STEPS = 20
EARLIEST, LATEST = -30, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class StepText:
    """A step as a person typed it. `days` count from the due date, those before it negative."""

    kind: str
    days: int
    subject: str
    body: str
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who answers, who gets a copy, and how many leave in an hour."""

    reply_to: str = ""
    copy_to: str = ""
    hourly_rate: int = 200


def require_admin(by: Membership) -> None:
    """
    Raises:
        NotAllowed: (code `wrong_role`) `by` is no admin.
    """
    if not by.is_admin:
        raise NotAllowed("Só um administrador muda a régua de cobrança.", code="wrong_role")


def dunning_of(tenant_id: UUID) -> Dunning | None:
    found: Dunning | None = Dunning.objects.of(tenant_id).first()
    return found


@transaction.atomic
def adopt_ladder(*, by: Membership) -> Dunning:
    """Take the ladder that is offered. It is off, and a company that has one keeps it.

    Raises:
        NotAllowed: `by` is no admin.
    """
    require_admin(by)
    row = Dunning(tenant_id=by.tenant_id)
    Dunning.objects.bulk_create([row], ignore_conflicts=True)
    held = hold(by)
    if held.id != row.id:
        return held
    DunningStep.objects.bulk_create(
        DunningStep(
            tenant_id=by.tenant_id, kind=step.kind, days=step.days, subject=step.subject,
            body=step.body, valid_from=database_now(),
        )
        for step in LADDER
    )  # fmt: skip
    record(Act.DUNNING_CHANGED, on=held, by=by.user, after={"Situação": "Montada, desligada"})
    return held


@transaction.atomic
def switch(*, on: bool, by: Membership) -> Dunning:
    """Switched on, it begins with what comes after today; switched off, what waits does not leave.

    Raises:
        InvalidState: (code `no_ladder`) there are no steps; (code `same`) it is so already.
        NotAllowed: `by` is no admin.
    """
    require_admin(by)
    held = hold(by)
    if held.is_on == on:
        raise InvalidState(f"A régua já está {'ligada' if on else 'desligada'}.", code="same")
    if on and not active_steps(by.tenant_id):
        raise InvalidState("Ative pelo menos um passo antes de ligar a régua.", code="no_ladder")
    now = database_now()
    held.is_on = on
    if on:
        held.planned_until, held.events_from = sao_paulo_day(now), now
    held.save(update_fields=["is_on", "planned_until", "events_from"])
    if not on:
        withdraw_waiting(by.tenant_id, "a régua foi desligada")
    record(
        Act.DUNNING_CHANGED,
        on=held,
        by=by.user,
        before={"Situação": "Desligada" if on else "Ligada"},
        after={"Situação": "Ligada" if on else "Desligada"},
    )
    return held


@transaction.atomic
def save_sender(wanted: Sender, *, by: Membership) -> Dunning:
    """
    Raises:
        InvalidInput: (its `field` named) an address is none, or the rate is out of its bounds.
        NotAllowed: `by` is no admin.
    """
    require_admin(by)
    read = Sender(
        reply_to=read_address(wanted.reply_to, "reply_to"),
        copy_to=read_address(wanted.copy_to, "copy_to"),
        hourly_rate=read_rate(wanted.hourly_rate),
    )
    held = hold(by)
    before = words_of_sender(held)
    held.reply_to, held.copy_to, held.hourly_rate = read.reply_to, read.copy_to, read.hourly_rate
    held.save(update_fields=["reply_to", "copy_to", "hourly_rate"])
    record_change(held, before, words_of_sender(held), by)
    return held


@transaction.atomic
def save_logo(data: bytes, *, by: Membership) -> Dunning:
    """Without data there is none any more.

    Raises:
        InvalidInput: as `read_logo`.
        NotAllowed: `by` is no admin.
    """
    require_admin(by)
    kind, picture = read_logo(data) if data else ("", b"")
    held = hold(by)
    held.logo_type, held.logo = kind, picture
    held.save(update_fields=["logo", "logo_type"])
    said = f"{kind.upper()}, {len(picture)} bytes" if picture else "nenhum"
    record(Act.DUNNING_CHANGED, on=held, by=by.user, after={"Logo": said})
    return held


@transaction.atomic
def add_step(wanted: StepText, *, by: Membership) -> DunningStep:
    """
    Raises:
        InvalidInput: (its `field` named) the text or the day is none; (code `step_known`) there is
            a step of that day.
        InvalidState: (code `too_many`) no more steps are taken.
        NotAllowed: `by` is no admin.
    """
    require_admin(by)
    values = read_step(wanted)
    held = hold(by)
    if len(steps_of(by.tenant_id)) >= MOST_STEPS:
        raise InvalidState(f"A régua vai até {MOST_STEPS} passos.", code="too_many")
    step = DunningStep(tenant_id=by.tenant_id, valid_from=database_now(), **values)
    write(step)
    record(Act.DUNNING_CHANGED, on=held, by=by.user, after=words_of(step))
    return step


@transaction.atomic
def change_step(step: DunningStep, wanted: StepText, *, by: Membership) -> DunningStep:
    """Of another day or switched on, it holds for what comes after now; only another text reaches
    what waits already.

    Raises:
        InvalidInput, NotAllowed: as `add_step`.
        InvalidState: (code `step_gone`) it was taken out meanwhile.
    """
    require_admin(by)
    values = read_step(wanted)
    dunning = hold(by)
    held = hold_step(step)
    before = words_of(held)
    moved = (values["kind"], values["days"]) != (held.kind, held.days)
    if moved or (values["is_on"] and not held.is_on):
        values["valid_from"] = database_now()
    for name, value in values.items():
        setattr(held, name, value)
    write(held)
    record_change(dunning, before, words_of(held), by)
    return held


@transaction.atomic
def remove_step(step: DunningStep, *, by: Membership) -> None:
    """What was sent of it stays in the log; what waits does not leave.

    Raises:
        InvalidState: (code `step_gone`) it was taken out meanwhile.
        NotAllowed: `by` is no admin.
    """
    require_admin(by)
    dunning = hold(by)
    held = hold_step(step)
    held.archived_at = database_now()
    held.save(update_fields=["archived_at"])
    record(Act.DUNNING_CHANGED, on=dunning, by=by.user, before=words_of(held))


def hold(by: Membership) -> Dunning:
    """
    Raises:
        InvalidState: (code `no_ladder`) the company has none yet.
    """
    rows = Dunning.objects.of(by.tenant_id).select_for_update(no_key=True)
    held: Dunning | None = rows.first()
    if held is None:
        raise InvalidState("Monte a régua de cobrança antes.", code="no_ladder")
    return held


def hold_step(step: DunningStep) -> DunningStep:
    rows = DunningStep.objects.of(step.tenant_id).filter(archived_at=None, id=step.id)
    held: DunningStep | None = rows.select_for_update(no_key=True).first()
    if held is None:
        raise InvalidState("Este passo foi retirado da régua.", code="step_gone")
    return held


def steps_of(tenant_id: UUID) -> list[DunningStep]:
    """In the order in which they leave: issue, by day, payment."""
    rows = DunningStep.objects.of(tenant_id).filter(archived_at=None)
    order = {Kind.ISSUE: 0, Kind.DUE: 1, Kind.PAID: 2}
    return sorted(rows, key=lambda step: (order[Kind(step.kind)], step.days))


def active_steps(tenant_id: UUID) -> list[DunningStep]:
    return [step for step in steps_of(tenant_id) if step.is_on]


def write(step: DunningStep) -> None:
    try:
        with transaction.atomic():
            step.save()
    except IntegrityError:
        raise InvalidInput(
            f"A régua já tem um passo «{step.label}».", field="days", code="step_known"
        ) from None


def read_step(wanted: StepText) -> dict[str, object]:
    kind = Kind(wanted.kind)
    if kind == Kind.DUE and not EARLIEST <= wanted.days <= LATEST:
        raise InvalidInput(
            f"Um passo vai de {-EARLIEST} dias antes a {LATEST} dias depois do vencimento.",
            field="days",
        )
    return {
        "kind": kind,
        "days": wanted.days if kind == Kind.DUE else 0,
        "subject": read_template(read_line(wanted.subject), "subject", SUBJECT_LENGTH),
        "body": read_template(read_lines(wanted.body), "body", BODY_LENGTH),
        "is_on": wanted.is_on,
    }


def read_template(text: str, field: str, longest: int) -> str:
    """
    Raises:
        InvalidInput: (field named) it is empty, too long, has an unknown tag, or tells how to pay.
    """
    if not text:
        raise InvalidInput("Preencha este campo.", field=field)
    if len(text) > longest:
        raise InvalidInput(f"Use até {longest} letras.", field=field, code="too_long")
    require_known_tags(text, TAGS, field=field)
    refuse_payment_data(text, field=field)
    return text


def read_lines(text: str) -> str:
    """With its ends of lines, and two empty ones at most."""
    lines = [clean(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    joined = "\n".join(lines).strip("\n")
    while "\n\n\n" in joined:
        joined = joined.replace("\n\n\n", "\n\n")
    return joined


def read_address(typed: str, field: str) -> str:
    address = read_line(typed).lower()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError:
        raise InvalidInput("Este e-mail não existe: confira.", field=field) from None
    return address


def read_rate(rate: int) -> int:
    if not 1 <= rate <= 2000:
        raise InvalidInput("De 1 a 2000 e-mails por hora.", field="hourly_rate")
    return rate


def words_of(step: DunningStep) -> dict[str, str]:
    return {
        "Passo": step.label,
        "Assunto": step.subject,
        "Texto": step.body,
        "Situação": "ativo" if step.is_on else "desligado",
    }


def words_of_sender(dunning: Dunning) -> dict[str, str]:
    return {
        "E-mail para respostas": dunning.reply_to or "nenhum",
        "Cópia para": dunning.copy_to or "ninguém",
        "E-mails por hora": str(dunning.hourly_rate),
    }


def record_change(
    on: Dunning, before: dict[str, str], after: dict[str, str], by: Membership
) -> None:
    """Only what is another now; the step that it is about is always named."""
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return
    named = {"Passo", *changed} & set(after)
    record(
        Act.DUNNING_CHANGED,
        on=on,
        by=by.user,
        before={name: before[name] for name in after if name in named},
        after={name: after[name] for name in after if name in named},
    )
