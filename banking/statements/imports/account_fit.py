"""Whether an account of a file is one of the company's."""

import re
from collections.abc import Sequence

from banking.models import BankAccount
from banking.statements.files.contract import AccountHeader

SHORTEST = 4  # figures by which an account is known inside a longer number


def fits(header: AccountHeader, account: BankAccount) -> bool:
    """Files write branch and number in many ways: apart, joined, without the check digit."""
    if not header.number:
        return not header.bank_code or header.bank_code == account.bank_code
    if header.bank_code and account.bank_code and header.bank_code != account.bank_code:
        return False
    told, number = bare(header.number), bare(account.number)
    joined = bare(account.branch + account.number)
    if told in {number, number[:-1], joined, joined[:-1]}:
        return not header.branch or same_branch(header.branch, account.branch)
    return len(number) >= SHORTEST and told.endswith(number)


def bare(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper()).lstrip("0")


def same_branch(told: str, ours: str) -> bool:
    first, second = bare(told), bare(ours)
    return first == second or first[:-1] == second or first == second[:-1]


def account_of(
    header: AccountHeader, chosen: BankAccount, accounts: Sequence[BankAccount]
) -> BankAccount | None:
    """The chosen one, if it may be; else the only other one that may."""
    if fits(header, chosen):
        return chosen
    others = [account for account in accounts if header.number and fits(header, account)]
    return others[0] if len(others) == 1 else None


def words(header: AccountHeader) -> str:
    """«conta 123456-7, agência 0001, do banco 341»."""
    parts = [
        f"conta {header.number}" if header.number else "",
        f"agência {header.branch}" if header.branch else "",
        f"do banco {header.bank_code}" if header.bank_code else "",
    ]
    return ", ".join(part for part in parts if part) or "outra conta"
