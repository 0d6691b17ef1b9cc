from django.urls import path

from banking.views import (
    connecting,
    diagnosis,
    integrations,
    plans,
    reconcile,
    syncing,
    tying,
    webhook,
)

app_name = "banking"
urlpatterns = [
    path("conciliar/", reconcile.reconcile, name="reconcile"),
    path("contas/<uuid:account_id>/sincronizar/", syncing.sync_now, name="sync"),
    path("contas/<uuid:account_id>/sincronizacao/", syncing.sync_status, name="sync_status"),
    path("contas/conectar/", connecting.choose, name="choose"),
    path("contas/conectar/<slug:provider>/ir/", connecting.go, name="go"),
    path(
        "contas/conectar/<slug:provider>/retorno/", connecting.consent_return, name="consent_return"
    ),
    path("contas/conectar/<slug:provider>/", connecting.ways, name="ways"),
    path("contas/conectar/<slug:provider>/<slug:mode>/", connecting.mode, name="mode"),
    path("contas/conectar/<slug:provider>/<slug:mode>/ir/", connecting.go, name="go"),
    path("contas/conexoes/<uuid:connection_id>/", connecting.connection, name="connection"),
    path("configuracoes/planos/", plans.plans, name="plans"),
    path("configuracoes/integracoes-bancarias/", integrations.integrations, name="integrations"),
    path(
        "configuracoes/integracoes-bancarias/<uuid:account_id>/modo-banking/",
        integrations.switch_banking,
        name="modo_banking",
    ),
    path(
        "configuracoes/integracoes-bancarias/<uuid:account_id>/preferencial/",
        integrations.prefer,
        name="prefer",
    ),
    path(
        "configuracoes/integracoes-bancarias/<uuid:account_id>/saude/",
        diagnosis.diagnosis,
        name="diagnosis",
    ),
    path(
        "configuracoes/integracoes-bancarias/<uuid:account_id>/conta-do-ativo/",
        tying.tie,
        name="tie",
    ),
    path(
        "webhooks/<slug:provider>/<uuid:connection_id>/<str:secret>/",
        webhook.webhook,
        name="webhook",
    ),
]
