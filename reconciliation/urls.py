from django.urls import path

from reconciliation.views import reconcile, sync

app_name = "reconciliation"
urlpatterns = [
    path("conciliar/", reconcile.reconcile, name="reconcile"),
    path("contas/<uuid:account_id>/sincronizar/", sync.sync_now, name="sync"),
    path("contas/<uuid:account_id>/sincronizacao/", sync.sync_status, name="sync_status"),
]
