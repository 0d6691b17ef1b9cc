from django.urls import path

from accounts.views import (
    chart,
    cost_centers,
    importing,
    journal,
    journal_export,
    new_entry,
    tax_reform,
)

GROUPS = "configuracoes/grupos-de-classificacao/"
CENTERS = "centros-de-custo/"
CENTER = f"{CENTERS}<uuid:center_id>/"

app_name = "accounts"
urlpatterns = [
    path("plano-de-contas/", journal.chart, name="chart"),
    path(CENTERS, cost_centers.cost_centers, name="cost_centers"),
    path(f"{CENTERS}novo/", cost_centers.new_center, name="new_cost_center"),
    path(CENTER, cost_centers.center, name="cost_center"),
    path(f"{CENTER}arquivar/", cost_centers.archive, name="archive_cost_center"),
    path(f"{CENTER}reativar/", cost_centers.restore, name="restore_cost_center"),
    path("lancamentos/", journal.entries, name="entries"),
    path("lancamentos/novo/", new_entry.enter, name="new_entry"),
    path("lancamentos/exportar/<str:kind>/", journal_export.export, name="export_entries"),
    path("lancamentos/<uuid:entry_id>/", journal.entry, name="entry"),
    path("lancamentos/<uuid:entry_id>/estornar/", journal.reverse, name="reverse"),
    path("configuracoes/reforma-tributaria/", tax_reform.tax_reform, name="tax_reform"),
    path(GROUPS, chart.groups, name="groups"),
    path(f"{GROUPS}exportar/", importing.export, name="export"),
    path(f"{GROUPS}importar/", importing.upload, name="import"),
    path(f"{GROUPS}importar/confirmar/", importing.confirm, name="import_confirm"),
    path(f"{GROUPS}casa/", chart.mark_home, name="mark_home"),
    path(f"{GROUPS}grupos/novo/", chart.new_group, name="new_group"),
    path(f"{GROUPS}grupos/<uuid:group_id>/", chart.group, name="group"),
    path(f"{GROUPS}grupos/<uuid:group_id>/arquivar/", chart.archive_group, name="archive_group"),
    path(f"{GROUPS}grupos/<uuid:group_id>/reativar/", chart.restore_group, name="restore_group"),
    path(f"{GROUPS}grupos/<uuid:group_id>/excluir/", chart.delete_group, name="delete_group"),
    path(f"{GROUPS}contas/nova/", chart.new_account, name="new_account"),
    path(f"{GROUPS}contas/<uuid:leaf_id>/", chart.account, name="account"),
    path(f"{GROUPS}contas/<uuid:leaf_id>/arquivar/", chart.archive_leaf, name="archive_account"),
    path(f"{GROUPS}contas/<uuid:leaf_id>/reativar/", chart.restore_leaf, name="restore_account"),
    path(f"{GROUPS}contas/<uuid:leaf_id>/excluir/", chart.delete_leaf, name="delete_account"),
]
