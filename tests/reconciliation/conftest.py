"""«Conciliar», tried with the banks of the simulator."""

from tests.banking.conftest import account, bs2, cora, kamino, monday, operator_in

__all__ = ["account", "bs2", "cora", "kamino", "monday", "operator_in"]
