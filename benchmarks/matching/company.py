"""A made-up company: whom it pays, who pays it, and its accounts."""

import random
from dataclasses import dataclass, field

from brazil.cnpj import cnpj_check_digits

FANTASY = (
    "Aurora", "Horizonte", "Pedra Alta", "Bom Jardim", "Vale Verde", "Ponte Nova", "Girassol",
    "Água Clara", "São Rafael", "Mirante Azul", "Três Irmãos", "Bela Flor", "Roda Livre",
    "Estrela", "Forno Antigo", "Santa Luzia", "Monte Claro", "Ipê Amarelo", "Capibaribe",
    "Araucária", "Tietê", "Iguaçu", "Cantareira", "Paraná", "Serra Dourada", "Rio Branco",
    "Nova Era", "Colibri", "Jatobá", "Mantiqueira", "Guarani", "Tropical", "Bandeirante",
    "Continental", "Progresso", "União", "Alfa", "Delta", "Ômega", "Atlântica", "Mercúrio",
    "Primavera", "Litoral", "Planalto", "Esperança",
)  # fmt: skip
TRADE = (
    "Comércio de Embalagens", "Transportes", "Materiais de Construção", "Gráfica e Editora",
    "Serviços Contábeis", "Alimentos", "Tecnologia da Informação", "Papelaria", "Segurança",
    "Locação de Equipamentos", "Indústria Metalúrgica", "Distribuidora de Bebidas", "Farmácia",
    "Limpeza e Conservação", "Advogados Associados", "Engenharia", "Hotelaria", "Logística",
    "Móveis Planejados", "Têxtil", "Autopeças", "Clínica Médica", "Publicidade", "Restaurante",
)  # fmt: skip
FORM = ("Ltda", "Ltda", "Ltda ME", "Ltda EPP", "S.A.", "EIRELI")
GIVEN = (
    "João", "Maria", "José", "Ana", "Antônio", "Francisca", "Carlos", "Adriana", "Paulo", "Juliana",
    "Pedro", "Márcia", "Lucas", "Fernanda", "Luiz", "Patrícia", "Marcos", "Aline", "Rafael",
    "Sônia",
)  # fmt: skip
FAMILY = (
    "Silva", "Santos", "Oliveira", "Souza", "Lima", "Pereira", "Ferreira", "Costa", "Rodrigues",
    "Almeida", "Nascimento", "Araújo", "Ribeiro", "Gonçalves", "Carvalho", "Moura", "Teixeira",
)  # fmt: skip
FILE_BANKS = (("341", "0912", "45871-2"), ("001", "1893", "22417-0"), ("237", "2210", "0098123-5"))


@dataclass(slots=True)
class Party:
    id: str
    name: str
    document: str
    trade_name: str = ""
    accounts: list[dict[str, str]] = field(default_factory=list)
    pix_keys: list[str] = field(default_factory=list)
    pays_as: str = ""  # another person in whose name its money comes; the books do not know it

    def row(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": self.name,
            "trade_name": self.trade_name,
            "document": self.document,
            "accounts": self.accounts,
            "pix_keys": self.pix_keys,
        }


@dataclass(slots=True)
class Account:
    id: str
    provider: str
    bank: str
    branch: str
    number: str

    def row(self) -> dict[str, str]:
        return {
            "id": self.id,
            "provider": self.provider,
            "bank": self.bank,
            "branch": self.branch,
            "number": self.number,
            "opening": "50000.00",
        }


def cnpj(rng: random.Random, *, root: str = "", establishment: int = 1) -> str:
    base = (root or f"{rng.randrange(10**7, 10**8)}") + f"{establishment:04d}"
    return base + cnpj_check_digits(base)


def cpf(rng: random.Random) -> str:
    base = f"{rng.randrange(10**8, 10**9)}"
    for weights in (range(10, 1, -1), range(11, 1, -1)):
        rest = sum(int(d) * w for d, w in zip(base, weights, strict=True)) * 10 % 11
        base += str(rest % 10)
    return base


def person_name(rng: random.Random) -> str:
    middle = rng.choice(("", "", " dos", " de", f" {rng.choice(FAMILY)}"))
    return f"{rng.choice(GIVEN)}{middle} {rng.choice(FAMILY)} {rng.choice(FAMILY)}"


def company_name(rng: random.Random) -> str:
    fantasy, trade = rng.choice(FANTASY), rng.choice(TRADE)
    if rng.random() < 0.15:
        fantasy = f"{fantasy} {rng.choice(('do Sul', 'do Brasil', 'Paulista', 'Mineira'))}"
    core = f"{fantasy} {trade}" if rng.random() < 0.6 else f"{trade} {fantasy}"
    return f"{core} {rng.choice(FORM)}"


def make_company(rng: random.Random, index: int) -> Party:
    party = Party(f"p{index}", company_name(rng), cnpj(rng))
    if rng.random() < 0.08:
        party.document = ""
    if rng.random() < 0.15:
        party.trade_name = f"{rng.choice(GIVEN)} {rng.choice(('Modas', 'Doces', 'Pet', 'Fit'))}"
    _give_account(rng, party)
    return party


def make_person(rng: random.Random, index: int) -> Party:
    party = Party(f"p{index}", person_name(rng), cpf(rng))
    _give_account(rng, party)
    return party


def _give_account(rng: random.Random, party: Party) -> None:
    if rng.random() < 0.6:
        party.accounts = [
            {
                "bank": rng.choice(("001", "033", "104", "237", "341", "077")),
                "branch": f"{rng.randrange(1, 9999):04d}",
                "number": f"{rng.randrange(1000, 999999)}-{rng.randrange(10)}",
            }
        ]
    if rng.random() < 0.3 and party.document:
        party.pix_keys = [party.document]


def make_accounts() -> list[Account]:
    accounts = [
        Account("a-cora", "cora", "403", "0001", "1234567-0"),
        Account("a-bs2", "bs2", "218", "0001", "7654321-9"),
        Account("a-kamino", "kamino", "659", "0001", "3344556-1"),
    ]
    for number, (bank, branch, digits) in enumerate(FILE_BANKS):
        accounts.append(Account(f"a-file{number}", "", bank, branch, digits))
    return accounts
