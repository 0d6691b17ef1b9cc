"""What a start does before the product runs, in one process: loading it takes longer than most."""

import os

import django
from django.core.management import call_command

from kamino.database import UnboundRole, limit_statements, require_bound_role


def main() -> None:
    """Migrate, lay the static files out, make the demonstration; print who can sign in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kamino.settings")
    django.setup()
    call_command("migrate", database="owner", verbosity=0)
    app_url = os.environ["DATABASE_URL"]
    try:
        require_bound_role(app_url)
    except UnboundRole as error:
        raise SystemExit(str(error)) from None
    limit_statements(app_url)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo")


if __name__ == "__main__":
    main()
