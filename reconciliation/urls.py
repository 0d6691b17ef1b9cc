from django.urls import path

from reconciliation.views import (
    acts,
    bulk,
    give_back,
    imports,
    match,
    opening,
    position,
    reconcile,
    sync,
    undo,
)

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
    path("conciliar/situacoes/", reconcile.counts, name="counts"),
    path("conciliar/linhas/<uuid:line_id>/", acts.show, name="line"),
    path("conciliar/linhas/<uuid:line_id>/aceitar/", acts.accept, name="accept"),
    path("conciliar/linhas/<uuid:line_id>/vincular/", match.match, name="match"),
    path("conciliar/linhas/<uuid:line_id>/itens/", match.items, name="items"),
    path("conciliar/linhas/<uuid:line_id>/pessoas/", acts.parties, name="parties"),
    path("conciliar/linhas/<uuid:line_id>/devolver/", give_back.give_back, name="give_back"),
    path("conciliar/linhas/<uuid:line_id>/criar/", acts.create, name="create"),
    path("conciliar/linhas/<uuid:line_id>/transferir/", acts.transfer, name="transfer"),
    path("conciliar/linhas/<uuid:line_id>/ignorar/", acts.ignore, name="ignore"),
    path("conciliar/selecao/", bulk.selected, name="selected"),
    path("conciliar/em-lote/", bulk.review, name="review_bulk"),
    path("conciliar/em-lote/<uuid:bulk_id>/", bulk.progress, name="bulk"),
    path("conciliar/em-lote/<uuid:bulk_id>/confirmar/", bulk.confirm, name="confirm_bulk"),
    path("conciliar/atos/<uuid:match_id>/desfazer/", undo.undo, name="undo"),
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
