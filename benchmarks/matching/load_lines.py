"""The bank lines of a day, by the ways in which the product stores them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from banking.banks.contract.statement import Movement
from banking.models import BankAccount, FileRow, StatementFile, StatementLine
from banking.statements.imports.apply import write_lines
from banking.statements.store import store_movements
from benchmarks.matching.load import Loaded, Row
from brazil.banking_days import SAO_PAULO
from brazil.document import read_loose_document, read_masked_document
from core.clock import database_now
from core.ids import uuid7

Kind = StatementLine.Kind
KINDS: Mapping[str, str] = {
    "pix": Kind.PIX, "ted": Kind.TRANSFER, "boleto": Kind.PAYMENT, "fee": Kind.FEE,
}  # fmt: skip
NOON = time(12)


@dataclass(slots=True)
class Lines:
    """Which line of the product is which of the data set."""

    loaded: Loaded
    told: dict[UUID, str] = field(default_factory=dict)
    _bank_ids: set[tuple[UUID, str]] = field(default_factory=set)
    _files: int = 0

    def store(self, name: str, rows: Sequence[Row]) -> None:
        """What arrives of one account. Inside the company's scope."""
        account = self.loaded.accounts[name]
        if account.is_by_file:
            self._bring(account, rows)
        else:
            self._read(account, rows)

    def _read(self, account: BankAccount, rows: Sequence[Row]) -> None:
        ids = {self._bank_id(account, row): row["id"] for row in rows}
        store_movements(
            account, [movement_of(bank_id, row) for bank_id, row in zip(ids, rows, strict=True)]
        )
        stored = StatementLine.objects.of(account.tenant_id).filter(
            bank_account=account, bank_id__in=ids
        )
        found = dict(stored.values_list("id", "bank_id"))
        assert len(found) == len(rows)
        self.told |= {line: ids[bank_id] for line, bank_id in found.items()}

    def _bank_id(self, account: BankAccount, row: Row) -> str:
        """The bank's, unless another line of the account has it too: none is lost."""
        told: str = (row["bank_id"] or row["id"])[:80]
        if (account.id, told) in self._bank_ids:
            told = f"{told[:40]} {row['id'][:39]}"
        self._bank_ids.add((account.id, told))
        return told

    def _bring(self, account: BankAccount, rows: Sequence[Row]) -> None:
        self._files += 1
        file = file_of(account, self._files, rows, self.loaded)
        file.save(force_insert=True)
        made = [row_of(file, number, row) for number, row in enumerate(rows, 1)]
        FileRow.objects.bulk_create(made)
        added = write_lines(file)
        assert added == len(rows)
        self.told |= {each.id: row["id"] for each, row in zip(made, rows, strict=True)}


def movement_of(bank_id: str, row: Row) -> Movement:
    return Movement(
        bank_id=bank_id,
        occurred_at=instant_of(row),
        booked_on=date.fromisoformat(row["booked_on"]),
        amount=Decimal(row["amount"]),
        kind=KINDS.get(row["kind"] or "", Kind.OTHER),
        description=row["description"] or "",
        counterparty_name=row["counterparty_name"] or "",
        # As the banks' readers do it.
        counterparty_document=read_loose_document(row["counterparty_document"] or ""),
        raw=raw_of(row),
        masked_document=read_masked_document(row["counterparty_document"]),
    )


def instant_of(row: Row) -> datetime:
    if row["occurred_at"]:
        return datetime.fromisoformat(row["occurred_at"])
    return datetime.combine(date.fromisoformat(row["booked_on"]), NOON, SAO_PAULO)


def raw_of(row: Row) -> str:
    """What a bank would have told beside, under the names by which each of the three tells it."""
    name, document = row["counterparty_name"] or "", row["counterparty_document"] or ""
    party = {"name": name, "document": document}
    told: Mapping[str, Any] = {
        "id": row["bank_id"],
        "transaction": {"counterParty": {"name": name, "identity": document}},  # Cora
        "counterparty": party,  # Conta Kamino
        "remetente" if Decimal(row["amount"]) > 0 else "favorecido": {  # BS2
            "nome": name, "documento": document,
        },
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


def file_of(account: BankAccount, number: int, rows: Iterable[Row], by: Loaded) -> StatementFile:
    days = [date.fromisoformat(row["booked_on"]) for row in rows]
    name = f"extrato-{number}.csv"
    return StatementFile(
        tenant_id=account.tenant_id,
        bank_account=account,
        name=name,
        digest=sha256(f"{account.id} {name}".encode()).hexdigest(),
        kind="csv",
        since=min(days),
        until=max(days),
        status=StatementFile.Status.READY,
        created_by=by.operator,
        applied_at=database_now(),
    )


def row_of(file: StatementFile, number: int, row: Row) -> FileRow:
    document = row["counterparty_document"] or ""
    return FileRow(
        id=uuid7(),
        tenant_id=file.tenant_id,
        file=file,
        number=number,
        row=number + 1,
        day=date.fromisoformat(row["booked_on"]),
        amount=Decimal(row["amount"]),
        kind=KINDS.get(row["kind"] or "", Kind.OTHER),
        text=(row["description"] or "")[:500],
        name=(row["counterparty_name"] or "")[:160],
        document=read_loose_document(document) or document[:20],
        source_id=(row["bank_id"] or "")[:140],
        state=FileRow.State.NEW,
    )
