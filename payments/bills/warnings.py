"""What a person has to look at before a bill is entered or approved, though nothing forbids it."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from brazil.banks import find_bank
from brazil.document import format_document
from core.money import format_brl
from core.plurals import counted
from parties.models import PayeeAccount, PayeeKey, SimilarName
from payments.bills.changes import Changes, changes_of
from payments.bills.parsing import PixCharge, reread_pix_code
from payments.bills.payee_data import last_paid, own_destination, waiting_of
from payments.bills.possible_duplicates import Similar, similar_to
from payments.models import Payable
from payments.rails.keys import is_key_unread, is_of_another
from payments.rails.titles import is_unread
from payments.states import PayableStatus

MOST_NAMES = 3
TITLE_DIFFERS = "Dados do boleto divergem"


@dataclass(frozen=True, slots=True)
class Versus:
    """Old and new, side by side, as short as they can be said."""

    before: str
    now: str
    field: str = ""  # of what: «Valor»; empty where it is said already
    note: str = ""  # of the old one

    def __str__(self) -> str:
        """«Valor: de R$ 1.900,00 para R$ 19.000,00», «antes Itaú …, agora Nubank …»"""
        if self.field:
            return f"{self.field}: de {self.before} para {self.now}"
        note = f" ({self.note})" if self.note else ""
        return f"Antes {self.before}{note}, agora {self.now}"


@dataclass(frozen=True, slots=True)
class Caution:
    """In Portuguese: a few words for a list, and a sentence."""

    code: str  # stable, for programs
    title: str
    text: str
    url: str = ""  # the other bill that it is about
    versus: tuple[Versus, ...] = ()  # what the sentence is about

    @property
    def whole(self) -> str:
        """The sentence and what it is about."""
        return " ".join([self.text, *(f"{each}." for each in self.versus)])


def warnings_of(payable: Payable) -> list[Caution]:
    """Of a bill loaded by `with_details`; by `with_cautions` for other bills beside it, and
    `with_changes` for what was changed of it."""
    warnings = [edited(changes)] if (changes := changes_of(payable)) else []
    account = payable.payee_account
    if account is not None and find_bank(account.bank_code) is None:
        warnings.append(unknown_bank(account.bank_code))
    other = payable.repeats
    if other is not None and other.status != PayableStatus.CANCELLED:
        warnings.append(repeated_code(other))
    if payable.is_pending and payable.hold and not payable.is_rejected:
        warnings.append(came_back(payable))
    if payable.is_pending and payable.rejections and not payable.is_rejected:
        warnings.append(given_back(payable.rejections))
    if payable.was_paid_outside:  # type: ignore[attr-defined]
        warnings.append(paid_outside_before())
    warnings += [possible_duplicate(other) for other in similar_to(payable)]
    if alike := getattr(payable, "alike", None):
        warnings.append(together(alike["bills"], Decimal(alike["total"]), alike["days"]))
    if payable.pix_code:
        charge = reread_pix_code(payable.pix_code)
        warnings += of_receiver(payable, charge) + of_pix_code(charge)
    return warnings + of_key(payable) + of_destination(payable) + of_name(payable)


def of_destination(payable: Payable) -> list[Caution]:
    """That where it goes, or where other bills of the payee may go, was confirmed by nobody."""
    if payable.method == Payable.Method.BOLETO:
        return []
    to = own_destination(payable)
    if to is not None and to.archived_at is not None:
        return [archived_destination(to)]
    if to is not None and not to.is_confirmed:
        return [new_destination(to, payable)]
    return [other_destination(each) for each in waiting_of(payable)[:1]]


def new_destination(to: PayeeAccount | PayeeKey, payable: Payable) -> Caution:
    entered = sao_paulo_day(to.created_at)
    when = before_due((payable.due_date - entered).days)
    paid = "" if payable.was_paid_there else ", nunca pago antes"  # type: ignore[attr-defined]
    return Caution(
        "new_destination",
        "Novo dado bancário",
        f"{to.kind}, {to.written}, lançado por {enterer(to)} "
        f"em {entered:%d/%m/%Y}, {when}{paid}. Ninguém confirmou ainda: esta aprovação vale só "
        "para esta conta.",
        versus=paid_elsewhere(to, payable),
    )


def paid_elsewhere(to: PayeeAccount | PayeeKey, payable: Payable) -> tuple[Versus, ...]:
    """Where the payee was paid last, beside an account or key that was never paid."""
    last = last_paid(payable)
    if last is None or payable.was_paid_there:  # type: ignore[attr-defined]
        return ()
    where, day = last
    return (Versus(where_of(where), where_of(to), note=f"última paga em {day:%d/%m/%Y}"),)


def where_of(to: PayeeAccount | PayeeKey) -> str:
    return f"chave {to.written}" if isinstance(to, PayeeKey) else to.written


def edited(changes: Changes) -> Caution:
    """It is not what an approver has seen."""
    last = changes.edits[-1]
    return Caution(
        "edited",
        "Alterada depois de aprovada",
        f"{last.person.display_name} alterou esta conta em {sao_paulo_day(last.at):%d/%m/%Y}, "
        f"depois da aprovação de {changes.approval.person.display_name}.",
        versus=tuple(Versus(*values, field=name) for name, values in changes.fields.items()),
    )


def before_due(days: int) -> str:
    """«3 dias antes do vencimento»"""
    if days > 0:
        return f"{counted(days, 'dia', 'dias')} antes do vencimento"
    return "no dia do vencimento" if days == 0 else "depois do vencimento"


def other_destination(to: PayeeAccount | PayeeKey) -> Caution:
    return Caution(
        "other_destination",
        "Favorecido com novo dado bancário",
        f"Novo dado bancário lançado por {enterer(to)} em {sao_paulo_day(to.created_at):%d/%m/%Y}, "
        f"ainda não confirmado: {to.kind}, {to.written}. Esta conta não vai para ele.",
    )


def archived_destination(to: PayeeAccount | PayeeKey) -> Caution:
    who = f" por {to.archived_by.display_name}" if to.archived_by else ""
    why = f" Motivo: {to.archived_why}." if to.archived_why else ""
    return Caution(
        "archived_destination",
        "Dado bancário arquivado",
        f"O dado bancário desta conta foi arquivado{who}.{why} Confira antes de pagar.",
    )


def enterer(to: PayeeAccount | PayeeKey) -> str:
    return to.entered_by.display_name if to.entered_by else "pessoa não identificada"


def of_key(payable: Payable) -> list[Caution]:
    """What the bank that is to pay told of the owner of its Pix key against the bill."""
    if payable.key_read_at is None or not payable.paid_key:
        return []
    if payable.key_is_unknown:
        return [key_unknown()]
    return [key_of_another(payable)] if is_of_another(payable) else []


def key_unknown() -> Caution:
    return Caution(
        "key_unknown",
        "Chave Pix não encontrada",
        "O banco não encontrou esta chave Pix. Confira a chave com o favorecido.",
    )


def key_of_another(payable: Payable) -> Caution:
    whom = payable.key_holder_name or "outro titular"
    document = payable.key_holder_document
    told = f"{whom} ({document})" if document else whom
    payee = f"«{payable.payee}» ({format_document(payable.payee.document)})"
    return Caution(
        "key_of_another",
        "Titular da chave diverge",
        f"A chave Pix está registrada em nome de {told}, e o favorecido da conta é {payee}. "
        "Confira a quem se paga.",
    )


def of_name(payable: Payable) -> list[Caution]:
    """That the payee is called otherwise than when it was approved last, or like another."""
    return of_new_name(payable) + of_similar_name(payable)


def of_new_name(payable: Payable) -> list[Caution]:
    payee = payable.payee
    if payee.renamed_at is None or payable.is_name_approved:  # type: ignore[attr-defined]
        return []
    approved: str | None = payable.approved_name  # type: ignore[attr-defined]
    if approved == payee.name:
        return []  # corrected, and back to what it was
    who = payee.renamed_by.display_name if payee.renamed_by else "pessoa não identificada"
    when = f"{sao_paulo_day(payee.renamed_at):%d/%m/%Y}, quando {who} alterou o nome"
    if approved is None or approved == payee.former_name:
        was = f"se chamava «{payee.former_name}» até {when}"
    else:
        was = (
            f"se chamava «{approved}» quando uma conta sua foi aprovada pela última vez, e "
            f"«{payee.former_name}» até {when}"
        )
    return [
        Caution(
            "renamed_payee",
            "Nome do favorecido alterado",
            f"«{payee}» {was}. Nenhuma conta foi aprovada com o nome novo: confira a quem se paga.",
        )
    ]


def of_similar_name(payable: Payable) -> list[Caution]:
    alike: list[SimilarName] = payable.payee.named_alike  # type: ignore[attr-defined]
    if not alike:
        return []
    others = ", ".join(
        f"«{row.other}» ({format_document(row.other.document)})" for row in alike[:MOST_NAMES]
    )
    return [
        Caution(
            "similar_name",
            "Nome parecido, outro documento",
            f"«{payable.payee}» ({format_document(payable.payee.document)}) tem nome parecido com "
            f"{others}, de outro documento. Confira a quem se paga.",
        )
    ]


def cautions_of(payable: Payable, account: BankAccount | None) -> list[Caution]:
    """`warnings_of` the bill, what the registered title of a boleto says against it, and what the
    bank of the account that pays it has not told yet.

    One that has any is approved by a click of its own.
    """
    titles = [Caution("title_differs", TITLE_DIFFERS, text) for text in payable.title_warnings]
    return titles + warnings_of(payable) + of_unread(payable, account)


def of_unread(payable: Payable, account: BankAccount | None) -> list[Caution]:
    """What the bank that is to pay it can tell, and has not."""
    if payable.status not in {PayableStatus.PENDING, PayableStatus.APPROVED}:
        return []
    unread = [title_unread()] if is_unread(payable, account) else []
    return unread + ([key_unread()] if is_key_unread(payable, account) else [])


def of_receiver(payable: Payable, charge: PixCharge) -> list[Caution]:
    """That nobody confirmed whom a code pays: the name in it is what its maker wrote."""
    named = f"O nome «{charge.receiver}» é o que o próprio código traz."
    if charge.is_dynamic:
        return [
            Caution(
                "code_of_unknown_receiver",
                "Só o banco sabe quem recebe",
                f"Este código leva a um endereço que só o banco abre. {named} Confira, ao pagar, "
                "o recebedor que o banco mostra.",
            )
        ]
    keys: list[PayeeKey] = payable.payee.known_keys  # type: ignore[attr-defined]
    if any(row.is_confirmed and row.key.lower() == charge.key.lower() for row in keys):
        return []
    return [
        Caution(
            "code_of_new_key",
            "Código para chave não confirmada",
            f"O código paga a chave {charge.key}, que ninguém confirmou como de {payable.payee}. "
            f"{named}",
        )
    ]


def of_pix_code(charge: PixCharge) -> list[Caution]:
    if not charge.asks_recurrence:
        return []
    return [
        Caution(
            "pix_automatico",
            "Pede Pix Automático",
            "Este código também pede uma autorização de Pix Automático, para cobranças que se "
            "repetem. O Kamino faz só este pagamento: a autorização é dada no aplicativo do banco.",
        )
    ]


def unknown_bank(compe: str) -> Caution:
    return Caution(
        "unknown_bank", f"Banco {compe} desconhecido", f"Não conhecemos o banco {compe}: confira."
    )


def repeated_code(other: Payable) -> Caution:
    return Caution(
        "repeated_code",
        "Código Pix repetido",
        f"Este código Pix já está em outra conta: {other.payee}, "
        f"R$\u00a0{format_brl(other.amount)}, "
        f"vence em {other.due_date:%d/%m/%Y}, {other.get_status_display().lower()}.",
    )


def came_back(payable: Payable) -> Caution:
    return Caution(
        "came_back",
        payable.get_hold_display(),
        "Esta conta foi aprovada e enviada antes, e não foi paga: confira o motivo no histórico.",
    )


def given_back(times: int) -> Caution:
    return Caution(
        "given_back",
        "Já voltou antes",
        f"Esta conta já voltou {counted(times, 'vez', 'vezes')} sem ser aprovada: confira o motivo "
        "no histórico.",
    )


def paid_outside_before() -> Caution:
    return Caution(
        "paid_outside_before",
        "Já constou como paga fora",
        "Esta conta foi registrada como paga fora do Kamino, e o registro foi desfeito. Confira "
        "no histórico se ela ainda é devida.",
    )


def together(bills: int, total: Decimal, days: int) -> Caution:
    """Each is below an approver's limit, and all of them are not."""
    return Caution(
        "same_receiver",
        f"{counted(bills, 'conta', 'contas')} para o mesmo favorecido",
        f"{bills} contas · R$\u00a0{format_brl(total)} para o mesmo favorecido ou a mesma conta em "
        f"{counted(days, 'dia', 'dias')}: o que vale para as alçadas é a soma.",
    )


def over_limit(why: str) -> Caution:
    return Caution(
        "over_limit", "Acima do limite de envio", f"{why} Um administrador define os limites."
    )


def possible_duplicate(other: Similar) -> Caution:
    return Caution(
        "possible_duplicate",
        "Possível duplicidade",
        f"Pode ser a mesma dívida: {other}.{other.said}",
        reverse("payments:detail", args=[other.id]),
    )


def title_unread() -> Caution:
    return Caution(
        "title_unread",
        "Boleto não lido",
        "O banco ainda não informou para quem este boleto está registrado. "
        "Nada é enviado antes da leitura.",
    )


def key_unread() -> Caution:
    return Caution(
        "key_unread",
        "Titular da chave não consultado",
        "O banco ainda não informou em nome de quem esta chave Pix está registrada.",
    )
