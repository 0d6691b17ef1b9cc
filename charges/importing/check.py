"""Check rows against the rules, the register and what is here already. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from accounts.models import Account
from banking.models import BankAccount
from brazil.cep import STATES, state_of
from charges.drafts.draft import Draft, columns_of
from charges.drafts.enter import Part, check_parts
from charges.importing.rows import write_rows
from charges.importing.values import (
    Cells,
    read_cep,
    read_count,
    read_day,
    read_discount,
    read_document,
    read_emails_of,
    read_form,
    read_money,
    read_percent,
    read_phone,
    split_street,
)
from charges.models import Charge, ChargeDefaults, ImportFile, ImportRow
from charges.states import ChargeStatus
from charges.terms.accounts import issuing_accounts
from charges.terms.check import (
    USUAL_FINE,
    USUAL_INTEREST,
    cautions,
    offered_forms,
    problems,
    reais,
)
from charges.terms.instalments import monthly, split_amount
from core.errors import InvalidInput
from core.text import fold
from parties.models import Payer
from parties.payers import ADDRESS, MISSING, PayerData
from parties.payers import read as read_payer
from tenants.models import Tenant

Kind, State, Fate = ImportFile.Kind, ImportRow.State, ImportRow.PayerFate
ZERO = Decimal("0.00")


@dataclass(slots=True)
class Checked:
    """What one row says. Good and of charges, it has a draft; its payer may be unsaved."""

    row: ImportRow
    cells: Cells
    document: str = ""
    payer: Payer | None = None
    data: PayerData | None = None  # of a payer that is not on the register
    is_restored: bool = False  # it is archived, by an import that was undone
    draft: Draft | None = None
    parts: Sequence[Part] = field(default_factory=list)
    key: str = ""
    doubt: str = ""
    state: str = State.WRONG

    def store(self) -> ImportRow:
        """Into the row, which is not saved here."""
        row = self.row
        row.faults, row.marks = self.cells.faults, self.cells.marks
        row.key, row.doubt, row.state = self.key, self.doubt, self.state
        row.amount = self.draft.amount if self.draft else None
        return row


STORED = ["faults", "marks", "key", "doubt", "state", "amount"]


def store_all(checked: Sequence[Checked], *more: str) -> None:
    """What checking them said; `more` are other columns of the rows. One query."""
    write_rows([each.store() for each in checked], [*STORED, *more])


class Checker:
    """Of one file. What it looks up is as old as the checker. Runs inside the company's scope."""

    def __init__(self, file: ImportFile, tenant: Tenant, today: date) -> None:
        self.file, self.tenant, self.today = file, tenant, today

    def check(self, rows: Sequence[ImportRow]) -> list[Checked]:
        """Five queries, whatever the number of rows."""
        found = [Checked(row, Cells(row.cells, row.unread, row.remarks)) for row in rows]
        for each in found:
            each.document = each.cells.read("document", read_document, "")
        payers = self.payers_of({each.document for each in found})
        for each in found:
            self.check_payer(each, payers.get(each.document))
            if self.file.kind == Kind.CHARGES:
                self.check_charge(each)
            elif not each.cells.faults:
                each.key = each.document
        self.judge(found)
        return found

    def payers_of(self, documents: set[str]) -> dict[str, Payer]:
        payers = Payer.objects.of(self.tenant).filter(document__in=documents - {""})
        return {payer.document: payer for payer in payers}

    # --- The payer ------------------------------------------------------------------------

    def check_payer(self, each: Checked, known: Payer | None) -> None:
        cells = each.cells
        if not cells.text("document"):
            cells.wrong("document", "Informe o CPF ou o CNPJ de quem paga.")
        if known is None:
            each.data = self.data_of(each)
            each.payer = self.new_payer(each)
            return
        each.payer = known
        if known.archived_at is not None:
            self.check_archived(each, known)
        name = cells.text("name")
        if name and fold(name) not in (known.name_folded, known.trade_name_folded):
            cells.marks["name"] = f"Já cadastrado como «{known}»: vale o cadastro."

    def check_archived(self, each: Checked, known: Payer) -> None:
        """What undoing an import archived comes back with another import."""
        if known.id not in self.withdrawn:
            each.cells.wrong(
                "document", f"«{known}» está arquivado: reative-o em «Pagadores» antes."
            )
            return
        known.archived_at, each.is_restored = None, True
        each.cells.marks["document"] = "Arquivado quando a importação foi desfeita: será reativado."

    @cached_property
    def withdrawn(self) -> set[UUID]:
        rows = ImportRow.objects.of(self.tenant).filter(payer_fate=Fate.WITHDRAWN)
        return set(rows.values_list("payer_id", flat=True))

    def data_of(self, each: Checked) -> PayerData:
        cells = each.cells
        if not cells.text("name"):
            cells.wrong("name", "Informe o nome: este pagador ainda não está cadastrado.")
        no_emails: list[str] = []
        return PayerData(
            name=cells.text("name"),
            document=each.document,
            trade_name=cells.text("trade_name"),
            phone=cells.read("phone", read_phone, ""),
            emails=cells.read("emails", read_emails_of, no_emails),
            **address_of(cells),
        )

    def new_payer(self, each: Checked) -> Payer | None:
        """Unsaved; None when something is wrong with it."""
        if each.data is None or not each.document or not each.data.name:
            return None
        try:
            return Payer(tenant=self.tenant, **read_payer(each.data))
        except InvalidInput as error:
            each.cells.wrong(error.field or "document", str(error))
            if error.field == "zip_code":  # either may be the one to mend
                state = state_of(each.data.zip_code)
                each.cells.wrong("state", f"Ou corrija aqui: o CEP é de {state}.")
            return None

    # --- The charge -----------------------------------------------------------------------

    def check_charge(self, each: Checked) -> None:
        cells = each.cells
        amount = cells.read("amount", read_money, None)
        due_date = cells.read("due_date", read_day, None)
        count = cells.read("instalments", read_count, 1)
        for key, sentence in NEEDED.items():
            if not cells.text(key):
                cells.wrong(key, sentence)
        account, revenue = self.account_of(cells), self.revenue_of(cells)
        form = cells.read("form", read_form, None)
        if account is None or revenue is None or amount is None or due_date is None:
            self.read_terms(cells, None)  # what is wrong with them is told at once too
            return
        fine, interest, message = self.read_terms(cells, account)
        each.draft = Draft(
            payer=each.payer or Payer(),
            bank_account=account,
            amount=amount,
            due_date=due_date,
            description=cells.text("description"),
            revenue_account=revenue,
            form=form or next(iter(offered_forms(account)), ""),
            document_number=cells.text("document_number"),
            fine_percent=fine,
            interest_percent=interest,
            discount=cells.read("discount", read_discount, ZERO),
            message=message,
        )
        if count > 1:
            parts = zip(split_amount(amount, count), monthly(due_date, count), strict=True)
            each.parts = list(parts)
        self.check_draft(each)

    def read_terms(self, cells: Cells, account: BankAccount | None) -> tuple[Decimal, Decimal, str]:
        usual = self.usual.get(account.id) if account else None
        usual = usual or ChargeDefaults()
        return (
            cells.read("fine_percent", read_percent, usual.fine_percent),
            cells.read("interest_percent", read_percent, usual.interest_percent),
            cells.text("message") or usual.message,
        )

    def check_draft(self, each: Checked) -> None:
        cells, draft = each.cells, each.draft
        assert draft is not None
        first = draft
        try:
            if each.parts:
                amount, due_date = each.parts[0]
                first = replace(draft, amount=amount, due_date=due_date)
                check_parts(draft, each.parts)
            columns = columns_of(self.tenant, first)
        except InvalidInput as error:
            cells.wrong(cell_of(error.field), str(error))
            return
        charge = Charge(tenant=self.tenant, **columns)
        for problem in problems(charge, self.today):
            if problem.of_payer and each.payer is None:
                continue  # what is wrong with it is told already
            if problem.of_payer and each.data is None:
                text = f"{problem.sentence} Complete o cadastro em «Pagadores»."
                cells.wrong("document", text)
            else:
                cells.wrong(cell_of(problem.field), problem.sentence)
        over = (
            ("fine_percent", charge.fine_percent > USUAL_FINE),
            ("interest_percent", charge.interest_percent > USUAL_INTEREST),
        )
        keys = [key for key, is_over in over if is_over]
        cells.marks |= {
            key: said for key, said in zip(keys, cautions(charge), strict=True) if cells.text(key)
        }
        each.key = key_of(each.document, charge, len(each.parts))

    # --- What is named --------------------------------------------------------------------

    @cached_property
    def accounts(self) -> dict[UUID | None, BankAccount]:
        return issuing_accounts(self.tenant)

    @cached_property
    def usual(self) -> dict[UUID, ChargeDefaults]:
        rows = ChargeDefaults.objects.of(self.tenant).select_related("revenue_account__group")
        return {row.bank_account_id: row for row in rows}

    @cached_property
    def revenues(self) -> dict[str, list[Account]]:
        """By code, by the code of the company's accountant, by name."""
        found: dict[str, list[Account]] = defaultdict(list)
        for account in Account.objects.revenue_accounts(self.tenant):
            for name in {account.code, account.external_code, fold(account.name)} - {""}:
                found[name].append(account)
        return found

    def account_of(self, cells: Cells) -> BankAccount | None:
        text = cells.text("bank_account")
        if not self.accounts:
            cells.wrong("bank_account", "Nenhuma conta conectada emite cobranças: conecte uma.")
            return None
        if not text:
            chosen = self.file.bank_account_id
            return (chosen and self.accounts.get(chosen)) or next(iter(self.accounts.values()))
        found = [each for each in self.accounts.values() if is_called(each, text)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(str(each) for each in self.accounts.values())
        said = "Há mais de uma conta assim" if found else "Nenhuma conta conectada se chama assim"
        cells.wrong("bank_account", f"{said}: use {known}.")
        return None

    def revenue_of(self, cells: Cells) -> Account | None:
        text = cells.text("revenue_account")
        if not text:
            return self.usual_revenue(cells)
        names = (text, text.replace(",", "."), text.partition(" ")[0], fold(text))
        found = next((self.revenues[name] for name in names if name in self.revenues), [])
        if len(found) == 1:
            return found[0]
        if found:
            cells.wrong("revenue_account", "Há mais de uma conta com este nome: use o código.")
        else:
            cells.wrong(
                "revenue_account", f"Nenhuma conta de receita em uso com o código ou nome «{text}»."
            )
        return None

    def usual_revenue(self, cells: Cells) -> Account | None:
        open_ones: dict[UUID | None, Account] = {
            each.id: each for found in self.revenues.values() for each in found
        }
        chosen = open_ones.get(self.file.revenue_account_id)
        if chosen is None:
            cells.wrong("revenue_account", "Informe a conta de receita: o código ou o nome.")
        return chosen

    # --- What is here already -------------------------------------------------------------

    def judge(self, found: Sequence[Checked]) -> None:
        """The state of each row: of those with nothing wrong, whether they repeat something."""
        for each in found:
            if each.cells.faults:
                each.key, each.state = "", State.WRONG
        right = [each for each in found if each.key]
        if self.file.kind == Kind.PAYERS:
            self.judge_payers(right)
        else:
            self.judge_charges(right)

    def judge_payers(self, right: Sequence[Checked]) -> None:
        earlier = self.lines_of(right)
        for each in right:
            line = earlier[each.key]
            is_known = each.data is None and not each.is_restored
            each.state = State.KNOWN if is_known or line < each.row.line else State.GOOD
            if is_known:
                each.doubt = f"Já cadastrado: «{each.payer}»."
            elif line < each.row.line:
                each.doubt = f"Mesmo CPF ou CNPJ da linha {line}: vale a primeira."

    def judge_charges(self, right: Sequence[Checked]) -> None:
        earlier, here = self.lines_of(right), self.charges_like(right)
        for each in right:
            if each.key in here:
                each.doubt = here[each.key]
            elif earlier[each.key] < each.row.line:
                each.doubt = f"Igual à linha {earlier[each.key]} deste arquivo."
            is_asked = each.doubt and not each.row.accepted
            each.state = State.DOUBTFUL if is_asked else State.GOOD

    def lines_of(self, right: Sequence[Checked]) -> dict[str, int]:
        """By key: the first line of the file that has it."""
        keys = {each.key for each in right}
        checked = {each.row.id for each in right}
        others = (
            ImportRow.objects.of(self.tenant)
            .filter(file=self.file, key__in=keys)
            .exclude(state__in=[State.SKIPPED, State.UNDONE, State.UNCHECKED])
            .exclude(id__in=checked)
        )
        lines = list(others.values_list("key", "line"))
        lines += [(each.key, each.row.line) for each in right]
        first: dict[str, int] = {}
        for key, line in lines:
            first[key] = min(line, first.get(key, line))
        return first

    def charges_like(self, right: Sequence[Checked]) -> dict[str, str]:
        """By key: a charge that is here, in words. Of instalments the first one stands for all."""
        firsts = [(each.document, *first_part(each)) for each in right]
        charges = (
            Charge.objects.of(self.tenant)
            .filter(
                payer__document__in={document for document, _, _ in firsts},
                amount__in={amount for _, amount, _ in firsts},
                due_date__in={day for _, _, day in firsts},
            )
            .exclude(status=ChargeStatus.CANCELLED)
            .exclude(instalment_number__gt=1)
            .select_related("payer")
        )
        return {
            key_of(charge.payer.document, charge, charge.instalment_count or 0): (
                f"Já existe: «{charge.description}», {reais(charge.amount)}, vence em "
                f"{charge.due_date:%d/%m/%Y}."
            )
            for charge in charges
        }


NEEDED = {
    "amount": "Informe o valor.",
    "due_date": "Informe o vencimento.",
    "description": "Informe a descrição.",
}


def first_part(each: Checked) -> Part:
    assert each.draft is not None
    return each.parts[0] if each.parts else (each.draft.amount, each.draft.due_date)


def key_of(document: str, charge: Charge, count: int) -> str:
    """Of charges that may be one. A sale of one part is no instalment."""
    parts = (document, charge.amount, charge.due_date, fold(charge.document_number), max(count, 1))
    return "|".join(map(str, parts))


def cell_of(name: str | None) -> str:
    """The column in which a field of a charge is mended."""
    return "document" if name in (None, "payer") else str(name)


def is_called(account: BankAccount, text: str) -> bool:
    names = (str(account), account.bank_name, account.number, account.number.replace("-", ""))
    return fold(text) in {fold(name) for name in names}


def address_of(cells: Cells) -> dict[str, str]:
    """Whole, or empty where something of it is wrong: that is told at each cell."""
    typed = {name: cells.text(name) for name in ADDRESS}
    if not any(typed.values()):
        return typed
    if typed["street"] and not typed["number"] and (both := split_street(typed["street"])):
        typed["street"], typed["number"] = both
        cells.marks["street"] = f"Lido como {both[0]}, número {both[1]}."
    typed["zip_code"] = cells.read("zip_code", read_cep, "")
    typed["state"] = typed["state"].upper()
    if typed["zip_code"] and not typed["state"]:
        typed["state"] = state_of(typed["zip_code"])
    elif typed["state"] and typed["state"] not in STATES:
        cells.wrong("state", "Use a sigla do estado, como SP.")
    for name, sentence in MISSING.items():
        if not typed[name]:
            cells.wrong(name, sentence)
    return typed if not faults_in(cells, ADDRESS) else dict.fromkeys(ADDRESS, "")


def faults_in(cells: Cells, keys: Iterable[str]) -> bool:
    return any(key in cells.faults for key in keys)
