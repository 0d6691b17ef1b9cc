"""Every act on the books. Each opens the company's scope, or joins the one that is open."""

from accounts.services.chart import (
    archive_account,
    move_group,
    open_bank_account_leaf,
    open_books,
)
from accounts.services.journal import balances, post_entry, reverse_entry

__all__ = [
    "archive_account",
    "balances",
    "move_group",
    "open_bank_account_leaf",
    "open_books",
    "post_entry",
    "reverse_entry",
]
