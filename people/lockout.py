"""Keep everybody out of a person's account until they have made a new password by e-mail."""

from people.models import Device
from people.session_limits import end_sessions
from tenants.models import User


def lock_out(user: User) -> None:
    """The password is void, no browser is known, all sessions end. The caller holds the person."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    Device.objects.filter(user=user).delete()
    end_sessions(user)
