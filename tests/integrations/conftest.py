"""The pages of «Integrações bancárias», tried with the banks of the simulator and with bills."""

from tests.banking.conftest import account, bs2, cora, kamino, monday, operator_in
from tests.payments.conftest import as_approver, as_operator, as_outsider

__all__ = [
    "account",
    "as_approver",
    "as_operator",
    "as_outsider",
    "bs2",
    "cora",
    "kamino",
    "monday",
    "operator_in",
]
