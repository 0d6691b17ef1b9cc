"""One company's account at Banco Quarto."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import httpx

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.auth import TokenSource
from banking.banks.contract.statement import AccountIdentity, Movement, StatementPage, Unread
from tests.fourth_bank.quarto.client import QuartoClient
from tests.fourth_bank.quarto.info import INFO
from tests.fourth_bank.quarto.wire import statement


class QuartoAdapter(BankAdapter):
    info = INFO

    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        super().__init__(http, tokens)
        self._client = QuartoClient(http, tokens)

    def fetch_identity(self) -> AccountIdentity:
        return statement.identity_from_wire(self._client.read("/account", "account"))

    def fetch_balance(self) -> Decimal:
        return statement.reais(self._client.read("/account", "balance")["balance"])

    def fetch_statement(self, since: date, until: date) -> Iterator[StatementPage]:
        answer = self._client.read("/entries", "statement", since=str(since), until=str(until))
        yield statement.page_from_wire(answer)

    def read_movement(self, raw: str, number: int) -> Movement | Unread:
        return statement.movement_from_wire(json.loads(raw))
