"""The banks as tests see them that are the same for all: an order sent, its state, its company."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from tests.bank_controls import OFICINA
from tests.bs2_simulator import Bs2Simulator
from tests.cora_simulator import BankProcess, CoraSimulator
from tests.kamino_simulator import KaminoSimulator
from tests.loopback import LOOPBACK
from tests.simulator import bs2_calls, calls, kamino_calls


@dataclass(frozen=True, slots=True)
class EachBank:
    """OFICINA has an account with R$ 10.000,00, and everybody pays Fornecedor Exemplo ME."""

    slug: str
    address: str
    simulator: CoraSimulator | Bs2Simulator | KaminoSimulator
    process: BankProcess
    bearer: Callable[[str], httpx.Client]  # its API as a company allowed it, by CNPJ
    ask: Callable[[httpx.Client, int, str | None], str]  # for a TED of centavos, on a day: its id
    ted: str  # how it calls money that comes in by TED
    words: dict[str, str]  # its own words for the states of an order
    paid: str = "Pago"  # what the app says of what was approved
    state: str = "state"  # the field of the state
    setting: str = "ted_fee_cents"  # one of its own that takes a number

    def send(self, amount: int = 125_000, *, cnpj: str = OFICINA, day: str | None = None) -> str:
        """A company asks for a TED of centavos. The id of what waits."""
        with self.bearer(cnpj) as api:
            return self.ask(api, amount, day)

    def states(self, *order_ids: str) -> list[str]:
        """In its own words."""
        return [self.simulator.orders(id=each)[0][self.state] for each in order_ids]

    def is_in(self, state: str, *order_ids: str) -> bool:
        """waiting, scheduled, completed, refused, expired or failed: all of them."""
        return self.states(*order_ids) == [self.words[state]] * len(order_ids)

    def balance(self, cnpj: str = OFICINA) -> int:
        return int(self.simulator.account(cnpj)["balance"])


def _bearer(address: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=address, headers=headers, **LOOPBACK)


def at_cora(cora: CoraSimulator) -> EachBank:
    cora.settings(ted_fee_cents=0, access_token_seconds=90 * 86_400)
    cora.add_entries([], balance=1_000_000)

    def ask(api: httpx.Client, amount: int, day: str | None) -> str:
        when = {"scheduled": day} if day else {}
        return str(calls.transfer(api, amount=amount, **when).json()["id"])

    return EachBank(
        *("cora", cora.base_url, cora, cora),
        bearer=lambda cnpj: _bearer(cora.base_url, cora.grant(cnpj)["access_token"]),
        ask=ask,
        ted="TRANSFER",
        words={
            "waiting": "INITIATED",
            "scheduled": "SCHEDULED",
            "completed": "COMPLETED",
            **dict.fromkeys(("refused", "expired", "failed"), "CANCELED"),
        },
        state="status",
    )


def at_bs2(bs2: Bs2Simulator) -> EachBank:
    bs2.settings(refuses_without_balance=False)
    bs2.add_entries([], balance=1_000_000)

    def ask(api: httpx.Client, amount: int, day: str | None) -> str:
        when = {"efetuarEm": f"{day}T12:00:00"} if day else {}
        return str(bs2_calls.send(api, valor=amount / 100, **when).json()["solicitacaoId"])

    words = ("waiting", "scheduled", "completed", "refused", "expired", "cancelled", "failed")
    return EachBank(
        *("bs2", bs2.base_url, bs2, bs2),
        bearer=lambda cnpj: _bearer(bs2.base_url, bs2.grant(cnpj)["access_token"]),
        ask=ask,
        ted="TED",
        words={word: word for word in words},
        paid="Efetivado",
    )


def at_kamino(kamino: KaminoSimulator) -> EachBank:
    kamino.create_company(OFICINA, "OFICINA MODELO LTDA", balance=1_000_000)

    def bearer(cnpj: str) -> httpx.Client:
        if cnpj not in [held["cnpj"] for held in kamino.accounts()]:
            kamino.create_company(cnpj, "PADARIA AURORA LTDA", balance=1_000_000)
        keys = kamino.credentials(cnpj)
        token = kamino.token(keys["client_id"], keys["client_secret"])
        return _bearer(kamino.base_url, token)

    def ask(api: httpx.Client, amount: int, day: str | None) -> str:
        when = {"scheduled_for": day} if day else {}
        body = kamino_calls.ted(amount=f"{amount / 100:.2f}", **when)
        return str(kamino_calls.pay(api, body)["id"])

    words = ("scheduled", "completed", "refused", "expired", "failed")
    return EachBank(
        *("kamino", kamino.base_url, kamino, kamino.process),
        bearer=bearer,
        ask=ask,
        ted="TED",
        words={"waiting": "awaiting_approval", **{word: word for word in words}},
        setting="approval_days",
    )
