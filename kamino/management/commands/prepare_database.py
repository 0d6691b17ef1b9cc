"""Bring a production database up to date: the application's role, its grants, the tables."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from kamino.database import (
    UnboundRole,
    grant_access,
    is_superuser,
    limit_statements,
    prepare_roles,
    require_bound_role,
)


class Command(BaseCommand):
    help = (
        "Cria o papel da aplicação (o de DATABASE_URL) pelo dono das tabelas "
        "(DATABASE_OWNER_URL), dá a ele acesso e migra."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        owner_url = os.environ.get("DATABASE_OWNER_URL")
        if not owner_url:
            raise CommandError("DATABASE_OWNER_URL não está no ambiente.")
        if is_superuser(owner_url):
            self.stderr.write(
                "O papel de DATABASE_OWNER_URL é superusuário: use um dono comum das tabelas, "
                "que a separação entre empresas também limita (README, «Backup and restore»)."
            )
        app = urlsplit(os.environ["DATABASE_URL"])
        if not app.username:
            raise CommandError("DATABASE_URL não diz com que papel a aplicação entra.")
        prepare_roles(owner_url, [app.username], password=unquote(app.password or ""))
        grant_access(owner_url, app=app.username)
        call_command("migrate", database="owner", verbosity=options["verbosity"])
        try:
            require_bound_role(os.environ["DATABASE_URL"])
        except UnboundRole as error:
            raise CommandError(str(error)) from error
        limit_statements(os.environ["DATABASE_URL"])
