"""Who enters the address of a form that is sent gets a page with a way back, and no empty one."""

import pytest
from django.urls import reverse

from tests.cast import sign_in

pytestmark = pytest.mark.django_db


def test_it_is_a_page_that_says_so(client, operator, tenant):
    sign_in(client, operator, tenant)

    answer = client.get(reverse("tenants:switch"))

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "405.html" in [each.name for each in answer.templates]


def test_a_program_gets_no_page(client, operator, tenant):
    sign_in(client, operator, tenant)

    answer = client.get(reverse("tenants:switch"), headers={"Accept": "application/json"})

    assert (answer.status_code, answer.content) == (405, b"")
