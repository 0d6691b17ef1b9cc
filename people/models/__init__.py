"""Who is to come in and by what, and what is to change about people."""

from people.models.change import PendingChange
from people.models.device import Device
from people.models.factor import EnrolmentCode, FactorReset, TotpUse
from people.models.invitation import Invitation

__all__ = ["Device", "EnrolmentCode", "FactorReset", "Invitation", "PendingChange", "TotpUse"]
