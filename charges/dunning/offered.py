"""The ladder that is offered to a company that has none. It is theirs to change."""

from collections.abc import Sequence
from dataclasses import dataclass

from charges.models import DunningStep

Kind = DunningStep.Kind

HELLO = "Olá, {{pagador}}."
GREETING = "{{empresa}}"


@dataclass(frozen=True, slots=True)
class Offered:
    kind: DunningStep.Kind
    days: int
    subject: str
    text: str

    @property
    def body(self) -> str:
        return f"{HELLO}\n\n{self.text}\n\n{GREETING}"


LADDER: Sequence[Offered] = (
    Offered(
        Kind.ISSUE,
        0,
        "Sua cobrança de {{empresa}}: vence em {{vencimento}}",
        "A cobrança «{{descricao}}», de {{valor}}, vence em {{vencimento}}. Na página da cobrança "
        "você copia o código ou baixa o boleto. Dúvida? Responda a este e-mail.",
    ),
    Offered(
        Kind.DUE,
        -2,
        "Lembrete: {{descricao}} vence em {{vencimento}}",
        "A cobrança «{{descricao}}», de {{valor}}, vence em {{vencimento}}. Se você já pagou, "
        "desconsidere: o banco pode levar um dia útil para nos avisar.",
    ),
    Offered(
        Kind.DUE,
        0,
        "Vencimento em {{vencimento}}: {{descricao}}",
        "A cobrança «{{descricao}}» vence em {{vencimento}}. Hoje ela custa {{valor_hoje}}. Se "
        "você já pagou, desconsidere: o banco pode levar um dia útil para nos avisar.",
    ),
    Offered(
        Kind.DUE,
        3,
        "Cobrança em aberto: {{descricao}}",
        "A cobrança «{{descricao}}» venceu em {{vencimento}} e consta em aberto. Hoje ela custa "
        "{{valor_hoje}}. Se você já pagou, responda com o comprovante.",
    ),
    Offered(
        Kind.DUE,
        7,
        "Cobrança vencida há {{dias}}: {{descricao}}",
        "A cobrança «{{descricao}}» venceu em {{vencimento}}, há {{dias}}. Hoje ela custa "
        "{{valor_hoje}}. Se precisar combinar outra data, responda a este e-mail.",
    ),
    Offered(
        Kind.DUE,
        15,
        "Cobrança vencida há {{dias}}: {{descricao}}",
        "A cobrança «{{descricao}}» continua em aberto, {{dias}} depois do vencimento. Hoje ela "
        "custa {{valor_hoje}}. Responda a este e-mail para combinarmos o pagamento.",
    ),
    Offered(
        Kind.PAID,
        0,
        "Recebemos o seu pagamento: {{descricao}}",
        "Recebemos o pagamento da cobrança «{{descricao}}», de {{valor}}. Obrigado.",
    ),
)
