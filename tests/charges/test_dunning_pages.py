"""«Régua de cobrança», «E-mails de cobrança», and what the pages of a charge and a payer offer."""

import struct
import zlib
from datetime import date

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import Record
from banking.models import BankAccount
from charges.dunning.logo import read_logo
from charges.dunning.opt_out import opt_out_address
from charges.dunning.trial import send_trial
from charges.models import Dunning, DunningStep, PayerAddress, PayerContact
from core.errors import InvalidInput
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member, make_user, sign_in
from tests.charges.issued import titles
from tests.charges.mailing import mail_now, opened, with_ladder
from tests.charges.payer_side import path_of
from tests.clock import Traveller
from tests.payments.factories import make_bank_account

pytestmark = pytest.mark.django_db(transaction=True)

LADDER = reverse("charges:dunning")
CONTACT_URL = reverse("charges:dunning_contact")
STEP = {
    "when": "after",
    "days": "10",
    "subject": "Em aberto: {{descricao}}",
    "body": "Olá, {{pagador}}.\n\nHoje custa {{valor_hoje}}.",
    "is_on": "on",
}


@pytest.fixture
def account(tenant: Tenant, monday: Traveller) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def ana(client: Client, admin: User, tenant: Tenant) -> Client:
    sign_in(client, admin, tenant)
    return client


def dunning(tenant: Tenant) -> Dunning | None:
    with tenant_scope(tenant.id):
        return Dunning.objects.of(tenant).first()


def step_on(tenant: Tenant, days: int) -> DunningStep:
    with tenant_scope(tenant.id):
        step: DunningStep = DunningStep.objects.of(tenant).get(days=days, kind="due")
    return step


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_only_an_admin_sets_it_up(client: Client, tenant: Tenant, role: Role) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(LADDER).status_code == 403
    assert client.post(reverse("charges:dunning_adopt")).status_code == 403
    assert client.get(reverse("charges:reminders")).status_code == 200
    assert dunning(tenant) is None


def test_a_ladder_is_offered_taken_changed_and_switched_on(
    ana: Client, tenant: Tenant, account: BankAccount
) -> None:
    assert ana.get(LADDER).status_code == 200
    ana.post(reverse("charges:dunning_adopt"))
    taken = dunning(tenant)
    assert taken is not None
    assert not taken.is_on
    opened(account, date(2026, 12, 10))
    assert mail_now(tenant) == 0  # nobody asked for it

    assert ana.post(reverse("charges:dunning_new_step"), STEP).status_code == 302
    again = ana.post(reverse("charges:dunning_new_step"), STEP)
    assert again.status_code == 422
    assert "days" in again.context["form"].errors
    page = ana.get(reverse("charges:dunning_step", args=[step_on(tenant, 10).id]))
    assert "R$ 150,00" in page.context["preview"].text

    ana.post(reverse("charges:dunning_turn"), {"on": "1"})
    assert dunning(tenant).is_on
    assert ana.get(LADDER).status_code == 200
    with tenant_scope(tenant.id):
        acts = list(Record.objects.of(tenant).values_list("act", flat=True))
    assert acts.count("dunning_changed") == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("body", "Pague na chave Pix 529.982.247-25"),
        ("subject", "Acesse loja．com.br"),
        ("body", "Olá {{fulano}}"),
        ("days", ""),
        ("days", "500"),
    ],
)
def test_what_is_refused_is_marked_at_its_field_and_nothing_typed_is_lost(
    ana: Client, tenant: Tenant, field: str, value: str
) -> None:
    with_ladder(tenant, 0)

    page = ana.post(reverse("charges:dunning_new_step"), STEP | {field: value})

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["subject"].value()
    with tenant_scope(tenant.id):
        assert DunningStep.objects.of(tenant).count() == 1


