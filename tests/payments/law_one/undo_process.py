"""A web process in which an admin clicks «Desfazer vínculo».

python -m tests.payments.law_one.undo_process <company> <person> <account>
"""

import sys

import django

django.setup()

from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402

from tenants.models import Tenant, User  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402
from tests.cast import sign_in  # noqa: E402


def main() -> None:
    company, person, account = sys.argv[1:]
    setup_test_environment()
    with tenant_scope(company):
        tenant = Tenant.objects.get(id=company)
    client = Client()
    sign_in(client, User.objects.get(id=person), tenant)
    answer = client.post(reverse("integrations:disconnect", args=[account]), {"name": tenant.name})
    assert answer.status_code == 302, answer.content.decode()


if __name__ == "__main__":
    main()
