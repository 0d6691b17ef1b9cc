"""A month at a bank without an integration, for «Conciliar»: see `README.md`.

Made as its people would: bills, charges and entries first, then the files of the statement.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.chart.cost_centers import CenterDetails, make_center
from accounts.journal.enter import enter_entry
from accounts.journal.postings import Posting
from accounts.models import Account, CostCenter
from banking.bank_accounts.ledger_account import hold_leaf
from banking.bank_accounts.other_bank import add_account
from banking.models import BankAccount, OpenLine, StatementFile, StatementLine
from banking.statements.files.ofx_writer import OfxAccount, OfxLine, ofx_parts
from banking.statements.imports import stages
from banking.statements.imports.files import begin_apply, receive_file
from banking.statements.sync import sync_account
from brazil.banking_days import previous_banking_day, sao_paulo_day
from charges.drafts.defaults import Defaults, save_defaults
from charges.drafts.draft import Draft
from charges.drafts.enter import enter_charge
from charges.issuing.issue import issue_queued
from charges.issuing.queue import issue_charges
from charges.models import Charge, ChargeRound, Settlement, Slip
from charges.states import SlipStatus
from charges.tracking.rounds import follow_account
from core.clock import database_now
from core.errors import Changed
from core.ids import uuid7
from core.money import format_brl
from kamino.management.commands import _itau_month as month
from parties.models import Payer
from parties.payers import enter_payer
from payments.bills.approval import approve_payable
from payments.bills.enter import enter_payable
from payments.models import Payable
from payments.rails.debit_account import preferred_account
from payments.rails.seal import digest_of, seal_of
from reconciliation.engine import due, run
from reconciliation.engine.sample import WEEK, draw, week_of
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.questions import ask
from reconciliation.models import Automation, Rule
from reconciliation.rules import run as rule_run
from reconciliation.rules.conditions import Conditions, Text
from reconciliation.rules.draft import Draft as RuleDraft
from reconciliation.rules.edit import save_rule
from tenants.models import Membership, Role, Tenant
from tenants.scope import across_tenants, tenant_scope

# The workers of a running product take some of it.
DONE_WITHIN = 120  # seconds
QUESTION = "De quem é este Pix? Não achei cobrança com este valor."
CSV_HEADINGS = "Data;Histórico;Valor;Saldo"


class Command(BaseCommand):
    help = "Um mês no Itaú da demonstração, com a Cora já conectada ao banco simulado."

    def handle(self, *args: Any, **options: Any) -> None:
        cora: str = getattr(settings, "CORA_BASE_URL")  # noqa: B009 - set bank by bank
        if settings.SERVED_OVER_TLS or urlsplit(cora).hostname not in {"127.0.0.1", "localhost"}:
            raise CommandError("A demonstração só existe em uma execução local.")
        with across_tenants():
            accounts = BankAccount.objects.connected().filter(provider="cora")
            at_cora = accounts.select_related("tenant").order_by("id").first()
            if at_cora is None:
                raise CommandError("Conecte antes a conta da Cora: «+», «Conectar Cora».")
            holder = month.itau("", "")
            if BankAccount.objects.of(at_cora.tenant).filter(number=holder.number).exists():
                raise CommandError("O mês no Itaú já foi feito nesta empresa.")
        with httpx.Client(base_url=f"{cora}/_sim/api/cora", trust_env=False) as bank:
            Month(at_cora, bank, sao_paulo_day(database_now())).make()
        self.stdout.write(f"Um mês de {at_cora.tenant} no Itaú: abra «Conciliar».")


@dataclass(frozen=True, slots=True)
class Month:
    cora: BankAccount
    bank: httpx.Client
    today: date

    @property
    def tenant(self) -> Tenant:
        return self.cora.tenant

    def make(self) -> None:
        davi, ana = self.one(Role.FINANCE), self.one(Role.ADMIN)
        lia = self.one(Role.APPROVER)
        with tenant_scope(self.tenant.id):
            typed = month.itau(self.tenant.legal_name, self.tenant.cnpj)
            itau = add_account(self.tenant, typed, by=davi)
            for name in month.CENTERS:
                if not CostCenter.objects.of(self.tenant).open().filter(name=name).exists():
                    make_center(self.tenant, CenterDetails(name), by=ana.user)
            for bill in month.BILLS:
                self.enter_bill(bill, davi, lia)
            for entry in (*month.SALES, month.STATIONERY):
                self.enter_by_hand(entry, itau, davi)
            for usual in month.RULES:
                self.write_rule(usual, davi)
            # As the page of the account switches it on.
            Automation.objects.create(
                tenant=self.tenant, bank_account=itau, by_evidence=True, changed_by=ana.user
            )
        self.charge(davi, ana)
        self.bring_what_was_received()
        self.move_to_cora()
        self.bring_statement(itau, davi)
        self.let_the_product_work(davi)
        self.create_counter_sales(davi)
        # What was matched now, asked of now: the clock would on Monday.
        draw(self.tenant.id, week_of(database_now()) + WEEK)
        with tenant_scope(self.tenant.id):
            lines = StatementLine.objects.of(self.tenant).filter(bank_account=itau)
            ask(lines.get(description=month.ASKED), QUESTION, of=lia, by=davi)

    def one(self, role: Role) -> Membership:
        with tenant_scope(self.tenant.id):
            people = Membership.objects.of(self.tenant).select_related("user", "tenant")
            found: Membership | None = people.filter(role=role).order_by("id").first()
        if found is None:
            raise CommandError(f"Falta na empresa quem tenha o papel «{role.label}».")
        return found

    def day(self, ago: int) -> date:
        return previous_banking_day(self.today - timedelta(days=ago))

    def classification(self, code: str) -> Account:
        found: Account = Account.objects.of(self.tenant).get(code=code)
        return found

    def center(self, name: str) -> CostCenter:
        found: CostCenter = CostCenter.objects.of(self.tenant).open().get(name=name)
        return found

    # --- What the books know ---

    def enter_bill(self, bill: month.Bill, by: Membership, approver: Membership) -> None:
        made = enter_payable(
            self.tenant,
            by=by.user,
            payee_name=bill.payee,
            payee_document=bill.document,
            description=bill.text,
            amount=bill.amount,
            due_date=self.day(bill.due),
            expense_account=self.classification(bill.classification),
            destination=bill.account,
        )
        seen = Payable.objects.of(self.tenant).with_destinations().get(id=made.id)
        seal = seal_of(seen, seen.bank_account or preferred_account(self.tenant.id))
        approve_payable(made, by=approver, shown=digest_of(seal))

    def enter_by_hand(self, entry: month.ByHand, itau: BankAccount, by: Membership) -> None:
        center = self.center(entry.center) if entry.center else None
        other = Posting(self.classification(entry.classification), -entry.amount, center)
        enter_entry(
            uuid7(),
            date=self.day(entry.ago),
            memo=entry.memo,
            lines=[(hold_leaf(itau), entry.amount), other],
            is_bank_seen=True,
            by=by,
        )

    def write_rule(self, usual: month.Usual, by: Membership) -> None:
        conditions = Conditions(
            texts=[Text(Rule.How.CONTAINS, usual.contains)],
            side=usual.side,
            bank_account=self.cora.id if usual.is_of_cora else None,
        )
        account = self.classification(usual.classification).id
        slices = [
            Slice(account, percent=Decimal(percent), cost_center=self.center(name).id)
            for name, percent in usual.shares
        ]
        draft = RuleDraft(
            conditions=conditions,
            act=Rule.Act.ENTRY,
            name=usual.name,
            slices=slices or [Slice(account)],
        )
        save_rule(draft, by=by)

    # --- Charges, at Cora ---

    def charge(self, by: Membership, admin: Membership) -> None:
        with tenant_scope(self.tenant.id):
            if Defaults.of(self.cora).revenue_account is None:
                usual = Defaults(revenue_account=self.classification("4.1.01"))
                save_defaults(self.cora, usual, by=admin)
            payers = [enter_payer(self.tenant, data, by=by) for data in month.PAYERS]
        late, payer = month.LATE, payers[month.LATE.payer]
        self.do(
            "invoices",
            amount=int(late.amount * 100),
            due_date=f"{self.today + timedelta(days=late.due)}",
            name=payer.name,
            document=payer.document,
            service=late.text,
        )
        self.do("pix-key", has_key=True)
        with tenant_scope(self.tenant.id):
            made = [self.enter_charge(each, payers, by) for each in month.CHARGES]
            issue_charges(made, by=by)
        issue_queued(self.tenant.id, self.cora.id)
        self.wait_until(self.is_issued)
        with tenant_scope(self.tenant.id):  # what its app issued is asked for now, not tomorrow
            ChargeRound.objects.of(self.tenant).filter(bank_account=self.cora).update(
                foreign_at=None
            )
        follow_account(self.tenant.id, self.cora.id)

    def enter_charge(
        self, charged: month.Charged, payers: Sequence[Payer], by: Membership
    ) -> Charge:
        draft = Draft(
            payer=payers[charged.payer],
            bank_account=self.cora,
            amount=charged.amount,
            due_date=self.today + timedelta(days=charged.due),
            description=charged.text,
            revenue_account=self.classification("4.1.01"),
            form=Charge.Form.BOLETO_PIX,
            discount=charged.discount,
        )
        return enter_charge(self.tenant, draft, by=by)

    def is_issued(self) -> bool:
        waiting = [SlipStatus.QUEUED, SlipStatus.ISSUING]
        with tenant_scope(self.tenant.id):
            return not Slip.objects.of(self.tenant).filter(status__in=waiting).exists()

    # --- The statement ---

    def bring_what_was_received(self) -> None:
        """The other side of what `demo_charges` says came by transfer, on its day."""
        with tenant_scope(self.tenant.id):
            rows = Settlement.objects.of(self.tenant).filter(
                bank_account=self.cora, way=Settlement.Way.TRANSFER, undone_at=None
            )
            came = [
                {
                    "type": "CREDIT",
                    "kind": "TRANSFER",
                    "amount": int(each.received * 100),
                    "day": f"{each.posted_on}",
                    "description": "Transferência recebida",
                    "name": each.charge.payer.name,
                    "document": each.charge.payer.document,
                }
                for each in rows.select_related("charge__payer")
            ]
        if came:
            self.do("entries", entries=came)

    def move_to_cora(self) -> None:
        """The other side of the transfer comes today; the one of another stays under way."""
        self.do(
            "credit",
            amount=int(month.TO_CORA * 100),
            kind="TRANSFER",
            name=self.tenant.legal_name.upper(),
            document=self.tenant.cnpj,
            description="Transferência do Itaú",
        )
        sync_account(self.tenant.id, self.cora.id)

    def bring_statement(self, itau: BankAccount, by: Membership) -> None:
        rows = [(self.day(each.ago), each.amount, each.text) for each in month.MOVEMENTS]
        told = self.ofx([row for row in rows if row[0] <= self.day(month.OFX_UNTIL)])
        self.apply(itau, "itau.ofx", told.encode(), by)
        self.apply(itau, "itau-ultimos-dias.csv", self.csv(rows).encode(), by)

    def ofx(self, rows: Sequence[tuple[date, Decimal, str]]) -> str:
        closing = month.OPENING + sum((amount for _, amount, _ in rows), Decimal(0))
        holder = month.itau("", "")
        account = OfxAccount(
            bank_code=holder.bank_code,
            branch=holder.branch,
            number=holder.number,
            since=rows[0][0],
            until=rows[-1][0],
            closing=closing,
            closing_on=rows[-1][0],
        )
        lines = [
            OfxLine(day, amount, "CREDIT" if amount > 0 else "DEBIT", f"IT{number:05}", "", text)
            for number, (day, amount, text) in enumerate(rows, 1)
        ]
        return "".join(ofx_parts(account, lines, database_now()))

    def csv(self, rows: Iterable[tuple[date, Decimal, str]]) -> str:
        told, balance = [CSV_HEADINGS], month.OPENING
        for day, amount, text in rows:
            balance += amount
            if day >= self.day(month.CSV_SINCE):
                said = (f"{day:%d/%m/%Y}", text, format_brl(amount), format_brl(balance))
                told.append(";".join(said))
        return "\n".join(told)

    def apply(self, itau: BankAccount, name: str, content: bytes, by: Membership) -> None:
        with tenant_scope(self.tenant.id):
            file = receive_file(itau, name=name, pieces=lambda: [content], by=by)
        self.finish(file)
        with tenant_scope(self.tenant.id):
            begin_apply(file, by=by)
        self.finish(file)

    def finish(self, file: StatementFile) -> None:
        def is_over() -> bool:
            with tenant_scope(self.tenant.id):
                rows = StatementFile.objects.of(self.tenant).filter(id=file.id)
                return not rows.filter(status__in=StatementFile.AT_WORK).exists()

        self.wait_until(is_over, lambda: stages.go_on(self.tenant.id, file.id))

    def let_the_product_work(self, by: Membership) -> None:
        """What is certain is matched, what rules say is posted; what Cora told before there were
        rules too."""
        self.wait_until(self.is_looked_at, lambda: run.work(self.tenant.id))
        self.wait_until(self.is_ruled, lambda: self.follow_rules(by))
        self.wait_until(self.is_looked_at, lambda: run.work(self.tenant.id))

    def is_ruled(self) -> bool:
        with tenant_scope(self.tenant.id):
            return not rule_run.outlook_of(self.tenant).lines

    def follow_rules(self, by: Membership) -> None:
        with tenant_scope(self.tenant.id):
            asked = rule_run.running(self.tenant.id)
            outlook = rule_run.outlook_of(self.tenant)
            if asked is None and outlook.lines:
                with suppress(Changed):  # a worker was at it: once more
                    asked = rule_run.ask_for_run(outlook.shown, by=by)
        if asked is not None:
            rule_run.go_on(self.tenant.id, asked.id)

    def create_counter_sales(self, by: Membership) -> None:
        """Of strangers who are called like a payer that owes something: rules leave these alone."""
        with tenant_scope(self.tenant.id):
            known = Payer.objects.of(self.tenant).values("document")
            still_open = OpenLine.objects.of(self.tenant).filter(bank_account_id=self.cora.id)
            lines = StatementLine.objects.of(self.tenant).filter(
                id__in=still_open.exclude(rest=0).values("id"), description__in=month.AT_COUNTER
            )
            sales = Slice(self.classification("4.1.01").id)
            for line in lines.exclude(counterparty_document__in=known):
                create_entry(line.id, [sales], by=by)

    def is_looked_at(self) -> bool:
        return self.tenant.id not in due.companies()

    def wait_until(
        self, is_done: Callable[[], bool], work: Callable[[], object] = lambda: None
    ) -> None:
        """Works at it too; a worker may have it."""
        deadline = time.monotonic() + DONE_WITHIN
        while time.monotonic() < deadline:
            work()
            if is_done():
                return
            time.sleep(0.5)
        raise CommandError("O mês não ficou pronto a tempo: veja se os processos estão no ar.")

    def do(self, what: str, **values: object) -> None:
        """At the bank, by its controls."""
        address = f"/accounts/{self.tenant.cnpj}/{what}"
        self.bank.post(address, json=values).raise_for_status()
