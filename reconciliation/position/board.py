"""The accounts of «Conciliar» with where their books stand."""

import datetime as dt
from dataclasses import dataclass

from banking.bank_accounts.overview import Card, Overview, Standing
from reconciliation.position.position import COUNTED, Position, positions_of
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class AccountCard:
    card: Card
    position: Position

    @property
    def standing(self) -> Standing | None:
        """How it stands, in one tag; None while nothing is known of it."""
        own = standing_of(self.position)
        if self.card.account.is_by_file:
            return own or self.card.standing  # that it comes by file says less
        return self.card.standing or own

    @property
    def offers_opening(self) -> bool:
        """Written once, or moved back to the days that were read since."""
        if self.position.opening is not None:
            return self.position.is_older
        return self.position.beginning is not None and not self.position.is_put_off


@dataclass(frozen=True, slots=True)
class Board:
    overview: Overview
    cards: list[AccountCard]

    @property
    def waits(self) -> str:
        """What waits in all accounts, in words: lines and entries are counted apart."""
        lines = sum(each.position.to_reconcile.number for each in self.cards)
        entries = sum(each.position.without_line.number for each in self.cards)
        return " · ".join(waiting_texts(lines, entries))

    @property
    def is_zero(self) -> bool:
        return all(each.position.is_zero for each in self.cards)

    def of(self, card: Card) -> AccountCard:
        return next(each for each in self.cards if each.card is card)


def board_of(tenant: Tenant, overview: Overview, day: dt.date) -> Board:
    """One query, whatever the number of accounts."""
    positions = positions_of(tenant.id, [card.account for card in overview.cards], day)
    return Board(
        overview, [AccountCard(card, positions[card.account.id]) for card in overview.cards]
    )


def standing_of(position: Position) -> Standing | None:
    if position.bank is None:
        return None
    if texts := waiting_texts(position.to_reconcile.number, position.without_line.number):
        return Standing("warn", texts[0], "scale")
    if position.unopened:
        return Standing("warn", "sem saldo de abertura", "scale")
    if position.is_zero:
        return Standing("ok", "confere", "check")
    return Standing("warn", "não provado", "scale")


def waiting_texts(lines: int, entries: int) -> list[str]:
    counts = {"a conciliar": lines, "sem linha no extrato": entries}
    return [f"{number_text(number)} {what}" for what, number in counts.items() if number]


def number_text(number: int) -> str:
    return "1.000+" if number > COUNTED else str(number)
