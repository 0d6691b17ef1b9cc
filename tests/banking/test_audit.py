"""What happens to a vínculo is in the audit: who began it, what came of it, how it ended."""

import pytest

from audit.acts import Act
from banking.connections.complete import open_connection
from banking.connections.disconnect import close_connection
from banking.models import Connection
from tests.audit.reading import audit_of
from tests.banking.consents import RETURN, connections_of, go_and_consent
from tests.banking.made import bs2_keys, change, connect_account, granted, make_connection, reread
from tests.cora_simulator import PADARIA

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_consent_is_told_with_who_and_from_where_and_the_account_it_opened(
    cora, operator_in, operator, tenant
):
    operator_in.get(RETURN, go_and_consent(operator_in), REMOTE_ADDR="203.0.113.5")
    (connection,) = connections_of(tenant)
    account = open_connection(tenant.id, connection.id)

    begun, connected = audit_of(tenant)
    assert (begun.act, begun.by, begun.whence) == (Act.CONNECTION_BEGUN, operator, "203.0.113.5")
    assert begun.after == {"Banco": "Cora", "Forma": connection.bank_mode.name}
    assert (connected.act, connected.by) == (Act.ACCOUNT_CONNECTED, operator)
    assert (connected.on_id, connected.whence) == (account.id, "o próprio Kamino")
    assert connected.after["Titular"] == "OFICINA MODELO LTDA (11.444.777/0001-61)"
    assert connected.after["Conta do Ativo"] == str(account.ledger_account)


def test_connecting_again_is_a_vinculo_made_again(cora, tenant, admin):
    account = connect_account(tenant, admin, cora)
    again = connect_account(tenant, admin, cora)

    assert again.id == account.id
    assert [row.act for row in audit_of(tenant)] == [Act.ACCOUNT_CONNECTED, Act.ACCOUNT_RECONNECTED]


def test_another_companys_account_is_told_with_both_identities(cora, tenant, admin):
    opening = Connection.Status.OPENING
    connection = make_connection(tenant, admin, grant=granted(cora, PADARIA), status=opening)

    assert open_connection(tenant.id, connection.id) is None

    (refused,) = audit_of(tenant)
    assert refused.act == Act.CONNECTION_REFUSED
    assert "PADARIA AURORA LTDA (11.222.333/0001-81)" in refused.why
    assert "Oficina Modelo (11.444.777/0001-61)" in refused.why


def test_what_was_pasted_is_not_in_the_audit(bs2, client, operator_in, tenant):
    keys = bs2_keys(bs2)
    operator_in.post("/contas/conectar/bs2/chaves/", keys)

    (begun,) = audit_of(tenant)
    assert begun.act == Act.CONNECTION_BEGUN
    for name in ("api_key", "api_secret", "refresh_token"):
        assert keys[name] not in begun.canonical()


def test_the_end_at_the_bank_is_told_with_its_answer(cora, tenant, admin):
    account = connect_account(tenant, admin, cora)
    connection = reread(account.connection)
    change(connection, status=Connection.Status.UNDONE, undone_at=connection.connected_at)

    assert close_connection(tenant.id, connection.id)

    *_, closed = audit_of(tenant)
    assert (closed.act, closed.by) == (Act.CONNECTION_CLOSED, None)
    assert closed.why == reread(connection).status_reason
