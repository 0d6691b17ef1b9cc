"""What happens at Itaú in the month of `demo_month`, so many days before today.

A day without banks is the one before it. What two lines have in common is in their texts.
"""

from decimal import Decimal
from typing import NamedTuple

from banking.bank_accounts.other_bank import OtherBank
from banking.banks.contract.payments import AccountType
from parties.payers import PayerData
from payments.rails.destinations import TedDetails

D = Decimal
OPENING = D("24318.07")
CSV_SINCE = 7  # days ago: from here on the second file tells it too
OFX_UNTIL = 2  # days ago: what is later only the second file tells


class Bill(NamedTuple):
    payee: str
    document: str
    account: TedDetails
    amount: Decimal
    due: int  # days ago
    text: str
    classification: str


class Charged(NamedTuple):
    payer: int
    amount: Decimal
    due: int  # days from today
    text: str
    discount: Decimal = D(0)


class Movement(NamedTuple):
    ago: int
    amount: Decimal
    text: str


class ByHand(NamedTuple):
    ago: int
    amount: Decimal  # on the Conta do Ativo
    memo: str
    classification: str
    center: str = ""


def ted(bank: str, branch: str, account: str) -> TedDetails:
    return TedDetails(bank, branch, account, AccountType.CHECKING)


def itau(holder: str, document: str) -> OtherBank:
    return OtherBank(
        bank_code="341", bank_label="Itaú", branch="0123", number="45678-9",
        holder_name=holder, holder_document=document,
    )  # fmt: skip


BILLS = (
    Bill("Tornearia São Jorge Ltda", "18736452000100", ted("237", "0451", "772103"),
         D("1847.35"), 27, "NF 4417 · usinagem", "5.3.02"),
    Bill("Tintas Aquarela Comercial Ltda", "27461983000110", ted("001", "1890", "310554"),
         D("932.40"), 26, "NF 2208 · tintas", "5.4.01"),
    Bill("Borracharia Estrela Ltda", "31982547000163", ted("033", "2201", "130087"),
         D("611.27"), 21, "NF 815 · pneus", "5.4.01"),
    Bill("Borracharia Estrela Ltda", "31982547000163", ted("033", "2201", "130087"),
         D("1204.18"), 20, "NF 822 · câmaras", "5.4.01"),
    Bill("Alugue Máquinas Ltda", "40291736000180", ted("104", "3120", "557102"),
         D("3600.00"), 17, "Contrato 90 · elevador", "5.3.02"),
    Bill("Guincho Veloz Transportes Ltda", "53617482000190", ted("756", "4005", "218840"),
         D("1275.40"), 12, "NF 56 · guincho", "5.4.02"),
)  # fmt: skip
PAYERS = (
    PayerData("Frigorífico Campo Novo Ltda", "61829374000109", "Campo Novo", "+551133334400",
              "01310-100", "Avenida Paulista", "900", "", "Bela Vista", "São Paulo", "SP",
              ("contas@camponovo.example",)),
    PayerData("Condomínio Parque das Águas", "72538194000194", "", "+551133335500",
              "01310-200", "Avenida Paulista", "1200", "", "Bela Vista", "São Paulo", "SP",
              ("sindico@parqueaguas.example",)),
    PayerData("Locadora Vai e Vem Ltda", "83917426000131", "Vai e Vem", "+551133336600",
              "01310-200", "Avenida Paulista", "1400", "", "Bela Vista", "São Paulo", "SP",
              ("frota@vaievem.example",)),
    PayerData("Panificadora Trigal Ltda", "46182735000184", "Trigal", "+551133337700",
              "01310-100", "Avenida Paulista", "700", "", "Bela Vista", "São Paulo", "SP",
              ("pagamentos@trigal.example",)),
    PayerData("Marcos Vinícius Teixeira", "28471593637", "", "+5511977778888",
              "01310-100", "Avenida Paulista", "500", "", "Bela Vista", "São Paulo", "SP",
              ("marcos@teixeira.example",)),
    PayerData("Cartões Aliança S.A.", "50826197000190", "Aliança", "+551133338800",
              "01310-100", "Avenida Paulista", "300", "", "Bela Vista", "São Paulo", "SP",
              ("lojista@alianca.example",)),
)  # fmt: skip
CHARGES = (
    Charged(0, D("2318.64"), 5, "Revisão dos caminhões"),
    Charged(1, D("4180.00"), 4, "Manutenção da bomba, NFS-e 771"),
    Charged(3, D("742.19"), 3, "Embreagem do furgão"),
    Charged(3, D("1093.57"), 4, "Freios do furgão"),
    Charged(4, D("563.82"), 1, "Troca da bateria"),
    Charged(0, D("912.30"), 6, "Lavagem dos caminhões", discount=D("45.00")),
)
# Issued in Cora's own app, overdue; paid late, with what its payer added.
LATE = Charged(2, D("1540.00"), -22, "Funilaria de dois carros")
SALES = tuple(
    ByHand(10, amount, f"Venda no cartão · Cartões Aliança S.A. · {number}", "4.1.01")
    for number, amount in ((9101, D("386.40")), (9102, D("518.90")), (9103, D("274.15")))
)
CENTERS = ("Matriz", "Filial")
STATIONERY = ByHand(8, D("-167.45"), "Papel e toner", "5.4.03", center="Filial")

