from django.urls import path

from reconciliation.views import imports, opening, position, reconcile, sync

FILE = "extratos/<uuid:statement_id>/"

app_name = "reconciliation"
urlpatterns = [
    path("conciliar/", reconcile.reconcile, name="reconcile"),
    path("contas/<uuid:account_id>/extratos/", imports.upload, name="imports"),
    path(f"{FILE}", imports.show, name="import"),
    path(f"{FILE}colunas/", imports.columns, name="import_columns"),
    path(f"{FILE}responder/", imports.answer, name="import_answer"),
    path(f"{FILE}aplicar/", imports.apply, name="import_apply"),
    path(f"{FILE}desfazer/", imports.undo, name="import_undo"),
    path(f"{FILE}descartar/", imports.discard, name="import_discard"),
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
