"""What people do to a charge. GET asks first."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from charges.forms.acts import CancelForm, ChangeForm, ReceiveForm, WhyForm, WithheldForm
from charges.reads.row import Row
from charges.settlement.received import register_received
from charges.settlement.waive import waive_rest
from charges.settlement.withheld import say_withheld
from charges.states import SlipStatus
from charges.terms.amounts import owed_on
from charges.terms.check import reais, rules_of
from charges.tracking.cancellation import cancel_charge
from charges.tracking.reissue import change_terms
from charges.views.charge import row_or_404
from charges.views.question import Question, ask
from core.errors import InvalidState
from core.forms import marking
from people.outcomes import WAITS_FOR_SECOND, tell_act
from people.recent_factor import require_recent_factor
from tenants.access import TenantRequest, role_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def cancel(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    row = row_or_404(request, charge_id)
    require(row.can_cancel)
    form = CancelForm(typed(request), has_slip=row.live is not None)
    if form.is_valid():
        cancel_charge(
            row.charge,
            by=request.membership,
            still_owed=form.still_owed,
            why=form.cleaned_data["why"],
        )
        messages.success(request, told_of_cancelling(row, form.still_owed))
        return redirect("charges:detail", charge_id)
    return ask(request, row.charge, about_cancelling(row), form)


def told_of_cancelling(row: Row, still_owed: bool) -> str:
    if row.live is not None and row.live.status != SlipStatus.QUEUED:
        return "Cancelamento pedido ao banco. A resposta aparece aqui."
    if still_owed:
        return "Retirada da fila de emissão: nada foi enviado ao banco."
    return f"Cancelada: {row.charge.payer}."


def about_cancelling(row: Row) -> Question:
    charge = row.charge
    texts = [f"{reais(charge.rest)} de {charge.payer} deixam de ser cobrados."]
    if row.live is not None:
        texts = [
            f"O boleto de {reais(row.live.amount)} de {charge.payer} é encerrado "
            f"{charge.bank_account.bank_said.at}. Se o pagador for mais rápido, o pagamento vale.",
            fee_of(row),
        ]
    return Question(
        title="Cancelar esta cobrança?",
        texts=[text for text in texts if text],
        action="Cancelar cobrança",
        is_danger=True,
    )


def fee_of(row: Row) -> str:
    rules = rules_of(row.charge.bank_account)
    if rules is None or rules.cancellation_fee is None:
        return ""
    bank = row.charge.bank_account.bank_said
    return f"{bank.begins} cobra {reais(rules.cancellation_fee)} pelo cancelamento."


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def change(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    """Another due date or value: a new slip after the old one."""
    row = row_or_404(request, charge_id)
    require(row.can_change)
    form = ChangeForm(typed(request), charge=row.charge)
    if form.is_valid():
        data = form.cleaned_data
        with marking(form):
            act = change_terms(row.charge, by=request.membership, **data)
            tell_act(request, act, "Mudança pedida ao banco. O novo boleto aparece aqui.")
            return redirect("charges:detail", charge_id)
    texts = [
        f"O boleto atual é cancelado {row.charge.bank_account.bank_said.at} e outro é emitido. "
        "Entre um e outro passam alguns minutos sem boleto. Se o pagador pagar antes, vale o "
        "pagamento.",
        fee_of(row),
    ]
    question = Question(
        title="Mudar vencimento ou valor",
        texts=[text for text in texts if text],
        action="Cancelar este boleto e emitir outro",
    )
    return ask(request, row.charge, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def receive(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    """The money came outside of the slip, all of it or a part."""
    row = row_or_404(request, charge_id)
    require(row.can_receive)
    form = ReceiveForm(
        typed(request),
        charge=row.charge,
        owed=row.owed_today,
        today=row.today,
        has_slip=row.live is not None,
    )
    if form.is_valid():
        with marking(form):
            settlement = register_received(row.charge, by=request.membership, **form.received)
            if settlement is None:
                messages.info(request, WAITS_FOR_SECOND)
            elif settlement.entry_id is None:
                messages.warning(request, "Recebimento retido: a linha do extrato já foi lançada.")
            else:
                messages.success(request, f"Recebimento de {reais(settlement.received)} lançado.")
            return redirect("charges:detail", charge_id)
    texts = [
        f"{worth(row, form)} O recebimento é lançado na contabilidade no dia informado, em "
        f"{row.charge.revenue_account.name}.",
    ]
    if row.owed_today.additions:
        texts.append("O que chega paga primeiro o valor da cobrança, depois a multa e os juros.")
    if row.live is not None:
        texts.append("Recebida por inteiro, o boleto em aberto é cancelado no banco.")
    question = Question(
        title="Registrar como recebida", texts=texts, action="Registrar recebimento"
    )
    return ask(request, row.charge, question, form)


def worth(row: Row, form: ReceiveForm) -> str:
    """What the charge is worth on the day that was typed, else today, and what that is made of."""
    day = form.day_typed or row.today
    owed = owed_on(row.charge, day)
    when = "Hoje" if day == row.today else f"Em {day:%d/%m/%Y}"
    if not owed.additions:
        return f"{when} a cobrança vale {reais(owed.total)}."
    parts = {"multa": owed.fine, "juros": owed.interest, "multa e juros em aberto": owed.late}
    told = [f"{reais(owed.principal)} da cobrança"] if owed.principal else []
    told += [f"{reais(amount)} de {name}" for name, amount in parts.items() if amount]
    return f"{when} a cobrança vale {reais(owed.total)}: {' + '.join(told)}."


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def waive(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    """What is left of one that is paid in part is given up."""
    row = row_or_404(request, charge_id)
    require(row.can_waive)
    form = WhyForm(typed(request))
    if form.is_valid():
        with marking(form):
            why = form.cleaned_data["why"]
            act = waive_rest(row.charge, by=request.membership, why=why)
            tell_act(request, act, "Resto dispensado.")
            return redirect("charges:detail", charge_id)
    question = Question(
        title="Dispensar o resto?",
        texts=[
            f"{reais(row.value_today)} deixam de ser devidos por {row.charge.payer}, e a cobrança "
            "passa a paga. Nada é lançado na contabilidade."
        ],
        action=f"Dispensar {reais(row.value_today)}",
        is_danger=True,
    )
    return ask(request, row.charge, question, form)


@require_http_methods(["GET", "POST"])
@role_required(Role.ADMIN, Role.FINANCE)
@require_recent_factor
def withheld(request: TenantRequest, charge_id: UUID) -> HttpResponse:
    """What is left, the payer kept for tax."""
    row = row_or_404(request, charge_id)
    require(row.can_say_withheld)
    form = WithheldForm(typed(request), charge=row.charge)
    if form.is_valid():
        with marking(form):
            settlement = say_withheld(row.charge, by=request.membership, **form.cleaned_data)
            messages.success(request, f"Imposto retido de {reais(settlement.withheld)} lançado.")
            return redirect("charges:detail", charge_id)
    question = Question(
        title="O pagador reteve imposto?",
        texts=[
            f"Faltam {reais(row.charge.principal_rest)} de {row.charge.payer}. O imposto que ele "
            "reteve conta como pago e vai para a conta de impostos retidos por clientes.",
        ],
        action="Lançar imposto retido",
    )
    return ask(request, row.charge, question, form)


def typed(request: TenantRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def require(may: bool) -> None:
    """
    Raises:
        InvalidState: (code `not_now`) what the page offered does not hold any more.
    """
    if not may:
        raise InvalidState(
            "A situação desta cobrança mudou: veja como ela está agora.", code="not_now"
        )
