"""Passkeys: made and shown in a browser, at our addresses alone."""

import hashlib
import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from people.passkeys import is_here, require_our_origin
from tenants.models import Tenant, User
from tests.cast import PASSWORD, sign_in
from tests.chromium import OpenBrowser
from tests.people.factors import mailed_code, note_proof

ADD = "/conta/2fa/webauthn/add/"
DOMAIN, ORIGIN = "app.empresa.test", "https://app.empresa.test"


@pytest.fixture
def at_home(settings: Settings) -> None:
    settings.PASSKEY_DOMAIN, settings.PASSKEY_ORIGINS = DOMAIN, [ORIGIN]
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, DOMAIN, f".{DOMAIN}"]


@pytest.fixture
def enrolling(client: Client, tenant: Tenant, approver: User, at_home: None) -> Client:
    """A person who has given the password and the code of the e-mail."""
    sign_in(client, approver, tenant)
    client.defaults["REMOTE_ADDR"] = "198.51.100.251"
    note_proof(client, approver, method="password", reauthenticated=True)
    client.post(reverse("account_send_enrolment_code"))
    client.post(reverse("account_enrolment_code"), {"code": mailed_code()})
    return client


def registration(challenge: str, *, origin: str, domain: str = DOMAIN) -> str:
    """What a browser posts that made a key there; such a key says nothing of its maker."""
    client_data = CollectedClientData.create(
        type="webauthn.create", challenge=challenge, origin=origin
    )
    public_key = ES256.from_ctap1(b"\x04" + POINT)
    held = AttestedCredentialData.create(b"\0" * 16, b"key-1", public_key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(hashlib.sha256(domain.encode()).digest(), flags, 0, held)
    attested = AttestationObject.create("none", data, {})
    answer = {
        "clientDataJSON": websafe_encode(client_data),
        "attestationObject": websafe_encode(attested),
    }
    return json.dumps(
        {"id": websafe_encode(b"key-1"), "rawId": websafe_encode(b"key-1"), "type": "public-key",
         "response": answer, "clientExtensionResults": {}}
    )  # fmt: skip


# The generator of P-256 (SEC 2, section 2.4.2): a point like any other.
POINT = bytes.fromhex(
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)


def add(client: Client, **made: str) -> bool:
    options = client.get(ADD).context["js_data"]["creation_options"]["publicKey"]
    assert options["rp"]["id"] == DOMAIN
    client.post(ADD, {"name": "", "credential": registration(options["challenge"], **made)})
    return bool(Authenticator.objects.filter(type="webauthn").exists())


@pytest.mark.django_db
def test_a_key_that_was_made_at_our_address_is_taken(enrolling: Client) -> None:
    assert add(enrolling, origin=ORIGIN)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "origin",
    ["https://mal.app.empresa.test", "https://app.empresa.test:8443", "http://app.empresa.test",
     "https://empresa.test", "https://app.empresa.test.mal.example", "", "null"],
)  # fmt: skip
def test_a_key_that_was_made_elsewhere_is_not(enrolling: Client, origin: str) -> None:
    assert not add(enrolling, origin=origin)


@pytest.mark.django_db
def test_a_key_of_another_domain_is_not(enrolling: Client) -> None:
    assert not add(enrolling, origin=ORIGIN, domain="mal.example")


@pytest.mark.django_db
def test_a_forged_host_changes_no_domain(enrolling: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    page = enrolling.get(ADD, headers={"Host": "mal.example"})

    assert page.context["js_data"]["creation_options"]["publicKey"]["rp"]["id"] == DOMAIN
    assert not page.context["passkeys_here"]
    assert ORIGIN in page.content.decode()
    assert 'id="passkey"' not in page.content.decode()


@pytest.mark.django_db
def test_after_a_move_the_list_says_which_keys_are_of_the_old_address(
    enrolling: Client, settings: Settings
) -> None:
    add(enrolling, origin=ORIGIN)
    assert [elsewhere for _, elsewhere in keys(enrolling)] == [False]

    settings.PASSKEY_DOMAIN = "novo.test"

    assert [elsewhere for _, elsewhere in keys(enrolling)] == [True]


def keys(client: Client) -> Any:
    return client.get("/conta/2fa/webauthn/").context["keys"]


@pytest.mark.parametrize("credential", [None, {}, {"response": {"clientDataJSON": "!"}}, "x", 7])
def test_what_is_no_credential_is_of_no_address(credential: object) -> None:
    with pytest.raises(ValidationError):
        require_our_origin(credential)


@pytest.mark.parametrize(("host", "here"), [("app.empresa.test", True), ("127.0.0.1", False)])
def test_our_address_is_scheme_and_host(at_home: None, host: str, here: bool) -> None:
    assert is_here(RequestFactory().get("/", headers={"Host": host}, secure=True)) == here
    assert not is_here(RequestFactory().get("/", headers={"Host": host}))


@pytest.mark.django_db(transaction=True)
def test_a_person_makes_a_key_and_comes_in_with_it(
    open_browser: OpenBrowser, live_server: LiveServer, settings: Settings, client: Client,
    tenant: Tenant, approver: User,
) -> None:  # fmt: skip
    origin = f"http://localhost:{live_server.url.rpartition(':')[2]}"
    settings.PASSKEY_DOMAIN, settings.PASSKEY_ORIGINS = "localhost", [origin]
    with open_browser() as browser:
        context = browser.new_context()
        page = context.new_page()
        devices = context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }  # fmt: skip
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        page.goto(f"{origin}/conta/login/")
        page.fill("[name=login]", approver.email)
        page.fill("[name=password]", PASSWORD)
        page.locator("form", has=page.locator("[name=login]")).locator("[type=submit]").click()
        page.goto(f"{origin}{ADD}")
        page.fill("[name=password]", PASSWORD)
        page.click("main [type=submit]")
        page.wait_for_url("**/2fa/codigo/**")
        page.click("main [type=submit]")
        page.wait_for_selector("[name=code]")
        page.fill("[name=code]", mailed_code())
        page.locator("form", has=page.locator("[name=code]")).locator("[type=submit]").click()
        page.click("#passkey")
        page.wait_for_url("**/recovery-codes/**")

        context.clear_cookies()
        page.goto(f"{origin}/conta/login/?next=/pagamentos/")
        page.click("#passkey")
        page.wait_for_url(f"{origin}/pagamentos/**")

        # Without the password alone, and with the key after it.
        context.clear_cookies()
        page.goto(f"{origin}/conta/login/?next=/pagamentos/")
        page.fill("[name=login]", approver.email)
        page.fill("[name=password]", PASSWORD)
        page.locator("form", has=page.locator("[name=login]")).locator("[type=submit]").click()
        page.wait_for_url("**/2fa/authenticate/")
        page.click("#passkey")
        page.wait_for_url(f"{origin}/pagamentos/**")
