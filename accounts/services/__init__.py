"""Every act on the books. Each opens the company's scope, or says that it runs inside of it."""

from accounts.services.archiving import (
    archive_account,
    archive_group,
    delete_unused,
    mark_bank_home,
    restore,
)
from accounts.services.chart import move_group, open_bank_account_leaf, open_books
from accounts.services.editing import change_account, change_group, make_account, make_group
from accounts.services.journal import balances, post_entry, reverse_entry
from accounts.services.moving import move_entries, share_account, standing, standing_on

__all__ = [
    "archive_account",
    "archive_group",
    "balances",
    "change_account",
    "change_group",
    "delete_unused",
    "make_account",
    "make_group",
    "mark_bank_home",
    "move_entries",
    "move_group",
    "open_bank_account_leaf",
    "open_books",
    "post_entry",
    "restore",
    "reverse_entry",
    "share_account",
    "standing",
    "standing_on",
]
