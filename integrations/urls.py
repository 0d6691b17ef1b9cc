from django.urls import path

from integrations.views import (
    account,
    accounts,
    charge_defaults,
    diagnosis,
    disconnect,
    ledger_account,
    plans,
)

ACCOUNT = "configuracoes/integracoes-bancarias/<uuid:account_id>/"

app_name = "integrations"
urlpatterns = [
    path("configuracoes/planos/", plans.plans, name="plans"),
    path("configuracoes/integracoes-bancarias/", accounts.integrations, name="list"),
    path(ACCOUNT, account.show_account, name="account"),
    path(f"{ACCOUNT}gravar/", account.save_account, name="save_account"),
    path(f"{ACCOUNT}cobrancas/", charge_defaults.save_charges, name="save_charges"),
    path(f"{ACCOUNT}modo-banking/", accounts.switch_banking, name="modo_banking"),
    path(f"{ACCOUNT}preferencial/", accounts.prefer, name="prefer"),
    path(f"{ACCOUNT}saude/", diagnosis.diagnosis, name="diagnosis"),
    path(f"{ACCOUNT}conta-do-ativo/", ledger_account.tie, name="ledger_account"),
    path(f"{ACCOUNT}desfazer/", disconnect.undo_account, name="disconnect"),
]
