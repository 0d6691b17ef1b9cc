from django.urls import path

from reconciliation.views import (
    acts,
    imports,
    opening,
    position,
    reconcile,
    rule_runs,
    rules,
    sync,
    undo,
)

FILE = "extratos/<uuid:statement_id>/"
RULE = "conciliar/regras/<uuid:rule_id>/"

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
    path("conciliar/atos/<uuid:match_id>/desfazer/", undo.undo, name="undo"),
    path("conciliar/regras/", rules.rules, name="rules"),
    path("conciliar/regras/nova/", rules.new_rule, name="new_rule"),
    path("conciliar/regras/experimentar/", rules.trial, name="try_rule"),
    path("conciliar/regras/ordem/", rules.order, name="order_rules"),
    path("conciliar/regras/aplicar/", rule_runs.apply, name="apply_rules"),
    path("conciliar/regras/aplicacoes/<uuid:rule_run_id>/", rule_runs.run, name="rule_run"),
    path(f"{RULE}", rules.rule, name="rule"),
    path(f"{RULE}ligar/", rules.switch, name="switch_rule"),
    path(f"{RULE}mover/", rules.move, name="move_rule"),
    path(f"{RULE}excluir/", rules.remove, name="remove_rule"),
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
