"""The engine at work on the tables."""

from tests.reconciliation.conftest import account, ana, itau, monday, operator_in

__all__ = ["account", "ana", "itau", "monday", "operator_in"]
