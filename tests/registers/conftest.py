"""On the Monday of the tests, with whom bills are entered and approved."""

from tests.payments.conftest import as_approver, as_operator, monday

__all__ = ["as_approver", "as_operator", "monday"]
