"""What people are told of invitations, roles and changes, word by word."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from core.errors import DomainError
from people import emails
from people.models import Invitation, PendingChange
from people.news import moment
from tenants.models import Notice, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member
from tests.clock import travel
from tests.people.exceptional import NAMES, ask, release
from tests.people.factories import (
    ask_removal,
    ask_role,
    confirm,
    invite,
    last_link,
    make_admin,
    stop,
)


@pytest.fixture
def ana(tenant: Tenant) -> User:
    return named(make_admin(tenant), "Ana", "Souza")


def named(user: User, first: str, last: str) -> User:
    user.first_name, user.last_name = first, last
    user.save()
    return user


def told(tenant: Tenant, user: User) -> tuple[str, str]:
    with tenant_scope(tenant.id):
        notice = Notice.objects.of(tenant).filter(user=user).order_by("-made_at", "-id").first()
    return notice.title, notice.text


def test_an_invitation(tenant: Tenant, ana: User) -> None:
    with travel("2026-11-23T14:10:00-03:00"):
        invite(tenant, "rui@empresa.test", Role.READER, ana)
        emails.send_waiting(timezone.now())

    message = mail.outbox[-1]
    body = str(message.body)
    assert message.subject == "Convite para Oficina Modelo no Kamino"
    assert "Ana Souza convidou você para Oficina Modelo no Kamino, como Leitura." in body
    assert f"{last_link()}\n" in body
    assert "uma única vez, até 26/11/2026 às 14:10, horário de Brasília." in body


def test_a_change_that_is_asked_confirmed_or_stopped(tenant: Tenant, ana: User) -> None:
    bia = named(make_admin(tenant), "Bia", "Lima")
    lia = named(make_admin(tenant), "Lia", "Mendes")
    with travel("2026-11-23T06:20:00-03:00"):
        first = ask_role(tenant, bia, Role.APPROVER, ana)
        assert told(tenant, lia) == (
            "Ana Souza pediu: Bia Lima passa de Administrador a Aprovador.",
            "Outro administrador pode confirmar já. Se ninguém responder, a mudança vale 26/11, "
            "quinta, às 6h20. Qualquer administrador ou aprovador pode barrá-la até lá.",
        )
        stop(first, lia)
        assert told(tenant, ana) == (
            "Mudança barrada: Bia Lima passa de Administrador a Aprovador.",
            "O pedido foi de Ana Souza; Lia Mendes barrou.",
        )
        second = ask_removal(tenant, bia, ana)
        assert second is not None
        confirm(second, lia)

    assert told(tenant, ana) == (
        "Mudança confirmada: Bia Lima deixa a empresa.",
        "O pedido foi de Ana Souza; Lia Mendes confirmou.",
    )
    assert told(tenant, bia)[0] == "Você não tem mais acesso a esta empresa."


@pytest.mark.django_db
def test_who_asks_does_not_confirm(tenant: Tenant, ana: User, reader: User) -> None:
    change = ask_role(tenant, reader, Role.APPROVER, ana)

    with pytest.raises(DomainError) as refused:
        confirm(change, ana)

    assert str(refused.value) == "Quem pede uma mudança não a confirma: peça a outro administrador."


@pytest.mark.parametrize(
    ("day", "said"), [(23, "hoje às 6h20"), (24, "amanhã às 6h20"), (26, "26/11, quinta, às 6h20")]
)
def test_a_moment_to_come(day: int, said: str) -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)

    assert moment(datetime(2026, 11, day, 9, 20, tzinfo=UTC), now) == said


def test_states() -> None:
    assert [str(each.label) for each in Invitation.State] == [
        "a enviar", "endereço recusado", "aguardando", "vencido", "revogado", "aceito",
    ]  # fmt: skip
    assert [str(each.label) for each in PendingChange.Outcome] == [
        "aguarda confirmação", "confirmada", "valeu pelo prazo", "barrada", "sem efeito",
    ]  # fmt: skip


def test_an_exception_that_is_asked_and_decided(
    tenant: Tenant, ana: User, settings: Settings
) -> None:
    settings.EXCEPTIONAL_ACTS = NAMES
    davi = named(make_member(tenant, Role.FINANCE), "Davi", "Rocha")

    act = ask(tenant, "900.00", davi)
    assert told(tenant, ana) == (
        "Davi Rocha pede liberação: R$\u00a0900,00",
        "Dispensar multa. Motivo: Acordo",
    )
    release(act, ana)

    assert told(tenant, davi) == (
        "Exceção liberada: R$\u00a0900,00",
        "Dispensar multa. Quem decidiu: Ana Souza.",
    )
