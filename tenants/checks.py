"""System checks: the walls between companies stand only under the right database role."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def login_role_is_bound_by_policies(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The role in DATABASE_URL must not be able to pass row-level security by."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = current_user "
            "AND (rolsuper OR rolbypassrls)"
        )
        row = cursor.fetchone()
    if row is None:
        return []
    return [
        Error(
            f"The database role {row[0]!r} bypasses row-level security.",
            hint="DATABASE_URL must name a plain role; the owner goes to DATABASE_OWNER_URL.",
            id="tenants.E001",
        )
    ]
