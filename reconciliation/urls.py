from django.urls import path

from reconciliation.views import opening, position, reconcile, sync

app_name = "reconciliation"
urlpatterns = [
    path("conciliar/", reconcile.reconcile, name="reconcile"),
    path("contas/<uuid:account_id>/sincronizar/", sync.sync_now, name="sync"),
    path("contas/<uuid:account_id>/sincronizacao/", sync.sync_status, name="sync_status"),
    path("contas/<uuid:account_id>/diferenca/", position.part, name="part"),
    path("contas/<uuid:account_id>/dias/", position.days, name="days"),
    path("contas/<uuid:account_id>/saldo-de-abertura/", opening.opening, name="opening"),
    path(
        "contas/<uuid:account_id>/saldo-de-abertura/agora-nao/",
        opening.put_off,
        name="put_off_opening",
    ),
]
