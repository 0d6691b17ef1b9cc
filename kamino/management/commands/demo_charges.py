"""A month of charges for the demonstration, made as its people would: see `README.md`."""

import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Account
from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO, previous_banking_day, sao_paulo_day
from charges.drafts.defaults import Defaults, save_defaults
from charges.drafts.draft import Draft
from charges.drafts.enter import enter_charge, enter_instalments
from charges.dunning.compose import write
from charges.dunning.ladder import adopt_ladder, switch
from charges.dunning.opt_out import opt_out_address
from charges.dunning.schedule import mailing_day
from charges.issuing.issue import issue_queued
from charges.issuing.queue import issue_charges
from charges.models import Charge, Dunning, DunningStep, Recurrence, Reminder, Settlement, Slip
from charges.recurrences.contract import Contract
from charges.recurrences.enter import enter_recurrence
from charges.settlement.received import register_received
from charges.settlement.waive import waive_rest
from charges.states import SlipStatus
from charges.terms.instalments import monthly, split_amount
from charges.tracking.rounds import follow_account
from core.clock import database_now
from parties.models import Payer
from parties.payers import PayerData, emails_of, enter_payer
from tenants.models import Membership, Role, Tenant
from tenants.scope import across_tenants, tenant_scope

PAYERS = (
    PayerData(
        "Construtora Pilar Ltda", "41823715000121", "Pilar", "+551132578800",
        "01310-100", "Avenida Paulista", "1000", "conj. 51", "Bela Vista", "São Paulo", "SP",
        ("financeiro@pilar.example", "compras@pilar.example"),
    ),
    PayerData(
        "Hotel Serra Azul Ltda", "52731648000131", "Serra Azul", "+555432861200",
        "95670-000", "Rua das Hortênsias", "210", "", "Centro", "Gramado", "RS",
        ("contas@serraazul.example",),
    ),
    PayerData(
        "Mercado Boa Vista Ltda", "30618294000180", "", "",
        "30130-010", "Avenida Afonso Pena", "S/N", "", "Centro", "Belo Horizonte", "MG",
        ("boavista@mercado.example",),
    ),
    PayerData(
        "Clínica Vida Nova Ltda", "65024713000130", "Vida Nova", "+5521987651234",
        "20040-002", "Rua da Assembleia", "58", "sala 902", "Centro", "Rio de Janeiro", "RJ",
        ("clinica@vidanova.example",),
    ),
    PayerData(
        "José Antônio da Silva", "31874260508", "", "+5511991234567",
        "01310-200", "Avenida Paulista", "1500", "", "Bela Vista", "São Paulo", "SP",
        ("jose@silva.example",),
    ),
)  # fmt: skip
# (payer, days from today, reais, what for)
OVERDUE = (
    (3, -45, 1860, "Ar-condicionado da clínica"),
    (0, -27, 1654, "Revisão da frota"),
    (1, -19, 2400, "Contrato mensal"),
    (4, -11, 800, "Orçamento 311"),
    (2, -6, 980, "Troca de óleo"),
)
OPEN = (
    (0, 3, 2860, "Funilaria e pintura"),
    (2, 6, 1320, "Troca de pneus"),
    (3, 9, 745, "Alinhamento e balanceamento"),
    (1, 14, 2400, "Contrato mensal"),
    (4, 20, 430, "Suspensão dianteira"),
    (0, 34, 5200, "Reforma do utilitário"),
)
PAID = (
    (3, 1, 1190, "Revisão dos 40 mil km"),
    (0, 2, 3415, "Retífica do motor"),
    (2, 4, 560, "Embreagem"),
)
# What came by transfer, outside of a slip, so many days ago: this month and the one before.
RECEIVED = (
    (4, 2, 640, "Alinhamento"),
    (2, 4, 1180, "Freios dianteiros"),
    (3, 6, 320, "Lavagem técnica"),
    (0, 9, 2750, "Revisão de três veículos"),
    (1, 12, 2400, "Contrato mensal"),
    (4, 13, 480, "Bateria"),
    (2, 17, 1930, "Motor de partida"),
    (0, 20, 860, "Radiador"),
    (3, 24, 1540, "Embreagem da ambulância"),
    (2, 33, 1290, "Correia dentada"),
    (1, 41, 2400, "Contrato mensal"),
    (0, 47, 3100, "Pintura da carroceria"),
    (4, 52, 390, "Troca de óleo"),
    (3, 56, 1450, "Injeção eletrônica"),
)
# Long overdue, a third of it paid: (payer, days from today, reais, what for).
LONG_OVERDUE, A_THIRD = (2, -73, 1200, "Retífica do cabeçote"), Decimal(400)
PARTLY_PAID, DRAFT = (1, 8, 1800, "Câmbio automático"), (3, 25, 980, "Ar-condicionado")
INSTALMENTS, PARTS = (4, 12, 2100, "Freios, em três vezes"), 3
# The workers of a running product take some of what is issued.
ISSUED_WITHIN = 60  # seconds


