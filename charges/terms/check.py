"""What a bank does not take of a charge, said before anything leaves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from banking.banks import registry
from banking.banks.contract.charge_rules import (
    BOLETO,
    BOLETO_PIX,
    PIX,
    ChargeRules,
    Extra,
    Forms,
)
from banking.banks.contract.said import Said
from banking.models import BankAccount
from charges.models import Charge
from charges.states import ChargeStatus
from charges.terms.fit import fit
from charges.terms.payment_data import payment_data, payment_data_of_name, sentence
from core.money import format_brl
from core.text import capital, read_line
from parties.models import Payer

FORMS: dict[str, Forms] = {
    Charge.Form.BOLETO: BOLETO,
    Charge.Form.BOLETO_PIX: BOLETO_PIX,
    Charge.Form.PIX: PIX,
}
# What is said where a bank does not take an extra.
ABSENT = {
    Extra.PAY_UNTIL: (
        "Data-limite: {bank.the} recebe também depois do vencimento, com multa e juros."
    ),
    Extra.DISCOUNT_UNTIL: "Último dia do desconto: {bank.at} é sempre a véspera do vencimento.",
}
UNHEARD = {
    Extra.SECOND_DISCOUNT: "segundo desconto",
    Extra.ABATEMENT: "abatimento",
    Extra.WRITE_OFF: "prazo de baixa automática",
}
# Código de Defesa do Consumidor, art. 52, § 1º; Código Civil, art. 406 with Código Tributário
# Nacional, art. 161, § 1º.
# Of an address, what every bank asks for.
NEEDED = ("street", "number", "district", "city")
USUAL_FINE, USUAL_INTEREST = Decimal(2), Decimal(1)


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` is one of the charge or, with `of_payer`, of its payer."""

    field: str
    sentence: str
    of_payer: bool = False


def rules_of(account: BankAccount) -> ChargeRules | None:
    """None: its bank issues no charges for us."""
    return registry.info(account.provider).charges


def offered_forms(account: BankAccount) -> list[Charge.Form]:
    """What one slip of this account may be; the first one is the usual one."""
    rules = rules_of(account)
    offered = rules.forms if rules else ()
    return [
        Charge.Form(form) for wanted in offered for form, forms in FORMS.items() if forms == wanted
    ]


def problems(charge: Charge, today: date) -> list[Problem]:
    """What its bank does not take. Payer and account are loaded; its e-mails are not needed."""
    rules = rules_of(charge.bank_account)
    bank = charge.bank_account.bank_said
    if rules is None:
        return [Problem("bank_account", f"{bank.begins} não emite cobranças pelo Kamino.")]
    return [
        *problems_of_amounts(charge, rules, bank),
        *problems_of_terms(charge, rules, bank, today),
        *problems_of_texts(charge),
        *problems_of_payer(charge.payer, rules, bank),
    ]


def problems_of_amounts(charge: Charge, rules: ChargeRules, bank: Said) -> Iterator[Problem]:
    if charge.rest < rules.smallest:
        yield Problem(
            "amount", f"{bank.begins} emite cobranças a partir de {reais(rules.smallest)}."
        )
    if charge.rest > rules.largest:
        yield Problem("amount", f"{bank.begins} emite cobranças até {reais(rules.largest)}.")
    if charge.discount >= charge.amount:
        yield Problem("discount", "O desconto precisa ser menor que o valor.")


def problems_of_terms(
    charge: Charge, rules: ChargeRules, bank: Said, today: date
) -> Iterator[Problem]:
    is_rest = charge.status == ChargeStatus.PARTLY_PAID  # its slip has a day of its own
    if charge.due_date < today and charge.principal_rest and not is_rest:
        yield Problem("due_date", f"O vencimento, {charge.due_date:%d/%m/%Y}, já passou.")
    yield from problems_of_extras(charge, rules, bank, today)
    if charge.form not in offered_forms(charge.bank_account):
        words = Charge.Form(charge.form).label.lower()
        yield Problem("form", f"{bank.begins} não emite {words}.")
    if charge.description and not fit(
        charge.description, rules.description_length, accents=rules.takes_accents
    ):
        yield Problem(
            "description", f"{bank.begins} não imprime estes sinais: descreva com letras."
        )
    if charge.message and not rules.message_lines:
        yield Problem("message", f"{bank.begins} não imprime mensagem: deixe em branco.")
    elif len(read_line(charge.message)) > rules.message_length:
        yield Problem("message", f"A mensagem {bank.at} tem até {rules.message_length} letras.")


