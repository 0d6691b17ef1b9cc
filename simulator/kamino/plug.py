"""The Conta Kamino as one of the simulator's banks."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from simulator.core.app.routes import routes
from simulator.core.bank import App
from simulator.core.faults import BankFailure
from simulator.core.simulator import Simulator
from simulator.core.titles import IssuedTitle
from simulator.kamino import (
    answers,
    app_pages,
    bank,
    charges_life,
    control,
    control_money,
    notices,
    payments_life,
    seed,
)
from simulator.kamino.api import build_api
from simulator.kamino.app import APP
from simulator.kamino.bank import Kamino, KaminoSettings


class KaminoBank:
    slug = bank.SLUG
    name = bank.BANK_NAME
    schema = bank.SCHEMA
    attribute = "kamino"
    endpoints = (
        "/oauth/token",
        "/oauth/revoke",
        "/v1/credentials/*",
        "/v1/terms",
        "/v1/accounts",
        "/v1/accounts/*",
        "/v1/accounts/*/balance",
        "/v1/accounts/*/entries",
        "/v1/payments",
        "/v1/payments/*",
        "/v1/pix/keys/*",
        "/v1/titles/*",
        "/v1/charges*",
        "/v1/refunds*",
        "/v1/webhook-endpoints*",
    )

    def __init__(self, simulator: Simulator) -> None:
        self.state = Kamino(simulator)
        simulator.outbox.signers[self.slug] = notices.sign
        simulator.clearing_house.issuers.append(self)

    @property
    def settings(self) -> KaminoSettings:
        return self.state.settings

    def api(self) -> App:
        return build_api(self.state)

    def pages(self) -> Sequence[BaseRoute]:
        return [*routes(APP), *app_pages.ROUTES]

    def control_routes(self) -> Sequence[BaseRoute]:
        return [*control.ROUTES, *control_money.ROUTES]

    def clear(self) -> None:
        self.state.clear()

    def is_planted(self) -> bool:
        return self.state.store.row("SELECT 1 FROM kamino_client") is not None

    def plant(self) -> None:
        seed.plant(self.state)

    def settle_due(self) -> int:
        return payments_life.settle_due(self.state)

    def failure(self, status: int) -> BankFailure:
        return answers.failure(status)

    def expire_tokens(self) -> None:
        self.state.store.run("UPDATE kamino_token SET expires_at = 0")

    # The clearing house: the boletos of this bank.

    def title(self, barcode: str) -> IssuedTitle | None:
        return charges_life.issued_title(self.state, barcode)

    def title_paid(self, barcode: str, amount: int, name: str, document: str) -> None:
        charge = charges_life.charge_by(self.state, "barcode", barcode)
        if charge is not None:
            charges_life.pay_by_boleto(self.state, charge, amount, name, document)


BANK = KaminoBank
