"""What the consent page and the app share."""

from simulator.core.pages import field

HEADER = '<header class="bar"><div><span class="mark">Cora</span></div></header>'
_NUMBER = 'inputmode="numeric" autocomplete="off" required'


def sign_in_fields(cpf: str) -> str:
    return field("CPF", "cpf", cpf, more=f"{_NUMBER} autofocus") + field(
        "Senha", "password", kind="password", more=_NUMBER
    )
