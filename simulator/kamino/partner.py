"""Who the product is at the simulated Conta Kamino, and how it finds it."""

from collections.abc import Mapping

# Made up: who holds the accounts there.
INSTITUTION, INSTITUTION_CNPJ = "Banco Simulado Instituição de Pagamento S.A.", "90000001000129"

CLIENT_ID, CLIENT_SECRET = "partner_kamino_demo", "kps_demo_4e1c7f0b9a2d4c66"


def environment(addresses: Mapping[str, str]) -> dict[str, str]:
    return {
        "KAMINO_BASE_URL": addresses["kamino"],
        "KAMINO_CLIENT_ID": CLIENT_ID,
        "KAMINO_CLIENT_SECRET": CLIENT_SECRET,
        "KAMINO_INSTITUTION_NAME": INSTITUTION,
        "KAMINO_INSTITUTION_CNPJ": INSTITUTION_CNPJ,
    }
