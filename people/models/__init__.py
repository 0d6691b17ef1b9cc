"""Who is to come in, and what is to change about people."""

from people.models.change import PendingChange
from people.models.invitation import Invitation

__all__ = ["Invitation", "PendingChange"]
