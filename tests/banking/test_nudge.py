import pytest
from celery import Celery
from django.db import transaction

from core.enqueue import nudge
from kamino.celery import app
from kamino.local.services import free_port
from tests.banking.made import nudged


@pytest.fixture
def no_broker():
    """A broker that is down."""
    broken = Celery(broker=f"redis://127.0.0.1:{free_port()}/0")
    broken.set_current()
    yield
    app.set_current()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_stops_nobody(no_broker, caplog):
    nudge("banking.tasks.sync_due_accounts")

    assert "nudge_lost" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_nudge_waits_for_the_commit():
    with nudged() as before, transaction.atomic():
        nudge("banking.tasks.sync_account", "esta empresa", "esta conta")
        with nudged() as meanwhile:
            pass

    assert ("banking.tasks.sync_account", ["esta empresa", "esta conta"]) in before
    assert ("banking.tasks.sync_account", ["esta empresa", "esta conta"]) not in meanwhile
