"""BS2 as the simulator serves it."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from simulator.bs2 import answers, control, control_money, movements, notices, seed
from simulator.bs2 import bank as bs2_bank
from simulator.bs2.api import build_api
from simulator.bs2.bank import Bs2
from simulator.bs2.boletos import events as boleto_events
from simulator.bs2.boletos import life as boletos
from simulator.bs2.orders import book as orders
from simulator.bs2.orders import titles
from simulator.bs2.people import charges, portal
from simulator.bs2.people.app import APP
from simulator.bs2.pix import charges as pix_charges
from simulator.bs2.pix import keys as pix_keys
from simulator.bs2.pix import payments as pix_payments
from simulator.bs2.pix import receipts as pix_receipts
from simulator.bs2.pix import webhooks as pix_webhooks
from simulator.bs2.settings import Bs2Settings
from simulator.core.app.routes import routes
from simulator.core.bank import App
from simulator.core.faults import BankFailure
from simulator.core.simulator import Simulator
from simulator.core.titles import IssuedTitle

_MODULES = (
    bs2_bank,
    movements,
    orders,
    titles,
    boletos,
    boleto_events,
    notices,
    pix_keys,
    pix_payments,
    pix_receipts,
    pix_charges,
    pix_webhooks,
)


class Bs2Bank:
    slug = bs2_bank.SLUG
    name = "BS2"
    schema = "".join(module.SCHEMA for module in _MODULES)
    attribute = "bs2"
    endpoints = (
        "/api-banking/auth/oauth/v2/authorize",
        "/auth/oauth/v2/token",
        "/pj/apibanking/forintegration/v1/contascorrentes/saldo",
        "/pj/apibanking/forintegration/v1/contascorrentes/extrato",
        "/pj/apibanking/forintegration/v1/transferencias/*",
        "/pj/apibanking/forintegration/v1/pagamentos*",
        "/pj/apibanking/forintegration/v1/comprovantes*",
        "/pj/apibanking/forintegration/v1/contexto*",
        "/pj/apibanking/forintegration/v2/contascorrentes/*",
        "/pj/forintegration/banking/v1/contascorrentes/principal/saldo",
        "/pj/forintegration/cobranca/*",
        "/pix/direto/forintegration/v1/pagamentos*",
        "/pix/direto/forintegration/v1/recebimentos*",
        "/pix/direto/forintegration/v1/pix/*",
        "/pix/direto/forintegration/v1/cob*",
        "/pix/direto/forintegration/v1/qrcodes*",
        "/pix/direto/forintegration/v1/chaves",
        "/pix/direto/forintegration/v1/webhook/*",
    )

    def __init__(self, simulator: Simulator) -> None:
        self.state = Bs2(simulator)
        simulator.clearing_house.issuers.append(self)

    @property
    def settings(self) -> Bs2Settings:
        return self.state.settings

    def api(self) -> App:
        return build_api(self.state)

    def pages(self) -> Sequence[BaseRoute]:
        return [*routes(APP), *charges.ROUTES, *portal.ROUTES]

    def control_routes(self) -> Sequence[BaseRoute]:
        return [*control.ROUTES, *control_money.ROUTES]

    def clear(self) -> None:
        self.state.settings.__dict__.update(Bs2Settings().__dict__)
        self.state.token_requests.clear()

    def is_planted(self) -> bool:
        return self.state.store.row("SELECT 1 FROM bs2_application") is not None

    def plant(self) -> None:
        seed.plant(self.state)

    def settle_due(self) -> int:
        due = (orders, boletos, pix_payments, pix_receipts)
        return sum(module.settle_due(self.state) for module in due)

    def failure(self, status: int) -> BankFailure:
        return answers.failure()

    def expire_tokens(self) -> None:
        self.state.store.run("UPDATE bs2_token SET expires_at = 0 WHERE kind = 'access'")

    def title(self, barcode: str) -> IssuedTitle | None:
        """BS2's own boleto, for the clearing house."""
        return titles.issued(self.state, barcode)

    def title_paid(self, barcode: str, amount: int, name: str, document: str) -> None:
        """Paid at another bank here."""
        boleto = boletos.boleto_by(self.state, "barcode", barcode)
        if boleto is not None:
            boletos.see_payment(self.state, boleto, amount, _ANOTHER_BANK)


_ANOTHER_BANK = "341"


BANK = Bs2Bank