class Command(BaseCommand):
    help = "Cobra por um mês na conta da Cora da demonstração, já conectada ao banco simulado."

    def handle(self, *args: Any, **options: Any) -> None:
        cora: str = getattr(settings, "CORA_BASE_URL")  # noqa: B009 - set bank by bank
        if settings.SERVED_OVER_TLS or urlsplit(cora).hostname not in {"127.0.0.1", "localhost"}:
            raise CommandError("A demonstração só existe em uma execução local.")
        with across_tenants():
            accounts = BankAccount.objects.connected().filter(provider="cora")
            account = accounts.select_related("tenant").order_by("id").first()
            if account is None:
                raise CommandError("Conecte antes a conta da Cora: «+», «Conectar Cora».")
            if Charge.objects.of(account.tenant).exists():
                raise CommandError("Já há cobranças nesta empresa.")
        with httpx.Client(base_url=f"{cora}/_sim/api/cora", trust_env=False) as bank:
            Month(account, bank, sao_paulo_day(database_now())).make()
        self.stdout.write(f"Um mês de cobranças de {account.tenant} em {account}.")


@dataclass(frozen=True, slots=True)
class Month:
    account: BankAccount
    bank: httpx.Client
    today: date

    @property
    def tenant(self) -> Tenant:
        return self.account.tenant

    def make(self) -> None:
        with tenant_scope(self.tenant.id):
            by, payers = self.one(Role.FINANCE), self.enter_payers()
        self.do("pix-key", has_key=True)
        for who, days, reais, what in OVERDUE:
            self.issue_in_the_app(payers[who], days, reais, what)
        with tenant_scope(self.tenant.id):
            save_defaults(self.account, self.defaults(), by=self.one(Role.ADMIN))
            opened = [self.enter(payers, each, by) for each in OPEN]
            paid = [self.enter(payers, each, by) for each in PAID]
            draft = self.draft(payers, INSTALMENTS)
            parts = zip(
                split_amount(draft.amount, PARTS), monthly(draft.due_date, PARTS), strict=True
            )
            opened += enter_instalments(self.tenant, draft, list(parts), by=by)
            self.enter(payers, DRAFT, by)
            partly = self.enter(payers, PARTLY_PAID, by)
            register_received(
                partly, by=by, amount=Decimal(450), day=self.today, way=Settlement.Way.CASH
            )
            # Above the limit of one person: it waits for Lia or Ana.
            waive_rest(partly, by=by, why="Acordo: serviço refeito em garantia")
            received = self.receive(payers, by)
            self.thank(received, self.switch_ladder_on())
            issue_charges([*opened, *paid], by=by)
            enter_recurrence(self.tenant, self.contract(payers), by=by)
        self.issue_all()
        self.pay(paid)
        follow_account(self.tenant.id, self.account.id)

    def receive(self, payers: list[Payer], by: Membership) -> list[Charge]:
        """What never was at a bank: on its own day, that of a weekend on the day before it."""
        received = []
        for who, ago, reais, what in RECEIVED:
            day = previous_banking_day(self.today - timedelta(days=ago))
            terms = self.draft(payers, (who, (day - self.today).days, reais, what))
            # Without fine and interest, which a day in the past would give up.
            plain = replace(terms, fine_percent=Decimal(0), interest_percent=Decimal(0))
            charge = enter_charge(self.tenant, plain, by=by)
            register_received(
                charge,
                by=by,
                amount=charge.amount,
                day=day,
                way=Settlement.Way.TRANSFER,
                bank_account=self.account,
            )
            received.append(charge)
        late = self.enter(payers, LONG_OVERDUE, by)
        register_received(late, by=by, amount=A_THIRD, day=late.due_date, way=Settlement.Way.CASH)
        return received

    def switch_ladder_on(self) -> Dunning:
        """From now on: what is issued below is told by e-mail, what was received before is not."""
        admin = self.one(Role.ADMIN)
        adopt_ladder(by=admin)
        return switch(on=True, by=admin)

    def thank(self, received: list[Charge], dunning: Dunning) -> None:
        """As if the ladder had been on: the log has what left on those days. Nothing leaves now."""
        step = DunningStep.objects.of(self.tenant).get(kind=DunningStep.Kind.PAID)
        rows = [self.receipt(charge, step, dunning) for charge in received]
        Reminder.objects.bulk_create(row for row in rows if sao_paulo_day(row.made_at) < self.today)

    def receipt(self, charge: Charge, step: DunningStep, dunning: Dunning) -> Reminder:
        day = mailing_day(charge.due_date)
        at = datetime(day.year, day.month, day.day, 9, 5, tzinfo=SAO_PAULO)
        row = Reminder(
            tenant=self.tenant, charge=charge, payer=charge.payer, step=step, label=step.label,
            email=emails_of(charge.payer)[0], due_date=charge.due_date, amount=charge.amount,
            status=Reminder.Status.SENT, made_at=at, claimed_at=at, done_at=at,
        )  # fmt: skip
        message = write(
            dunning, self.tenant, step, charge, to=row.email, reminder_id=row.id, today=day,
            opt_out=opt_out_address(self.tenant.id, row.email),
        )  # fmt: skip
        row.subject, row.text = message.subject, message.kept_text
        return row

    def issue_all(self) -> None:
        """Until the bank has them all: what is not there cannot be paid."""
        deadline = time.monotonic() + ISSUED_WITHIN
        issue_queued(self.tenant.id, self.account.id)
        while self.is_issuing() and time.monotonic() < deadline:
            time.sleep(0.5)

    def is_issuing(self) -> bool:
        with tenant_scope(self.tenant.id):
            waiting = [SlipStatus.QUEUED, SlipStatus.ISSUING]
            found: bool = Slip.objects.of(self.tenant).filter(status__in=waiting).exists()
            return found

    def one(self, role: Role) -> Membership:
        people = Membership.objects.of(self.tenant).select_related("user", "tenant")
        found: Membership | None = people.filter(role=role).order_by("id").first()
        if found is None:
            raise CommandError(f"Falta na empresa quem tenha o papel «{role.label}».")
        return found

    def enter_payers(self) -> list[Payer]:
        by = self.one(Role.FINANCE)
        return [enter_payer(self.tenant, data, by=by) for data in PAYERS]

    def contract(self, payers: list[Payer]) -> Contract:
        """Due on the 10th of each month, from the next one on."""
        draft = self.draft(payers, (1, 30, 2400, "Manutenção da frota de {{mes}}"))
        month = (self.today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return Contract(
            draft=draft,
            day=10,
            first_month=month,
            adjustment=Recurrence.Adjustment.TYPED,
            index_name="IPCA",
        )

    def defaults(self) -> Defaults:
        return Defaults(Decimal(2), Decimal(1), "", self.revenue)

    @property
    def revenue(self) -> Account:
        found: Account = Account.objects.revenue_accounts(self.tenant)[0]
        return found

    def draft(self, payers: list[Payer], terms: tuple[int, int, int, str]) -> Draft:
        who, days, reais, what = terms
        return Draft(
            payer=payers[who],
            bank_account=self.account,
            amount=Decimal(reais),
            due_date=self.today + timedelta(days=days),
            description=what,
            revenue_account=self.revenue,
            form=Charge.Form.BOLETO_PIX,
            fine_percent=Decimal(2),
            interest_percent=Decimal(1),
        )

    def enter(
        self, payers: list[Payer], terms: tuple[int, int, int, str], by: Membership
    ) -> Charge:
        return enter_charge(self.tenant, self.draft(payers, terms), by=by)

    def issue_in_the_app(self, payer: Payer, days: int, reais: int, what: str) -> None:
        self.do(
            "invoices",
            amount=reais * 100,
            due_date=f"{self.today + timedelta(days=days)}",
            name=payer.name,
            document=payer.document,
            service=what,
        )

    def do(self, what: str, **values: object) -> None:
        """At the bank, by its controls."""
        address = f"/accounts/{self.tenant.cnpj}/{what}"
        self.bank.post(address, json=values).raise_for_status()

    def pay(self, charges: list[Charge]) -> None:
        with tenant_scope(self.tenant.id):
            slips = Slip.objects.of(self.tenant).filter(charge__in=charges).exclude(reference="")
            references = list(slips.values_list("reference", flat=True))
        for number, reference in enumerate(references):
            by = "pix" if number % 2 else "boleto"
            self.bank.post(f"/invoices/{reference}/pay", json={"by": by}).raise_for_status()
