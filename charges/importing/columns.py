"""The columns of a spreadsheet of payers or charges: how they are called and what is in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from charges.models import ImportFile
from core.spreadsheet import Cell, heading_of

Kind = ImportFile.Kind


class Sort(StrEnum):
    """How a cell is read when the file has a number, a day or a text in it."""

    TEXT = "text"
    CODE = "code"  # figures that are no quantity: a document, a CEP
    MONEY = "money"
    PERCENT = "percent"
    DAY = "day"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`key` is the field of the payer or of the charge. `called` begins with its own heading."""

    key: str
    title: str
    called: tuple[str, ...]
    help: str
    example: str
    second: str = ""  # example of another row
    sort: Sort = Sort.TEXT
    width: int = 18
    is_needed: bool = False


DOCUMENT = Column(
    key="document", title="CPF/CNPJ", sort=Sort.CODE, width=20, is_needed=True,
    called=("cpf/cnpj", "cnpj/cpf", "cpf ou cnpj", "cnpj", "cpf", "documento do pagador",
            "documento do cliente", "inscricao", "documento"),
    help="De quem paga. Com ou sem pontos. É por ele que reconhecemos um pagador já cadastrado.",
    example="11.222.333/0001-81", second="529.982.247-25",
)  # fmt: skip
NAME = Column(
    key="name", title="Nome", width=36,
    called=("nome", "razao social", "nome ou razao social", "pagador", "cliente", "sacado",
            "nome do pagador", "nome do cliente"),
    help="Nome ou razão social. Obrigatório para um pagador novo.",
    example="Padaria Aurora Ltda", second="Joana Prado",
)  # fmt: skip
OF_PAYER = (
    Column(
        key="trade_name", title="Nome fantasia", called=("nome fantasia", "fantasia"), width=28,
        help="Opcional.", example="Padaria Aurora",
    ),
    Column(
        key="emails", title="E-mails", width=36,
        called=("e mails", "e mail", "emails", "email", "e mail de cobranca"),
        help="Até 5, com ponto e vírgula entre eles. O primeiro é o que vai ao banco.",
        example="financeiro@aurora.example; dono@aurora.example", second="joana@prado.example",
    ),
    Column(
        key="phone", title="Telefone", sort=Sort.CODE,
        called=("telefone", "celular", "fone", "whatsapp"), help="Opcional, com DDD.",
        example="(11) 98765-4321",
    ),
    Column(
        key="zip_code", title="CEP", sort=Sort.CODE, width=12, called=("cep",),
        help="Oito números. Do endereço, informe tudo ou nada.",
        example="01310-100", second="20040-002",
    ),
    Column(
        key="street", title="Rua", width=34,
        called=("rua", "logradouro", "endereco", "avenida"),
        help="Sem o número. De «Avenida Paulista, 1000» lemos o número também.",
        example="Avenida Paulista", second="Avenida Rio Branco",
    ),
    Column(
        key="number", title="Número", sort=Sort.CODE, width=10,
        called=("numero", "n", "no", "nr", "num", "numero do endereco"),
        help="Sem número, escreva S/N.", example="1000", second="156",
    ),
    Column(
        key="complement", title="Complemento", called=("complemento", "compl"),
        help="Opcional.", example="Sala 12",
    ),
    Column(
        key="district", title="Bairro", called=("bairro", "distrito"), help="",
        example="Bela Vista", second="Centro",
    ),
    Column(
        key="city", title="Cidade", called=("cidade", "municipio"), help="",
        example="São Paulo", second="Rio de Janeiro",
    ),
    Column(
        key="state", title="UF", width=6, called=("uf", "estado"),
        help="Sigla. Vazia, vale a do CEP.", example="SP", second="RJ",
    ),
)  # fmt: skip
OF_CHARGE = (
    Column(
        key="amount", title="Valor", sort=Sort.MONEY, width=14, is_needed=True,
        called=("valor", "valor da cobranca", "valor total", "total", "valor bruto"),
        help="Em reais: 1.250,00. De uma venda parcelada, o total.",
        example="1.250,00", second="R$ 100,07",
    ),
    Column(
        key="due_date", title="Vencimento", sort=Sort.DAY, width=14, is_needed=True,
        called=("vencimento", "data de vencimento", "data vencimento", "vence em", "vence"),
        help="dd/mm/aaaa. De uma venda parcelada, o da primeira parcela.",
        example="10/12/2026", second="15/12/2026",
    ),
    Column(
        key="description", title="Descrição", width=36, is_needed=True,
        called=("descricao", "historico", "referente a", "referente", "servico", "produto"),
        help="Até 100 letras. O pagador vê.",
        example="Manutenção de dezembro", second="Venda de equipamento",
    ),
    Column(
        key="document_number", title="Nº do documento", sort=Sort.CODE, width=18,
        called=("no do documento", "numero do documento", "n do documento", "nota fiscal", "nf",
                "documento", "numero da nota", "no da nota", "pedido", "fatura"),
        help="Opcional: nota, pedido, contrato.", example="NF 2231", second="NF 2232",
    ),
    Column(
        key="revenue_account", title="Classificação", sort=Sort.CODE, width=24,
        called=("classificacao", "conta contabil", "categoria", "plano de contas", "receita"),
        help="Código ou nome de uma conta de receita. Vazia, vale a que você escolher ao enviar.",
        example="4.1.01",
    ),
    Column(
        key="bank_account", title="Conta que recebe", sort=Sort.CODE, width=20,
        called=("conta que recebe", "conta bancaria", "conta", "banco"),
        help="Banco ou número da conta. Vazia, vale a que você escolher ao enviar.", example="",
    ),
    Column(
        key="form", title="Forma",
        called=("forma", "forma de cobranca", "forma de pagamento", "tipo de cobranca"),
        help="Boleto com Pix, Boleto ou Pix. Vazia, a usual da conta.", example="Boleto",
    ),
    Column(
        key="instalments", title="Parcelas", sort=Sort.COUNT, width=10,
        called=("parcelas", "numero de parcelas", "no de parcelas", "qtd parcelas",
                "quantidade de parcelas"),
        help="Vazia ou 1 é à vista. Com mais, uma cobrança por mês, e a soma é o valor.",
        example="", second="3",
    ),
    Column(
        key="fine_percent", title="Multa (%)", sort=Sort.PERCENT, width=12,
        called=("multa", "percentual de multa", "multa por atraso"),
        help="Escreva 2 para 2 %. Vazia, a usual da conta.", example="2",
    ),
    Column(
        key="interest_percent", title="Juros ao mês (%)", sort=Sort.PERCENT, width=16,
        called=("juros ao mes", "juros", "juros mensais", "percentual de juros", "juros de mora"),
        help="Escreva 1 para 1 % ao mês. Vazia, os usuais da conta.", example="1",
    ),
    Column(
        key="discount", title="Desconto (R$)", sort=Sort.MONEY, width=14,
        called=("desconto", "valor do desconto"),
        help="Em reais, se pagar até a véspera do vencimento.", example="", second="5,00",
    ),
    Column(
        key="message", title="Mensagem", width=36, called=("mensagem", "instrucoes", "instrucao"),
        help="Impressa no boleto, onde o banco imprime.", example="",
    ),
)  # fmt: skip
OF_KIND: Mapping[str, tuple[Column, ...]] = {
    Kind.CHARGES: (DOCUMENT, NAME, *OF_CHARGE, *OF_PAYER),
    Kind.PAYERS: (DOCUMENT, NAME, *OF_PAYER),
}
BY_KEY = {column.key: column for column in OF_KIND[Kind.CHARGES]}
# Of our own file of errors; read by nobody.
REASON = "Motivo"


@dataclass(frozen=True, slots=True)
class Headings:
    places: Mapping[str, int]  # by key: the position, from 0 on
    ignored: Sequence[str]

    def missing(self, kind: str) -> list[str]:
        return [c.title for c in OF_KIND[kind] if c.is_needed and c.key not in self.places]


def headings_of(cells: Iterable[Cell], kind: str) -> Headings:
    """Where each column stands, if these are headings. A cell heads one column only.

    What is called by its own heading is found first, so that «Documento» may be what is left.
    """
    written = [str(cell) for cell in cells]
    names = [heading_of(text) for text in written]
    places: dict[str, int] = {}
    longest = max(len(column.called) for column in OF_KIND[kind])
    for rank in range(longest):
        for column in OF_KIND[kind]:
            if column.key in places or rank >= len(column.called):
                continue
            free = [n for n, name in enumerate(names) if name and n not in places.values()]
            place = next((n for n in free if names[n] == column.called[rank]), None)
            if place is not None:
                places[column.key] = place
    ignored = [
        text.strip()[:60]
        for n, text in enumerate(written)
        if text.strip() and n not in places.values() and names[n] != heading_of(REASON)
    ]
    return Headings(places, ignored)