def test_a_trial_goes_to_who_asks_and_to_nobody_else(
    tenant: Tenant, account: BankAccount, admin: User
) -> None:
    opened(account, date(2026, 12, 10))
    with_ladder(tenant, 0, copy_to="arquivo@oficina.example")

    assert send_trial(tenant.id, step_on(tenant, 0).id, admin.pk)
    assert not send_trial(tenant.id, step_on(tenant, 0).id, make_user().pk)  # of no company

    (sent,) = mail.outbox
    assert sent.to == [admin.email]
    assert "List-Unsubscribe" not in sent.extra_headers


# --- Whom payers ask --------------------------------------------------------------------------

CONTACT = {"name": "Financeiro", "email": "Cobranca@Oficina.example", "phone": "(11) 3333-4444"}


def test_the_contact_is_told_on_the_payers_page_and_in_mails_and_is_on_record(
    ana: Client, tenant: Tenant, account: BankAccount
) -> None:
    charge = opened(account, date(2026, 12, 10))
    before = Client().get(path_of(charge)).text
    assert ana.post(CONTACT_URL, CONTACT).status_code == 302  # without a ladder too
    with_ladder(tenant, 0)

    page = Client().get(path_of(charge)).text
    assert "mailto:" not in before
    assert 'href="mailto:cobranca@oficina.example"' in page
    assert 'href="tel:+551133334444"' in page
    shown = ana.get(reverse("charges:dunning_step", args=[step_on(tenant, 0).id]))
    message = shown.context["preview"]
    for text in (message.text, message.html):
        assert "Fale com Financeiro" in text
        assert "cobranca@oficina.example" in text
        assert "(11) 3333-4444" in text
    with tenant_scope(tenant.id):
        (told,) = Record.objects.of(tenant).filter(on_kind="charges.payercontact")
    assert (told.act, told.after["Contato"]) == ("dunning_changed", "Financeiro")


def test_a_contact_that_is_cleared_leaves_the_company_alone(
    ana: Client, tenant: Tenant, account: BankAccount
) -> None:
    charge = opened(account, date(2026, 12, 10))
    ana.post(CONTACT_URL, CONTACT)
    ana.post(CONTACT_URL, {"name": "", "email": "", "phone": ""})

    assert "mailto:" not in Client().get(path_of(charge)).text


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": "Pague na chave Pix 529.982.247-25"}),
        ("name", {"name": "x" * 61}),
        ("email", {"email": "nada"}),
        ("email", {"email": "", "phone": ""}),
        ("phone", {"phone": "333"}),
    ],
)
def test_a_contact_that_is_none_is_marked_at_its_field_and_nothing_typed_is_lost(
    ana: Client, tenant: Tenant, field: str, changes: dict[str, str]
) -> None:
    page = ana.post(CONTACT_URL, CONTACT | changes)

    assert page.status_code == 422
    assert list(page.context["contact"].errors) == [field]
    kept = {name: page.context["contact"][name].value() for name in CONTACT}
    assert kept == CONTACT | changes


def test_the_contact_of_one_company_is_not_told_by_another(
    client: Client, account: BankAccount, outsider: User, other_tenant: Tenant
) -> None:
    sign_in(client, outsider, other_tenant)
    assert client.post(CONTACT_URL, CONTACT).status_code == 302

    assert "mailto:" not in Client().get(path_of(opened(account, date(2026, 12, 10)))).text


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_only_an_admin_sets_the_contact(client: Client, tenant: Tenant, role: Role) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.post(CONTACT_URL, CONTACT).status_code == 403
    with tenant_scope(tenant.id):
        assert not PayerContact.objects.of(tenant).exists()


def png(width: int = 4, height: int = 2, extra: bytes = b"") -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + name
            + content
            + struct.pack(">I", zlib.crc32(name + content))
        )

    rows = (b"\0" + b"\x10\x80\x40" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"tEXt", b"Comment\0<script>")
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
        + extra
    )


