"""The terms of the account, and GET /v1/terms."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

from simulator.kamino.answers import answer
from simulator.kamino.bank import Kamino, kamino_of

TEXT = """\
Conta Kamino: termos de abertura e uso

1. A Conta Kamino é uma conta de pagamento em nome da empresa, aberta pela internet e sem tarifa \
de manutenção.
2. Quem aceita declara ter poderes para abrir a conta em nome da empresa e que os dados informados \
são verdadeiros.
3. O Kamino poderá consultar saldo e extrato, emitir cobranças e pedir pagamentos por TED, boleto \
e Pix em nome da empresa.
4. Nenhum pagamento sai sem a aprovação de uma pessoa autorizada no aplicativo da Conta Kamino.
5. Os dados da conta são tratados conforme a Lei Geral de Proteção de Dados (Lei 13.709/2018) e \
usados apenas para prestar este serviço.
6. O vínculo com o Kamino pode ser desfeito a qualquer momento, por qualquer das partes; a conta e \
o dinheiro continuam da empresa.
7. A conta pode ser encerrada pela empresa quando não houver saldo nem pagamentos em andamento.
"""


def text(bank: Kamino) -> str:
    return TEXT + bank.settings.terms_suffix


def version(bank: Kamino) -> str:
    return hashlib.sha256(text(bank).encode()).hexdigest()[:16]


async def show(request: Request) -> Response:
    bank = kamino_of(request)
    return answer({"version": version(bank), "text": text(bank)})
