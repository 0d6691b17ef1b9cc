from django.urls import path

from reconciliation.views import acts, reconcile, sync, undo

app_name = "reconciliation"
urlpatterns = [
    path("conciliar/", reconcile.reconcile, name="reconcile"),
    path("conciliar/situacoes/", reconcile.counts, name="counts"),
    path("conciliar/linhas/<uuid:line_id>/", acts.show, name="line"),
    path("conciliar/linhas/<uuid:line_id>/aceitar/", acts.accept, name="accept"),
    path("conciliar/linhas/<uuid:line_id>/vincular/", acts.match, name="match"),
    path("conciliar/linhas/<uuid:line_id>/itens/", acts.items, name="items"),
    path("conciliar/linhas/<uuid:line_id>/criar/", acts.create, name="create"),
    path("conciliar/linhas/<uuid:line_id>/transferir/", acts.transfer, name="transfer"),
    path("conciliar/linhas/<uuid:line_id>/ignorar/", acts.ignore, name="ignore"),
    path("conciliar/atos/<uuid:match_id>/desfazer/", undo.undo, name="undo"),
    path("contas/<uuid:account_id>/sincronizar/", sync.sync_now, name="sync"),
    path("contas/<uuid:account_id>/sincronizacao/", sync.sync_status, name="sync_status"),
]
