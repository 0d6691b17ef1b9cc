"""The address of a charge's page for its payer: who has it sees the page, without sign-in.

128 bits of it follow from the charge by a key that stands in the settings alone, so nobody finds
them out from a copy of the database; the database has their digest, by which a page is found. The
charge has the address, not one of its slips: it stays when another slip is issued.
"""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from charges.models import Charge, PayerPage
from core.sealing import derived_keys, mac
from tenants.scope import NOBODY, across_tenants

PURPOSE = "address of a payer's page"
BYTES = 16  # 128 bits


@dataclass(frozen=True, slots=True)
class Found:
    tenant_id: UUID
    charge_id: UUID


NOTHING = Found(NOBODY, NOBODY)


def page_address(charge: Charge) -> str:
    """The whole address, for e-mails and for who copies it. The same one at every call.

    From the first call on the page answers. After a change of keys the former addresses go on
    answering; the one that is told is the former one while its key is still in the settings.
    Runs inside the company's scope.
    """
    path = reverse("charges:payer_page", args=[token_of(charge)])
    return f"{settings.PUBLIC_URL}{path}"


def token_of(charge: Charge) -> str:
    """The secret part of a charge's address, kept by its digest."""
    keys = derived_keys(PURPOSE)
    pages = PayerPage.objects.of(charge.tenant_id).filter(charge=charge, key_name__in=keys)
    name = pages.order_by("created_at", "id").values_list("key_name", flat=True).first()
    if name is None:
        return first_token(charge, *next(iter(keys.items())))
    return token_under(keys[name], charge)


def first_token(charge: Charge, name: str, key: bytes) -> str:
    token = token_under(key, charge)
    row = PayerPage(
        tenant_id=charge.tenant_id, charge=charge, digest=digest_of(token), key_name=name
    )
    # Two that tell it for the first time at once make one row.
    PayerPage.objects.bulk_create([row], ignore_conflicts=True)
    return token


def token_under(key: bytes, charge: Charge) -> str:
    secret = mac(key, charge.tenant_id.bytes + charge.id.bytes)[:BYTES]
    return urlsafe_b64encode(secret).rstrip(b"=").decode()


def find_charge(token: str) -> Found:
    """Whose page it is; NOTHING for a token of none. One query. To be called outside of scopes."""
    with across_tenants():
        pages = PayerPage.objects.filter(digest=digest_of(token))
        row = pages.values_list("tenant_id", "charge_id").first()
    return Found(*row) if row else NOTHING


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
