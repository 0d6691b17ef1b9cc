"""«Saúde da integração»: whether what was read agrees with the bank, day by day, and what to send
to the support.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from banking.gateway.call_log import last_calls, operation_words, result_words
from banking.models import BankAccount, BankCall, DailyBalance, StatementLine
from brazil.banking_days import SAO_PAULO
from core.money import format_brl
from integrations.accounts import Integration

DAYS = 60
TOLD_CALLS = 20
# Numbers of accounts and documents, and addresses of e-mail: not for the support.
PERSONAL = re.compile(r"\S+@\S+|\d[\d./-]{4,}\d")


@dataclass(frozen=True, slots=True)
class ProvedDay:
    """A day with movements, held against the one before."""

    day: date
    closing: Decimal
    movements: Decimal
    before: date | None  # None: the first that is kept
    # What the closing has and the day before with the movements between has not.
    difference: Decimal

    @property
    def is_proved(self) -> bool:
        return self.difference == 0

    @property
    def words(self) -> str:
        if self.before is None:
            return "Primeiro dia importado"
        if self.is_proved:
            return f"Confere com {self.before:%d/%m}"
        lacks = "faltam" if self.difference > 0 else "sobram"
        return f"Desde {self.before:%d/%m} {lacks} R$\u00a0{format_brl(abs(self.difference))}"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    integration: Integration
    days: Sequence[ProvedDay]  # the newest first
    calls: Sequence[BankCall]  # the newest first

    @property
    def gaps(self) -> list[ProvedDay]:
        return [day for day in self.days if not day.is_proved]

    @property
    def summary(self) -> str:
        if not self.days:
            return "Nenhum dia importado ainda: os saldos aparecem com o primeiro extrato."
        if self.gaps:
            return f"{count(self.gaps)} de {count(self.days)} com movimento não confere."
        return f"{count(self.days)} com movimento: cada saldo confere com o dia anterior."

    @property
    def text(self) -> str:
        """For the support: no secret, and nothing that tells whose account it is."""
        account = self.integration.account
        connection = account.connection
        lines = [
            "Diagnóstico da integração bancária",
            f"Gerado em {local(self.integration.now)} (São Paulo)",
            f"Empresa {account.tenant_id}",
            f"Conta {account.id}",
            f"Banco {account.bank_name} ({account.bank_code})",
            f"Vínculo {connection.id if connection else 'nenhum'}",
            f"Modo {connection.bank_mode.slug if connection else 'nenhum'}",
            f"Estado {self.integration.state[1]}",
            f"Último extrato importado {local(account.synced_at)}",
            f"Última tentativa {local(account.sync_started_at)}",
            f"Erro da última tentativa: {impersonal(account.sync_error) or 'nenhum'}",
            f"Conferência {account.get_proof_display()}",
            f"Movimentos não lidos: {account.unread_movements}",
            f"Saldos: {self.summary}",
            *(f"  {day.day:%d/%m/%Y}: {day.words}" for day in self.gaps),
            "Últimas chamadas ao banco:" if self.calls else "Nenhuma chamada ao banco registrada",
            *(
                f"  {call.made_at.astimezone(SAO_PAULO):%d/%m %H:%M:%S} "
                f"{operation_words(call.operation)}: {result_words(call.result)} "
                f"em {call.milliseconds} ms"
                for call in self.calls
            ),
        ]
        return "\n".join(lines)


def count(days: Sequence[ProvedDay]) -> str:
    return "1 dia" if len(days) == 1 else f"{len(days)} dias"


def local(instant: datetime | None) -> str:
    return f"{instant.astimezone(SAO_PAULO):%d/%m/%Y %H:%M}" if instant else "nunca"


def impersonal(text: str) -> str:
    """A bank's reason may repeat what it was asked."""
    return PERSONAL.sub("…", text)


def diagnose(integration: Integration) -> Diagnosis:
    account = integration.account
    return Diagnosis(
        integration,
        proved_days(account),
        last_calls(account.tenant_id, account.connection)[:TOLD_CALLS],
    )


def proved_days(account: BankAccount) -> list[ProvedDay]:
    """The last days with movements, the newest first. Two queries."""
    balances = list(
        DailyBalance.objects.of(account.tenant_id)
        .filter(bank_account=account)
        .order_by("-day")[: DAYS + 1]
    )
    if not balances:
        return []
    totals = dict(
        StatementLine.objects.of(account.tenant_id)
        .filter(bank_account=account, booked_on__gte=balances[-1].day)
        .values_list("booked_on")
        .annotate(Sum("amount"))
    )
    days = [
        proved_day(balance, before, totals)
        for balance, before in zip(balances, [*balances[1:], None], strict=True)
    ]
    if days[-1].before is None and days[-1].day not in totals:
        days.pop()  # the day before the first that is read has the bank's opening only
    return days[:DAYS]


def proved_day(
    balance: DailyBalance, before: DailyBalance | None, totals: dict[date, Decimal]
) -> ProvedDay:
    movements = totals.get(balance.day, Decimal(0))
    if before is None:
        return ProvedDay(balance.day, balance.closing, movements, None, Decimal(0))
    since = (total for day, total in totals.items() if before.day < day <= balance.day)
    difference = balance.closing - before.closing - sum(since, Decimal(0))
    return ProvedDay(balance.day, balance.closing, movements, before.day, difference)
