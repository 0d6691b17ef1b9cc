"""What the company owes, and the orders that have banks pay it."""

from payments.models.acknowledgement import Acknowledgement
from payments.models.approval import Approval, PayableEdit
from payments.models.event import PayableEvent
from payments.models.limits import AccountLimit, ApprovalTier, Delegation, PaymentRules
from payments.models.order import NEVER_LEFT, PaymentOrder, order_code, waiting
from payments.models.outside import OutsidePayment
from payments.models.payable import KEY_ASKS, NO_PIX, NOT_APPROVED, OfBill, Payable, PayableQuerySet
from payments.models.run import DispatchRun
from payments.models.tracking import TrackingRound

__all__ = [
    "KEY_ASKS",
    "NEVER_LEFT",
    "NOT_APPROVED",
    "NO_PIX",
    "AccountLimit",
    "Acknowledgement",
    "Approval",
    "ApprovalTier",
    "Delegation",
    "DispatchRun",
    "OfBill",
    "OutsidePayment",
    "Payable",
    "PayableEdit",
    "PayableEvent",
    "PayableQuerySet",
    "PaymentOrder",
    "PaymentRules",
    "TrackingRound",
    "order_code",
    "waiting",
]
