"""What new charges of an account begin with, and as what revenue slips of the bank's own app are
taken in."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from django.db import transaction

from accounts.models import Account
from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from charges.drafts.draft import check_classification, percent_words, read_percent, read_told
from charges.models import ChargeDefaults
from charges.terms.check import rules_of
from core.errors import InvalidInput, NotAllowed
from tenants.models import Membership

ZERO = Decimal("0.00")
NONE = "nenhuma"


@dataclass(frozen=True, slots=True)
class Defaults:
    fine_percent: Decimal = ZERO
    interest_percent: Decimal = ZERO
    message: str = ""
    revenue_account: Account | None = None

    @classmethod
    def of(cls, account: BankAccount) -> Self:
        """Runs inside the company's scope."""
        rows = ChargeDefaults.objects.of(account.tenant_id).select_related("revenue_account")
        row = rows.filter(bank_account=account).first()
        if row is None:
            return cls()
        return cls(row.fine_percent, row.interest_percent, row.message, row.revenue_account)

    @property
    def words(self) -> dict[str, str]:
        return {
            "Multa de novas cobranças": percent_words(self.fine_percent) or NONE,
            "Juros ao mês de novas cobranças": percent_words(self.interest_percent) or "nenhum",
            "Mensagem de novas cobranças": self.message or NONE,
            "Classificação das cobranças": str(self.revenue_account or NONE),
        }


@transaction.atomic
def save_defaults(account: BankAccount, wanted: Defaults, *, by: Membership) -> None:
    """Charges that were entered keep what they have. Runs inside the company's scope.

    Raises:
        InvalidInput: (its `field` named) the account's bank or no bank takes it.
        NotAllowed: (code `wrong_role`) `by` is no admin.
    """
    if not by.is_admin:
        raise NotAllowed("Só um administrador muda isto.", code="wrong_role")
    check(account, wanted)
    BankAccount.objects.of(account.tenant_id).select_for_update(no_key=True).get(id=account.id)
    before = Defaults.of(account)
    ChargeDefaults.objects.update_or_create(
        tenant_id=account.tenant_id,
        bank_account=account,
        defaults={
            "fine_percent": wanted.fine_percent,
            "interest_percent": wanted.interest_percent,
            "message": wanted.message,
            "revenue_account": wanted.revenue_account,
        },
    )
    changed = [name for name, value in wanted.words.items() if value != before.words[name]]
    if changed:
        record(
            Act.SETTINGS_CHANGED,
            on=account,
            by=by.user,
            before={name: before.words[name] for name in changed},
            after={name: wanted.words[name] for name in changed},
        )


def check(account: BankAccount, wanted: Defaults) -> None:
    read_percent(wanted.fine_percent, "fine_percent")
    read_percent(wanted.interest_percent, "interest_percent")
    longest = rules.message_length if (rules := rules_of(account)) else 0
    if wanted.message and not longest:
        raise InvalidInput(
            f"{account.bank_said.begins} não imprime mensagem: deixe em branco.", field="message"
        )
    read_told(wanted.message, "message", longest)
    if wanted.revenue_account is not None:
        check_classification(wanted.revenue_account)