TO_CORA, UNDER_WAY = D("6250.75"), D("2104.60")
ASKED = "PIX RECEBIDO LF SOLUCOES"
MOVEMENTS = (
    Movement(29, D("3.27"), "REND PAGO APLIC AUT MAIS"),
    Movement(28, D("-49.90"), "TAR PACOTE SERVICOS"),
    Movement(27, D("-1847.35"), "TED ENVIADA - Tornearia São Jorge Ltda - 18.736.452/0001-00"),
    Movement(22, D("-948.71"), "TED ENVIADA - Tintas Aquarela Comercial - 27.461.983/0001-10"),
    Movement(20, D("-1815.45"), "TED ENVIADA - Borracharia Estrela Ltda - 31.982.547/0001-63"),
    Movement(18, D("2.91"), "REND PAGO APLIC AUT MAIS"),
    Movement(17, D("-1800.00"), "TED PARCIAL - Alugue Máquinas Ltda - 40.291.736/0001-80"),
    Movement(16, D("2318.64"), "TED RECEBIDA - Frigorífico Campo Novo Ltda - 61.829.374/0001-09"),
    Movement(15, D("3922.93"), "TED RECEBIDA - Condomínio Parque das Águas - 72.538.194/0001-94"),
    Movement(14, D("1581.07"), "TED RECEBIDA - Locadora Vai e Vem Ltda - 83.917.426/0001-31"),
    Movement(13, D("1835.76"), "PIX RECEBIDO - Panificadora Trigal Ltda - 46.182.735/0001-84"),
    Movement(12, D("-1275.40"), "TED ENVIADA - Guincho Veloz Transportes - 53.617.482/0001-90"),
    Movement(10, D("1275.40"), "DEVOLUCAO TED - Guincho Veloz Transportes - "
             "53.617.482/0001-90"),
    Movement(9, D("1150.08"), "CREDITO VENDAS - Cartões Aliança S.A. - 50.826.197/0001-90"),
    Movement(9, D("-89.90"), "DEB AUT SEGURO VIDRACA"),
    Movement(8, D("89.90"), "ESTORNO DEB AUT SEGURO VIDRACA"),
    Movement(8, D("-167.45"), "PAGAMENTO PAPELARIA"),
    Movement(8, D("867.30"), "TED RECEBIDA - Frigorífico Campo Novo Ltda - 61.829.374/0001-09"),
    Movement(7, D("-214.38"), "COMPRA CARTAO POSTO BELA VISTA"),
    # Certain while it is at most five banking days before its charge: on any day of the week.
    Movement(5, D("563.82"), "PIX RECEBIDO - Marcos V Teixeira - ***.715.936-**"),
    Movement(5, D("1390.25"), ASKED),
    Movement(5, D("-180.15"), "LANCAMENTO A REGULARIZAR"),
    Movement(3, D("180.15"), "LANCAMENTO REGULARIZADO"),
    Movement(3, D("34.38"), "ESTORNO PARCIAL POSTO BELA VISTA"),
    Movement(3, -TO_CORA, "TED ENVIADA AG 0001 CONTA 1234567-8 MESMA TITULARIDADE"),
    Movement(1, D("-12.50"), "TAR TED ELETRONICA"),
    Movement(1, -UNDER_WAY, "TED ENVIADA MESMA TITULARIDADE"),
)  # fmt: skip


AT_COUNTER = ("Pix recebido", "TED recebida")


class Usual(NamedTuple):
    """A rule: what lines that contain one of these are."""

    name: str
    contains: str
    side: str
    classification: str
    is_of_cora: bool = True  # else of any account
    shares: tuple[tuple[str, int], ...] = ()  # per cent by cost centre


RULES = (
    Usual("Tarifas de banco", "tarifa;tar pacote;tar ted", "out", "5.5.01", is_of_cora=False),
    Usual("Rendimento automático", "rend pago aplic", "in", "4.2.01", is_of_cora=False),
    Usual("Vendas no balcão", "pix recebido;ted recebida", "in", "4.1.01"),
    Usual("Compras do dia", "pagamento de boleto;pix enviado", "out", "5.4.01"),
    Usual("Salários", "salário", "out", "5.1.01"),
    Usual("Aluguel", "aluguel", "out", "5.2.01", shares=(("Matriz", 70), ("Filial", 30))),
    Usual("Simples", "simples nacional", "out", "5.6.01"),
    Usual("Lucros", "distribuição de lucros", "out", "3.03"),
    Usual("Aportes", "aporte da sócia", "in", "3.01"),
)
