"""What the consent page and BS2 Empresas share."""

from simulator.core.pages import field

HEADER = '<header class="bar"><div><span class="mark">BS2 Empresas</span></div></header>'
_NUMBER = 'inputmode="numeric" autocomplete="off" required'


def sign_in_fields(cpf: str) -> str:
    return field("CPF", "cpf", cpf, more=f"{_NUMBER} autofocus") + field(
        "Senha", "password", kind="password", more=_NUMBER
    )
