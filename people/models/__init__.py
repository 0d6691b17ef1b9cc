"""Who is to come in and by what, and what is to change about people."""

from people.models.change import PendingChange
from people.models.device import Device
from people.models.exceptional import ExceptionalAct, ExceptionalLimit
from people.models.factor import EnrolmentCode, FactorReset, TotpUse
from people.models.invitation import Invitation
from people.models.password_link import PasswordLink

__all__ = [
    "Device", "EnrolmentCode", "ExceptionalAct", "ExceptionalLimit", "FactorReset", "Invitation",
    "PasswordLink", "PendingChange", "TotpUse",
]  # fmt: skip
