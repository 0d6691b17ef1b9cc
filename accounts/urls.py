from django.urls import path

from accounts.views import books, groups, importing

GROUPS = "configuracoes/grupos-de-classificacao/"

app_name = "accounts"
urlpatterns = [
    path("plano-de-contas/", books.chart, name="chart"),
    path("lancamentos/", books.entries, name="entries"),
    path("lancamentos/<uuid:entry_id>/", books.entry, name="entry"),
    path("lancamentos/<uuid:entry_id>/estornar/", books.reverse, name="reverse"),
    path(GROUPS, groups.groups, name="groups"),
    path(f"{GROUPS}exportar/", importing.export, name="export"),
    path(f"{GROUPS}importar/", importing.upload, name="import"),
    path(f"{GROUPS}importar/confirmar/", importing.confirm, name="import_confirm"),
    path(f"{GROUPS}casa/", groups.mark_home, name="mark_home"),
    path(f"{GROUPS}grupos/novo/", groups.new_group, name="new_group"),
    path(f"{GROUPS}grupos/<uuid:group_id>/", groups.group, name="group"),
    path(f"{GROUPS}grupos/<uuid:group_id>/arquivar/", groups.archive_group, name="archive_group"),
    path(f"{GROUPS}grupos/<uuid:group_id>/reativar/", groups.restore_group, name="restore_group"),
    path(f"{GROUPS}grupos/<uuid:group_id>/excluir/", groups.delete_group, name="delete_group"),
    path(f"{GROUPS}contas/nova/", groups.new_account, name="new_account"),
    path(f"{GROUPS}contas/<uuid:leaf_id>/", groups.account, name="account"),
    path(f"{GROUPS}contas/<uuid:leaf_id>/arquivar/", groups.archive_leaf, name="archive_account"),
    path(f"{GROUPS}contas/<uuid:leaf_id>/reativar/", groups.restore_leaf, name="restore_account"),
    path(f"{GROUPS}contas/<uuid:leaf_id>/excluir/", groups.delete_leaf, name="delete_account"),
]
