from django.urls import path

from reconciliation.views import acts, imports, opening, position, reconcile, sync, talk, undo

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
    path("conciliar/linhas/<uuid:line_id>/vincular/", acts.match, name="match"),
    path("conciliar/linhas/<uuid:line_id>/itens/", acts.items, name="items"),
    path("conciliar/linhas/<uuid:line_id>/criar/", acts.create, name="create"),
    path("conciliar/linhas/<uuid:line_id>/transferir/", acts.transfer, name="transfer"),
    path("conciliar/linhas/<uuid:line_id>/ignorar/", acts.ignore, name="ignore"),
    path("conciliar/linhas/<uuid:line_id>/detalhes/", talk.details, name="details"),
    path("conciliar/linhas/<uuid:line_id>/comentar/", talk.comment, name="comment"),
    path("conciliar/linhas/<uuid:line_id>/perguntar/", talk.ask, name="ask"),
    path("conciliar/linhas/<uuid:line_id>/anexar/", talk.attach, name="attach"),
    path("conciliar/perguntas/", talk.list_questions, name="questions"),
    path("conciliar/perguntas/abrir/<str:token>/", talk.open_question, name="open_question"),
    path("conciliar/perguntas/<uuid:question_id>/", talk.question, name="question"),
    path(
        "conciliar/perguntas/<uuid:question_id>/retirar/",
        talk.withdraw_question,
        name="withdraw_question",
    ),
    path("conciliar/anexos/<uuid:attachment_id>/", talk.line_file, name="line_file"),
    path("conciliar/anexos/<uuid:attachment_id>/remover/", talk.remove_file, name="remove_file"),
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
