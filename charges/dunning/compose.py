"""What a message says: the text of the step that speaks, and the other charges of the day below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from email.mime.image import MIMEImage
from email.utils import formataddr, parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from brazil.banking_days import sao_paulo_day
from charges.dunning.opt_out import opt_out_address
from charges.dunning.tags import values_of
from charges.models import Charge, Dunning, DunningStep, Reminder
from charges.payer_page.address import page_address
from charges.payer_page.contact import contact_of
from charges.terms.amounts import owed_on
from charges.terms.check import reais
from charges.terms.tags import fill
from core.text import read_line, shorten
from tenants.models import Tenant

Kind = DunningStep.Kind
LOGO_ID = "logo"
# What opens a page, or ends mails: a copy of the database has none of it (decision 0040).
SECRETS = re.compile(r"(/(?:pagar|sem-lembretes)/)[\w.-]+")


@dataclass(frozen=True, slots=True)
class Item:
    """A charge as a message tells it."""

    description: str
    state: str  # «vence em 10/12/2026», «venceu em 10/12/2026», «paga»
    amount: str
    link: str


@dataclass(slots=True)
class Message:
    tenant_id: UUID
    reminder_id: UUID  # of the one that speaks; its Message-ID follows from it
    to: str
    subject: str
    text: str
    html: str
    sender: str
    reply_to: str
    opt_out: str
    copy_to: str
    logo_type: str
    logo: bytes
    total: Decimal
    claim: UUID | None = field(default=None)

    @property
    def message_id(self) -> str:
        return message_id(self.reminder_id)

    @property
    def kept_text(self) -> str:
        """For the log, which every member reads: its links lead nowhere."""
        return SECRETS.sub(r"\1…", self.text)

    def mail(self) -> EmailMultiAlternatives:
        """To the payer."""
        headers = {
            "Message-ID": self.message_id,
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{self.opt_out}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        return self._mail(self.to, self.subject, headers)

    def copy(self) -> EmailMultiAlternatives:
        """To the company: without the link by which the payer ends it."""
        subject = shorten(f"Cópia para {self.to}: {self.subject}", 150)
        mail = self._mail(self.copy_to, subject, {"Auto-Submitted": "auto-generated"})
        hidden = f"{settings.PUBLIC_URL}/"
        mail.body = mail.body.replace(self.opt_out, hidden)
        mail.alternatives = []
        mail.attach_alternative(self.html.replace(self.opt_out, hidden), "text/html")
        return mail

    def _mail(self, to: str, subject: str, headers: dict[str, str]) -> EmailMultiAlternatives:
        mail = EmailMultiAlternatives(
            subject,
            self.text,
            self.sender,
            [to],
            headers=headers,
            reply_to=[self.reply_to] if self.reply_to else None,
        )
        mail.attach_alternative(self.html, "text/html")
        if self.logo:
            picture = MIMEImage(self.logo, _subtype=self.logo_type)
            picture.add_header("Content-ID", f"<{LOGO_ID}>")
            picture.add_header("Content-Disposition", "inline", filename=f"logo.{self.logo_type}")
            mail.mixed_subtype = "related"  # type: ignore[attr-defined]  # not in the stubs
            mail.attach(picture)
        return mail


def message_id(reminder_id: UUID) -> str:
    """The same whenever it is asked for: a server that got it twice can tell."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<cobranca.{reminder_id.hex}@{domain}>"


def compose(dunning: Dunning, told: Sequence[tuple[Reminder, Charge]], now: datetime) -> Message:
    """The first one speaks. Runs inside the company's scope, its charges held."""
    (lead, charge), today = told[0], sao_paulo_day(now)
    tenant = Tenant.objects.get(id=dunning.tenant_id)
    total = sum((owed_on(each, today).total for _, each in told), Decimal("0.00"))
    return write(
        dunning,
        tenant,
        lead.step,
        charge,
        others=[item_of(reminder, each, today) for reminder, each in told[1:]],
        to=lead.email,
        opt_out=opt_out_address(tenant.id, lead.email),
        reminder_id=lead.id,
        today=today,
        total=total,
    )


def write(
    dunning: Dunning,
    tenant: Tenant,
    step: DunningStep,
    charge: Charge,
    *,
    others: Sequence[Item] = (),
    to: str,
    opt_out: str,
    reminder_id: UUID,
    today: date,
    total: Decimal = Decimal("0.00"),
) -> Message:
    """One message, of one step about one charge."""
    link = page_address(charge)
    values = values_of(charge, tenant, owed_on(charge, today), today, link)
    subject = shorten(read_line(fill(step.subject, values)), 150)
    body = fill(step.body, values)
    context = {
        "subject": subject,
        "company": tenant.name,
        "legal_name": tenant.legal_name,
        "paragraphs": paragraphs_of(body),
        "html_paragraphs": [
            [with_link(line, link) for line in lines] for lines in paragraphs_of(body)
        ],
        "item": item_of(Reminder(step=step), charge, today),
        "is_paid": step.kind == Kind.PAID,
        "others": others,
        "opt_out": opt_out,
        "contact": contact_of(tenant.id),
        "has_logo": bool(dunning.logo),
    }
    return Message(
        tenant_id=tenant.id,
        reminder_id=reminder_id,
        to=to,
        subject=subject,
        text=render_to_string("charges/email/reminder.txt", context),
        html=render_to_string("charges/email/reminder.html", context),
        sender=formataddr((tenant.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        reply_to=dunning.reply_to,
        opt_out=opt_out,
        copy_to=dunning.copy_to,
        logo_type=dunning.logo_type,
        logo=bytes(dunning.logo),
        total=total,
    )


def paragraphs_of(body: str) -> list[list[str]]:
    return [part.split("\n") for part in body.split("\n\n")]


def with_link(line: str, link: str) -> SafeString:
    """Our link may be followed; whatever else looks like one stays text."""
    parts = [conditional_escape(part) for part in line.split(link)]
    shown = format_html('<a href="{0}" style="color: #1f6b4a">{0}</a>', link)
    return mark_safe(shown.join(parts))  # noqa: S308 (each part is escaped)


def item_of(reminder: Reminder, charge: Charge, today: date) -> Item:
    owed = owed_on(charge, today)
    if reminder.step.kind == Kind.PAID:
        state, amount = "pagamento recebido", charge.amount
    else:
        verb = "venceu" if charge.is_overdue(today) else "vence"
        state, amount = f"{verb} em {charge.due_date:%d/%m/%Y}", owed.total
        if charge.settled:
            state += f", faltam {reais(charge.rest)} de {reais(charge.amount)}"
    about = " · ".join(part for part in (charge.document_number, charge.description) if part)
    return Item(about, state, reais(amount), page_address(charge))
