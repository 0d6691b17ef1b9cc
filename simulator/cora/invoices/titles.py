"""Cora's boletos in the clearing house, for whichever bank they are paid at."""

from datetime import date

from simulator.cora.bank import Cora
from simulator.cora.invoices import life
from simulator.cora.invoices.reading import BANK_SLIP
from simulator.core.people import account_by_id
from simulator.core.store import Row
from simulator.core.titles import IssuedTitle


class InvoiceTitles:
    """The clearing house's `Issuer` of Cora's charges."""

    def __init__(self, cora: Cora) -> None:
        self._cora = cora

    def title(self, barcode: str) -> IssuedTitle | None:
        row = self._row(barcode)
        if row is None:
            return None
        held = account_by_id(self._cora.store, row["account_id"])
        owed = life.owed_on(row, self._cora.clock.today())
        return IssuedTitle(
            barcode=barcode,
            digitable=row["digitable"],
            creditor=held.name,
            document=held.cnpj,
            amount=owed.amount,
            fine=owed.fine,
            interest=owed.interest,
            discount=owed.discount,
            due_date=date.fromisoformat(row["due_date"]),
            is_registered=bool(row["registered"]),
            is_paid=row["pay_id"] is not None,
        )

    def title_paid(self, barcode: str, amount: int, name: str, document: str) -> None:
        row = self._row(barcode)
        if row is None:
            raise LookupError(barcode)
        life.pay(self._cora, row, BANK_SLIP, payer=life.Payer(name, document), amount=amount)

    def _row(self, barcode: str) -> Row | None:
        return self._cora.store.row("SELECT * FROM cora_invoice WHERE barcode = ?", barcode)
