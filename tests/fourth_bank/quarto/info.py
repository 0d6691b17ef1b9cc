"""What is known of Banco Quarto without calling it."""

from banking.banks.contract.info import (
    BankInfo,
    Capability,
    ConnectBy,
    FieldKind,
    Mode,
    ModeField,
)

KEYS = Mode(
    slug="chaves",
    name="Chaves de acesso",
    by=ConnectBy.FORM,
    pitch="Você cria as chaves no banco e copia para cá.",
    steps=("No banco, crie uma chave de acesso.", "Copie a chave e o segredo para cá."),
    fields=(
        ModeField("key", "Chave", longest=40),
        ModeField("secret", "Segredo", FieldKind.HIDDEN, longest=40),
    ),
    renews_itself=True,
)

INFO = BankInfo(
    slug="quarto",
    name="Banco Quarto",
    compe="997",
    plans=frozenset({"north", "track"}),
    capabilities=frozenset(
        {Capability.FETCH_IDENTITY, Capability.FETCH_BALANCE, Capability.FETCH_STATEMENT}
    ),
    cut_off={},
    idempotency_window=None,
    approval_in_bank=False,
    pitch="Saldo e extrato da conta que a empresa já tem no Banco Quarto.",
    modes=(KEYS,),
    opening_steps=("Peça a abertura no Banco Quarto.", "Com a conta aberta, volte aqui."),
    colour="#4a2d7a",
)
