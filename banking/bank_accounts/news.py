"""What the apps above banking do when there is something new about an account."""

from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string


def announce_news(tenant_id: UUID, account_id: UUID) -> None:
    """To be called outside of scopes, when what is new is committed."""
    for name in settings.ON_ACCOUNT_NEWS:
        import_string(name)(tenant_id, account_id)