def test_of_a_logo_only_its_picture_is_kept(ana: Client, tenant: Tenant) -> None:
    with_ladder(tenant, 0)
    file = SimpleUploadedFile("logo.png", png(extra=b"PK\x03\x04 another file"))

    assert ana.post(reverse("charges:dunning_logo"), {"logo": file}).status_code == 302

    kept = dunning(tenant)
    assert kept.logo_type == "png"
    assert b"script" not in bytes(kept.logo)
    assert bytes(kept.logo).endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        png()[:40],
        png().replace(b"IDAT", b"IDOT"),
        png(width=3000),
        b"\xff\xd8\xff\xe0\x00\x04ab",
        b"\x89PNG\r\n\x1a\n" + b"\0" * (201 * 1024),
    ],
)
def test_what_is_no_picture_is_no_logo(data: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_logo(data)

    assert refusal.value.field == "logo"


def test_the_pages_of_a_charge_and_its_payer(
    client: Client, tenant: Tenant, account: BankAccount, operator: User
) -> None:
    charge = opened(account, date(2026, 12, 10))
    with_ladder(tenant, 0, issue=True)
    sign_in(client, operator, tenant)
    payer_page = reverse("registers:payer", args=[charge.payer_id])

    hold = client.post(
        reverse("charges:hold", args=[charge.id]), {"kind": "promise", "until": "30/11/2026"}
    )
    assert hold.status_code == 302
    page = client.get(reverse("charges:detail", args=[charge.id]))
    assert page.context["page"].mails.hold.kind == "promise"
    assert client.post(reverse("charges:release", args=[charge.id])).status_code == 302
    whatsapp = client.get(reverse("charges:whatsapp", args=[charge.id]))
    assert "/pagar/" in whatsapp.context["whatsapp"].text
    assert client.post(reverse("charges:copied", args=[charge.id])).status_code == 204
    assert {"Promessa de pagamento", "Lembretes retomados"} <= set(titles(charge))

    bounced = reverse("charges:bounced", args=[charge.payer_id])
    assert client.post(bounced, {"email": "a@cliente.example"}).status_code == 302
    assert client.get(payer_page).status_code == 200
    listed = client.get(reverse("charges:out_of_reach"), {"formato": "csv"})
    assert "a@cliente.example" in listed.content.decode()
    allow = reverse("charges:allow", args=[charge.payer_id]) + "?email=a%40cliente.example"
    assert client.post(allow, {"why": ""}).status_code == 422
    assert client.post(allow, {"why": "Conferido."}).status_code == 302
    assert client.get(reverse("charges:out_of_reach")).context["count"] == 0


def test_the_log_tells_by_charge_and_by_state(
    client: Client, tenant: Tenant, account: BankAccount, reader: User
) -> None:
    with_ladder(tenant, issue=True)
    charge = opened(account, date(2026, 12, 10))
    mail_now(tenant)
    sign_in(client, reader, tenant)
    log = reverse("charges:reminders")

    rows = client.get(log, {"cobranca": str(charge.id), "situacao": "sent"}).context["rows"]
    assert [row.reminder.charge_id for row in rows] == [charge.id]
    assert client.get(log, {"situacao": "unknown"}).context["rows"] == []
    assert client.get(log, {"apos": "x"}).status_code == 400


def test_a_mail_program_ends_the_mails_by_one_click(
    tenant: Tenant, other_tenant: Tenant, monday: Traveller
) -> None:
    program = Client(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.9")
    with tenant_scope(tenant.id):
        link = opt_out_address(tenant.id, "a@cliente.example")
    path = link[link.index("/sem-lembretes/") :]

    assert program.get(path).status_code == 200
    assert not address_of(tenant).opted_out_at  # only following it ends nothing
    answer = program.post(path, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not program.cookies
    assert address_of(tenant).opted_out_at
    assert program.post(path[:-2] + "x/").status_code == 404


def address_of(tenant: Tenant) -> PayerAddress:
    with tenant_scope(tenant.id):
        found: PayerAddress = PayerAddress.objects.of(tenant).get()
    return found
