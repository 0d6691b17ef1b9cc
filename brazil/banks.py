"""Brazilian banks and payment institutions by their COMPE code.

COMPE, three digits, stands in bar codes, OFX files and CNAB; ISPB, eight digits, the root of the
CNPJ, in TED and Pix. Some institutions have an ISPB and no COMPE and are not here. Source: Banco
Central's list of participants of the STR, as merged by guibranco/BancosBrasileiros on 2025-09-30.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bank:
    compe: str
    ispb: str
    name: str  # as people say it


BANKS = (
    Bank("001", "00000000", "Banco do Brasil"),
    Bank("003", "04902979", "Banco da Amazônia"),
    Bank("004", "07237373", "Banco do Nordeste"),
    Bank("007", "33657248", "BNDES"),
    Bank("021", "28127603", "Banestes"),
    Bank("025", "03323840", "Banco Alfa"),
    Bank("033", "90400888", "Santander"),
    Bank("037", "04913711", "Banpará"),
    Bank("041", "92702067", "Banrisul"),
    Bank("047", "13009717", "Banese"),
    Bank("069", "61033106", "Crefisa"),
    Bank("070", "00000208", "BRB"),
    Bank("074", "03017677", "Banco J. Safra"),
    Bank("077", "00416968", "Inter"),
    Bank("079", "09516419", "PicPay Bank"),
    Bank("082", "07679404", "Banco Topázio"),
    Bank("084", "02398976", "Sisprime do Brasil"),
    Bank("085", "05463212", "Ailos"),
    Bank("097", "04632856", "Credisis"),
    Bank("099", "03046391", "Uniprime"),
    Bank("102", "02332886", "XP Investimentos"),
    Bank("104", "00360305", "Caixa Econômica Federal"),
    Bank("121", "10664513", "Agibank"),
    Bank("125", "45246410", "Banco Genial"),
    Bank("133", "10398952", "Cresol"),
    Bank("136", "00315557", "Unicred"),
    Bank("174", "43180355", "Pefisa"),
    Bank("184", "17298092", "Itaú BBA"),
    Bank("197", "16501555", "Stone"),
    Bank("208", "30306294", "BTG Pactual"),
    Bank("212", "92894922", "Banco Original"),
    Bank("213", "54403563", "Banco Arbi"),
    Bank("218", "71027866", "BS2"),
    Bank("224", "58616418", "Banco Fibra"),
    Bank("237", "60746948", "Bradesco"),
    Bank("243", "33923798", "Banco Master"),
    Bank("246", "28195667", "ABC Brasil"),
    Bank("254", "14388334", "Paraná Banco"),
    Bank("260", "18236120", "Nubank"),
    Bank("265", "33644196", "Banco Fator"),
    Bank("269", "53518684", "HSBC"),
    Bank("274", "11581339", "BMP Money Plus"),
    Bank("280", "23862762", "Will Financeira"),
    Bank("290", "08561701", "PagBank"),
    Bank("301", "13370835", "Dock"),
    Bank("318", "61186680", "BMG"),
    Bank("323", "10573521", "Mercado Pago"),
    Bank("329", "32402502", "QI SCD"),
    Bank("335", "27098060", "Digio"),
    Bank("336", "31872495", "C6 Bank"),
    Bank("341", "60701190", "Itaú"),
    Bank("348", "33264668", "Banco XP"),
    Bank("362", "01027058", "Cielo"),
    Bank("364", "09089356", "Efí"),
    Bank("368", "08357240", "Banco CSF"),
    Bank("376", "33172537", "J.P. Morgan"),
    Bank("380", "22896431", "PicPay"),
    Bank("383", "21018182", "Ebanx"),
    Bank("389", "17184037", "Banco Mercantil"),
    Bank("393", "59109165", "Banco Volkswagen"),
    Bank("394", "07207996", "Bradesco Financiamentos"),
    Bank("399", "01701201", "Kirton Bank"),
    Bank("401", "15111975", "Iugu"),
    Bank("403", "37880206", "Cora"),
    Bank("404", "37241230", "SumUp"),
    Bank("413", "01858774", "BV"),
    Bank("422", "58160789", "Safra"),
    Bank("450", "13203354", "FitBank"),
    Bank("456", "60498557", "MUFG"),
    Bank("461", "19540550", "Asaas"),
    Bank("462", "39908427", "Stark SCD"),
    Bank("477", "33042953", "Citibank N.A."),
    Bank("487", "62331228", "Deutsche Bank"),
    Bank("505", "32062580", "UBS"),
    Bank("509", "13935893", "Celcoin"),
    Bank("531", "34337707", "BMP SCD"),
    Bank("604", "31895683", "Banco Industrial do Brasil"),
    Bank("611", "61820817", "Banco Paulista"),
    Bank("612", "31880826", "Banco Guanabara"),
    Bank("613", "60850229", "Omni"),
    Bank("623", "59285411", "Banco Pan"),
    Bank("633", "68900810", "Banco Rendimento"),
    Bank("634", "17351180", "Tribanco"),
    Bank("637", "60889128", "Sofisa"),
    Bank("643", "62144175", "Pine"),
    Bank("653", "61024352", "Banco Pleno"),
    Bank("654", "92874270", "Digimais"),
    Bank("655", "59588111", "Banco Votorantim"),
    Bank("707", "62232889", "Daycoval"),
    Bank("741", "00517645", "Banco Ribeirão Preto"),
    Bank("743", "00795423", "Banco Semear"),
    Bank("745", "33479023", "Citibank"),
    Bank("747", "01023570", "Rabobank"),
    Bank("748", "01181521", "Sicredi"),
    Bank("752", "01522368", "BNP Paribas"),
    Bank("755", "62073200", "Bank of America"),
    Bank("756", "02038232", "Sicoob"),
)

_BY_COMPE = {bank.compe: bank for bank in BANKS}


def find_bank(compe: str) -> Bank | None:
    """Return the bank of a COMPE code, whose zeros on the left may be missing («1»)."""
    return _BY_COMPE.get(compe.zfill(3))


def bank_name(compe: str) -> str:
    """Return the name on the screen: «Banco 999» for one that the table does not know."""
    bank = find_bank(compe)
    return bank.name if bank else f"Banco {compe}"