def problems_of_texts(charge: Charge) -> Iterator[Problem]:
    for field in ("description", "message"):
        if found := payment_data(getattr(charge, field)):
            yield Problem(field, sentence(found))
    if found := payment_data_of_name(charge.document_number):
        yield Problem("document_number", sentence(found))


def problems_of_extras(
    charge: Charge, rules: ChargeRules, bank: Said, today: date
) -> Iterator[Problem]:
    if charge.pay_days is not None and Extra.PAY_UNTIL not in rules.extras:
        yield Problem("pay_days", f"{bank.begins} não limita até quando o boleto é pago.")
    is_usual = charge.discount_days == 1
    if not is_usual and Extra.DISCOUNT_UNTIL not in rules.extras:
        until = date.fromordinal(charge.due_date.toordinal() - 1)
        yield Problem("discount_days", f"{capital(bank.at)} o desconto vale até {until:%d/%m/%Y}.")
    if charge.discount and not charge.settled and charge.discount_until < today:
        field = "discount" if is_usual else "discount_days"
        yield Problem(
            field, f"O desconto vale até {charge.discount_until:%d/%m/%Y}, que já passou."
        )


def problems_of_payer(payer: Payer, rules: ChargeRules, bank: Said) -> Iterator[Problem]:
    if payer.archived_at is not None:
        yield Problem("payer", f"«{payer}» está arquivado: reative-o em «Pagadores» antes.")
    if not fit(payer.name, rules.name_length, accents=rules.takes_accents):
        yield Problem(
            "name",
            f"{bank.begins} não imprime as letras deste nome: escreva-o com letras latinas.",
            True,
        )
    parts = NEEDED if payer.has_address else ()
    for part in parts:
        if not fit(getattr(payer, part), rules.text_length, accents=rules.takes_accents):
            yield Problem(
                part,
                f"{bank.begins} não imprime estes sinais no endereço: escreva com letras.",
                True,
            )
    if rules.needs_address and not payer.has_address:
        yield Problem(
            "zip_code", f"{bank.begins} pede o endereço do pagador: informe o CEP e o resto.", True
        )


def cautions(charge: Charge) -> list[str]:
    """What is unusual, and allowed."""
    return cautions_of(charge.fine_percent, charge.interest_percent)


def cautions_of(fine_percent: Decimal, interest_percent: Decimal) -> list[str]:
    said = []
    if fine_percent > USUAL_FINE:
        said.append("A multa passa de 2 %, o máximo nas relações de consumo.")
    if interest_percent > USUAL_INTEREST:
        said.append("Os juros passam de 1 % ao mês, o que pode ser contestado.")
    return said


def discount_notice(charge: Charge) -> str:
    """Until when the discount holds, as the bank counts it; empty without one."""
    if not charge.discount:
        return ""
    return (
        f"{capital(charge.bank_account.bank_said.at)} o desconto vale até "
        f"{charge.discount_until:%d/%m/%Y}."
    )


def offers(account: BankAccount, extra: Extra) -> bool:
    rules = rules_of(account)
    return rules is not None and extra in rules.extras


def absences(account: BankAccount) -> list[str]:
    """What a charge of this account cannot have, and why: what the form of other banks asks."""
    rules, bank = rules_of(account), account.bank_said
    if rules is None:
        return []
    said = [words.format(bank=bank) for extra, words in ABSENT.items() if extra not in rules.extras]
    if not rules.message_length:
        said.append(f"Mensagem: {bank.the} não imprime nenhuma no boleto.")
    if lacking := [words for extra, words in UNHEARD.items() if extra not in rules.extras]:
        what = " e ".join([", ".join(lacking[:-1]), lacking[-1]] if lacking[1:] else lacking)
        said.append(f"{capital(what)}: {bank.the} não oferece pela integração.")
    return said


def reais(amount: Decimal) -> str:
    return f"R$ {format_brl(amount)}"
