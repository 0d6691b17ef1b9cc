"""The table «what each bank can do» of docs/banks.md, from the banks' own declarations."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from banking.banks import registry
from banking.banks.contract.info import BankInfo, Capability, ConnectBy
from banking.banks.contract.payments import Rail

WORDS = {
    Capability.FETCH_IDENTITY: "reads or checks whose account it is",
    Capability.FETCH_BALANCE: "balance",
    Capability.FETCH_STATEMENT: "statement",
    Capability.SEND_TED: "TED",
    Capability.PAY_BOLETO: "boletos and collection documents",
    Capability.PAY_TAX: "taxes without bar code (DARF, GPS)",
    Capability.SEND_PIX: "Pix",
    Capability.LOOK_UP_TITLE: "looks up a title before paying it",
    Capability.LOOK_UP_KEY: "tells whose a Pix key is",
    Capability.CANCEL_ORDER: "takes back an order that waits for approval",
    Capability.FIND_ORDER: "finds an order whose answer was lost",
    Capability.ORDER_STATUSES: "tells where an order is",
    Capability.ISSUE_CHARGE: "issues charges",
    Capability.FETCH_CHARGE: "reads a charge",
    Capability.LIST_CHARGES: "lists charges",
    Capability.CANCEL_CHARGE: "cancels a charge",
    Capability.CHARGE_CANCELLATION: "cancels a charge later, and tells how far that is",
    Capability.CHARGE_PDF: "PDF of a charge",
    Capability.REFUND_CHARGE: "gives a payment of a charge back",
    Capability.FIND_REFUND: "finds a refund whose answer was lost",
    Capability.LIST_REFUNDS: "lists what was given back, MED too",
    Capability.ISSUE_CARNE: "carnê",
    Capability.CHARGE_NOTIFICATIONS: "reminders to the payer",
    Capability.CANCEL_CHARGE_NOTIFICATIONS: "stops the reminders",
    Capability.REGISTER_WEBHOOKS: "calls us when something happens",
}
MODES = {
    ConnectBy.CONSENT: "consent at the bank",
    ConnectBy.FORM: "a form",
    ConnectBy.OPENING: "accepted terms",
}
YES, NO = "yes", "–"


def capability_table(plans: Mapping[str, str]) -> str:
    """Markdown: one column a bank, one row a thing. `plans` are their names, by slug, in order."""
    banks = [bank.info for bank in registry.banks().values()]
    lines = [row("", [bank.name for bank in banks]), row("---", ["---"] * len(banks))]
    lines += [row("plans", [plans_of(bank, plans) for bank in banks])]
    lines += [row(label, [tell(bank) for bank in banks]) for label, tell in FACTS]
    lines += [
        row(words, [YES if capability in bank.capabilities else NO for bank in banks])
        for capability, words in WORDS.items()
    ]
    return "\n".join(lines) + "\n"


def row(label: str, cells: Sequence[str]) -> str:
    return f"| {' | '.join([label, *cells])} |"


def ways(bank: BankInfo) -> str:
    return "<br>".join(f"{mode.name} ({MODES[mode.by]})" for mode in bank.modes)


def plans_of(bank: BankInfo, names: Mapping[str, str]) -> str:
    return ", ".join(name for slug, name in names.items() if slug in bank.plans)


def cut_off(rail: Rail) -> Callable[[BankInfo], str]:
    return lambda bank: f"{bank.cut_off[rail]:%H:%M}" if rail in bank.cut_off else NO


def repeat(bank: BankInfo) -> str:
    if bank.idempotency_window is None:
        return "never by itself"
    return f"within {length(bank.idempotency_window)}, under the same key"


def tokens(bank: BankInfo) -> str:
    limit = bank.token_requests_per_minute
    return "no limit stated" if limit is None else str(limit)


def length(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


FACTS: tuple[tuple[str, Callable[[BankInfo], str]], ...] = (
    ("COMPE", lambda bank: bank.compe),
    ("connects by", ways),
    ("every order waits for approval at the bank", lambda b: YES if b.approval_in_bank else NO),
    ("TED of the day until", cut_off(Rail.TED)),
    ("boletos of the day until", cut_off(Rail.BOLETO)),
    ("Pix of the day until", cut_off(Rail.PIX)),
    ("repeats a request whose answer was lost", repeat),
    ("asks a person after", lambda bank: length(bank.tell_a_person_after)),
    ("token requests a minute", tokens),
)
