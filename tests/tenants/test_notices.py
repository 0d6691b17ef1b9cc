"""Notices: to whom, once each, by e-mail and in the product."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import timezone

from tenants import notices
from tenants.models import Notice, Role
from tenants.notices import News
from tenants.scope import tenant_scope
from tests.cast import make_notice, sign_in

PAGE = reverse("reconciliation:reconcile")


class NobodyThere(BaseEmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, email_messages):
        raise ConnectionRefusedError


def news(**changes):
    values = {
        "subject": "assunto",
        "step": "7",
        "title": "Algo termina em 7 dias.",
        "text": "Renove antes.",
        "action": "Renovar",
        "url": "/contas/conectar/",
        "until": timezone.now() + timedelta(days=7),
    }
    return News(**{**values, **changes})


def tell(tenant, **changes):
    with tenant_scope(tenant.id):
        notices.notify(tenant, (Role.ADMIN, Role.FINANCE), news(**changes))


def rows(tenant):
    with tenant_scope(tenant.id):
        return list(Notice.objects.of(tenant).order_by("id"))


def close(client, notice, **headers):
    return client.post(reverse("tenants:close_notice", args=[notice.id]), headers=headers)


def test_those_in_the_roles_are_told_once_however_often_it_is_said(
    tenant, admin, operator, approver, reader, outsider
):
    tell(tenant)
    tell(tenant)

    assert {notice.user_id for notice in rows(tenant)} == {admin.id, operator.id}
    assert len(rows(tenant)) == 2


def test_what_is_told_next_takes_the_place_of_what_was_told_before(tenant, admin):
    tell(tenant, step="15")
    tell(tenant, step="7")
    tell(tenant, subject="outro", step="15")

    assert [(n.step, n.closed_at is None) for n in rows(tenant)] == [
        ("15", False),
        ("7", True),
        ("15", True),
    ]


def test_each_is_emailed_once_with_the_address_of_what_to_do(tenant, admin, operator, settings):
    tell(tenant)

    assert notices.send_waiting(timezone.now()) == 2
    assert notices.send_waiting(timezone.now()) == 0

    assert sorted(to for message in mail.outbox for to in message.to) == sorted(
        [admin.email, operator.email]
    )
    (message, _) = mail.outbox
    assert message.subject.startswith("Oficina Modelo: ")
    assert f"Renovar: {settings.PUBLIC_URL}/contas/conectar/" in message.body


def test_an_email_that_could_not_leave_goes_with_a_later_tick(tenant, admin, settings):
    working = settings.EMAIL_BACKEND
    make_notice(tenant, admin)
    settings.EMAIL_BACKEND = f"{__name__}.NobodyThere"
    assert notices.send_waiting(timezone.now()) == 0

    settings.EMAIL_BACKEND = working

    assert notices.send_waiting(timezone.now()) == 1


@pytest.mark.parametrize("over", [{"closed_at": 0}, {"until": -1}])
def test_what_was_read_or_is_over_is_not_emailed(tenant, admin, over):
    changes = {name: timezone.now() + timedelta(minutes=m) for name, m in over.items()}
    make_notice(tenant, admin, **changes)

    assert notices.send_waiting(timezone.now()) == 0


def test_a_notice_is_shown_to_its_person_until_it_is_closed(client, tenant, admin, operator):
    notice = make_notice(tenant, admin)
    sign_in(client, operator, tenant)
    assert notice.title not in client.get(PAGE).content.decode()

    sign_in(client, admin, tenant)
    assert notice.title in client.get(PAGE).content.decode()
    assert close(client, notice).status_code == 302
    assert notice.title not in client.get(PAGE).content.decode()


def test_closed_in_place_it_leaves_nothing(client, tenant, admin):
    sign_in(client, admin, tenant)

    response = close(client, make_notice(tenant, admin), **{"HX-Request": "true"})

    assert (response.status_code, response.content) == (200, b"")


def test_what_is_over_is_shown_no_longer(client, tenant, admin):
    notice = make_notice(tenant, admin, until=timezone.now())
    sign_in(client, admin, tenant)

    assert notice.title not in client.get(PAGE).content.decode()


def test_nobody_closes_what_was_told_to_another(client, tenant, admin, operator):
    notice = make_notice(tenant, admin)
    sign_in(client, operator, tenant)

    assert close(client, notice).status_code == 404
    assert rows(tenant)[0].closed_at is None


def test_another_company_finds_no_notice(client, tenant, admin, other_tenant, outsider):
    notice = make_notice(tenant, admin)
    sign_in(client, outsider, other_tenant)

    assert close(client, notice).status_code == 404


def test_above_what_waits_for_approval_they_take_one_line_until_it_is_opened(
    client, tenant, approver
):
    for subject in ("um", "outro"):
        with tenant_scope(tenant.id):
            notices.notify(tenant, (Role.APPROVER,), news(subject=subject))
    sign_in(client, approver, tenant)

    page = client.get(reverse("payments:approvals")).content.decode()

    folded = page[page.index('<details class="folded') :].partition("</details>")[0]
    assert "2 avisos" in folded[: folded.index("</summary>")]
    assert [f"aviso-{row.id}" in folded for row in rows(tenant)] == [True, True]


def test_two_take_one_line_above_the_statement_and_one_stands_open(client, tenant, admin):
    make_notice(tenant, admin)
    sign_in(client, admin, tenant)

    assert '<details class="folded' not in client.get(PAGE).content.decode()

    make_notice(tenant, admin)
    assert "2 avisos" in client.get(PAGE).content.decode()
