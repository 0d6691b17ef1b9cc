"""Cora as one of the simulator's banks."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from simulator.cora import answers, bank, control, direct_control, integrations, orders, seed
from simulator.cora.api import build_api, build_direct_api, build_files
from simulator.cora.app import APP
from simulator.cora.bank import Cora, CoraSettings
from simulator.cora.invoices import control as invoice_control
from simulator.cora.invoices import life as invoices
from simulator.cora.invoices import pages as invoice_pages
from simulator.cora.invoices.titles import InvoiceTitles
from simulator.core.app.routes import routes
from simulator.core.bank import App
from simulator.core.faults import BankFailure
from simulator.core.simulator import Simulator


class CoraBank:
    slug = bank.SLUG
    name = "Cora"
    schema = bank.SCHEMA
    attribute = "cora"
    endpoints = (
        "/oauth/authorize",
        "/oauth/token",
        "/token",
        "/bank-statement/statement",
        "/third-party/account*",
        "/transfers/initiate",
        "/transfer/third-party/transfers",
        "/banks",
        "/payments/initiate",
        "/payments/initiate/*",
        "/payments/darf/initiate",
        "/payments/gps/initiate",
        "/payments",
        "/payments/*",
        "/v2/invoices*",
        "/download/*",
        "/endpoints*",
    )

    def __init__(self, simulator: Simulator) -> None:
        self.state = Cora(simulator)
        simulator.clearing_house.issuers.append(InvoiceTitles(self.state))

    @property
    def settings(self) -> CoraSettings:
        return self.state.settings

    def api(self) -> App:
        return build_api(self.state)

    def direct_api(self) -> App:
        """The same, for Integração Direta: behind mutual TLS."""
        return build_direct_api(self.state)

    def files(self) -> App:
        """The files of the charges, at an address of their own."""
        return build_files(self.state)

    def pages(self) -> Sequence[BaseRoute]:
        return [*routes(APP), *invoice_pages.ROUTES, *integrations.ROUTES]

    def control_routes(self) -> Sequence[BaseRoute]:
        return [*control.ROUTES, *invoice_control.ROUTES, *direct_control.ROUTES]

    def clear(self) -> None:
        self.state.clear()

    def is_planted(self) -> bool:
        return self.state.store.row("SELECT 1 FROM cora_partner") is not None

    def plant(self) -> None:
        seed.plant(self.state)

    def settle_due(self) -> int:
        return orders.settle_due(self.state) + invoices.settle_due(self.state)

    def failure(self, status: int) -> BankFailure:
        return answers.failure()

    def expire_tokens(self) -> None:
        self.state.store.run("UPDATE cora_token SET expires_at = 0 WHERE kind = 'access'")
        self.state.callers.clear()


BANK = CoraBank
