"""The chart that a new company starts with.

After the simplified chart of ITG 1000 (Conselho Federal de Contabilidade, annex 4), cut to what a
small service or trade company pays and receives. A group's parent is its code without the last
part; the first part gives the nature.
"""

from accounts.models import AccountPurpose, Nature

NATURES = {
    "1": Nature.ASSET,
    "2": Nature.LIABILITY,
    "3": Nature.EQUITY,
    "4": Nature.REVENUE,
    "5": Nature.EXPENSE,
}

BANK_HOME = "1.1.1.1"

GROUPS = (
    ("1", "Ativo"),
    ("1.1", "Ativo circulante"),
    ("1.1.1", "Disponível"),
    (BANK_HOME, "Contas Correntes"),
    ("1.1.2", "Créditos"),
    ("1.1.3", "Estoques"),
    ("1.2", "Ativo não circulante"),
    ("2", "Passivo"),
    ("2.1", "Passivo circulante"),
    ("2.1.1", "Fornecedores"),
    ("2.1.2", "Obrigações trabalhistas"),
    ("2.1.3", "Obrigações fiscais"),
    ("2.1.4", "Empréstimos e financiamentos"),
    ("2.1.5", "Adiantamentos"),
    ("2.2", "Passivo não circulante"),
    ("3", "Patrimônio líquido"),
    ("4", "Receitas"),
    ("4.1", "Receitas operacionais"),
    ("4.2", "Receitas financeiras"),
    ("5", "Despesas"),
    ("5.1", "Pessoal"),
    ("5.2", "Ocupação"),
    ("5.3", "Serviços de terceiros"),
    ("5.4", "Operação e vendas"),
    ("5.5", "Despesas financeiras"),
    ("5.6", "Tributos"),
)

# Under Contas Correntes there is none: each connected account brings its own.
ACCOUNTS = (
    ("1.1.1.01", "Caixa"),
    ("1.1.1.02", "Aplicações financeiras"),
    ("1.1.1.03", "Valores em trânsito"),
    ("1.1.2.01", "Clientes"),
    ("1.1.2.02", "Adiantamentos a fornecedores"),
    ("1.1.2.03", "Impostos a recuperar"),
    ("1.1.2.04", "Impostos retidos por clientes"),
    ("1.1.2.05", "Tributos recolhidos na liquidação"),
    ("1.1.3.01", "Mercadorias"),
    ("1.2.01", "Máquinas e equipamentos"),
    ("1.2.02", "Móveis e utensílios"),
    ("1.2.03", "Veículos"),
    ("1.2.04", "(−) Depreciação acumulada"),
    ("2.1.1.01", "Fornecedores nacionais"),
    ("2.1.2.01", "Salários a pagar"),
    ("2.1.2.02", "INSS a recolher"),
    ("2.1.2.03", "FGTS a recolher"),
    ("2.1.3.01", "Simples Nacional a recolher"),
    ("2.1.3.02", "Impostos retidos a recolher"),
    ("2.1.4.01", "Empréstimos bancários"),
    ("2.1.5.01", "Adiantamentos de clientes"),
    ("2.2.01", "Financiamentos de longo prazo"),
    ("3.01", "Capital social"),
    ("3.02", "Saldos de abertura"),
    ("3.03", "Lucros acumulados"),
    ("4.1.01", "Prestação de serviços"),
    ("4.1.02", "Venda de mercadorias"),
    ("4.1.03", "(−) Devoluções e descontos"),
    ("4.2.01", "Rendimentos de aplicações"),
    ("4.2.02", "Juros e multas recebidos"),
    ("4.2.03", "Descontos obtidos"),
    ("5.1.01", "Salários"),
    ("5.1.02", "Encargos sociais"),
    ("5.1.03", "Benefícios"),
    ("5.1.04", "Pró-labore"),
    ("5.2.01", "Aluguel"),
    ("5.2.02", "Energia elétrica"),
    ("5.2.03", "Água e esgoto"),
    ("5.2.04", "Telefonia e internet"),
    ("5.3.01", "Serviços contábeis"),
    ("5.3.02", "Manutenção"),
    ("5.3.03", "Programas e assinaturas"),
    ("5.4.01", "Custo das mercadorias"),
    ("5.4.02", "Fretes"),
    ("5.4.03", "Material de escritório"),
    ("5.4.04", "Divulgação"),
    ("5.5.01", "Tarifas bancárias"),
    ("5.5.02", "Juros e multas pagos"),
    ("5.5.03", "Diferenças de centavos"),
    ("5.6.01", "Simples Nacional"),
    ("5.6.02", "Impostos e taxas"),
)

# What the product posts on by itself: code and name.
PURPOSES = {
    AccountPurpose.ADVANCES: ("2.1.5.01", "Adiantamentos de clientes"),
    AccountPurpose.LATE_CHARGES: ("4.2.02", "Juros e multas recebidos"),
    AccountPurpose.DISCOUNTS: ("4.1.03", "(−) Devoluções e descontos"),
    AccountPurpose.FEES: ("5.5.01", "Tarifas bancárias"),
    AccountPurpose.CASH: ("1.1.1.01", "Caixa"),
    AccountPurpose.WITHHELD: ("1.1.2.04", "Impostos retidos por clientes"),
    AccountPurpose.SPLIT: ("1.1.2.05", "Tributos recolhidos na liquidação"),
    AccountPurpose.IN_TRANSIT: ("1.1.1.03", "Valores em trânsito"),
    AccountPurpose.LATE_PAID: ("5.5.02", "Juros e multas pagos"),
    AccountPurpose.DISCOUNTS_GOT: ("4.2.03", "Descontos obtidos"),
    AccountPurpose.WITHHELD_DUE: ("2.1.3.02", "Impostos retidos a recolher"),
    AccountPurpose.ROUNDING: ("5.5.03", "Diferenças de centavos"),
}
