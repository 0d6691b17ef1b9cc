from django.urls import path

from registers.views import destinations, merges, payees, payer_export, payers

app_name = "registers"
urlpatterns = [
    path("favorecidos/", payees.show_list, name="list"),
    path("favorecidos/novo/", payees.enter, name="new"),
    path("favorecidos/repouso/", payees.rest, name="rest"),
    path("favorecidos/<uuid:payee_id>/", payees.show, name="payee"),
    path("favorecidos/<uuid:payee_id>/corrigir/", payees.correct, name="correct"),
    path("favorecidos/<uuid:payee_id>/arquivar/", payees.archive, name="archive"),
    path("favorecidos/<uuid:payee_id>/reativar/", payees.restore, name="restore"),
    path("favorecidos/<uuid:payee_id>/dados/novo/", destinations.enter, name="enter"),
    path("favorecidos/<uuid:payee_id>/unir/", merges.propose, name="merge"),
    path("favorecidos/dados/<uuid:destination_id>/", destinations.confirm, name="confirm"),
    path("favorecidos/dados/<uuid:destination_id>/arquivar/", destinations.archive, name="refuse"),
    path("favorecidos/unioes/<uuid:merge_id>/", merges.decide, name="decide"),
    path("pagadores/", payers.show_list, name="payers"),
    path("pagadores/exportar/<slug:kind>/", payer_export.export, name="payers_export"),
    path("pagadores/novo/", payers.enter, name="payer_new"),
    path("pagadores/<uuid:payer_id>/", payers.show, name="payer"),
    path("pagadores/<uuid:payer_id>/corrigir/", payers.edit, name="payer_edit"),
    path("pagadores/<uuid:payer_id>/arquivar/", payers.archive, name="payer_archive"),
    path("pagadores/<uuid:payer_id>/reativar/", payers.restore, name="payer_restore"),
]
