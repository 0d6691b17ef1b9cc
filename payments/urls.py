from django.urls import path
from rest_framework.routers import SimpleRouter

from payments.api import PayableViewSet
from payments.views import accounts, acts, bills, lists, paying, runs, undoing

router = SimpleRouter(use_regex_path=False)
router.register("api/v1/payables", PayableViewSet, basename="api-payable")

app_name = "payments"
urlpatterns = [
    path("pagamentos/", lists.show_list, name="list"),
    path("pagamentos/avisos/", lists.show_notes, name="notes"),
    path("pagamentos/nova/", bills.enter, name="new"),
    path("pagamentos/nova/linha/", bills.read_line, name="read_line"),
    path("pagamentos/nova/pix/", bills.read_code, name="read_code"),
    path("pagamentos/baixar/", paying.pay, name="pay"),
    path("pagamentos/enviar/", acts.send_late, name="send_late"),
    path("pagamentos/envios/", runs.show_runs, name="runs"),
    path("pagamentos/envios/<uuid:run_id>/", runs.show_run, name="run"),
    path(
        "configuracoes/integracoes-bancarias/<uuid:account_id>/desfazer/",
        undoing.undo_account,
        name="undo",
    ),
    path(
        "configuracoes/integracoes-bancarias/<uuid:account_id>/",
        accounts.show_account,
        name="account",
    ),
    path(
        "configuracoes/integracoes-bancarias/<uuid:account_id>/gravar/",
        accounts.save_account,
        name="save_account",
    ),
    path("pagamentos/<uuid:payable_id>/", bills.detail, name="detail"),
    path("pagamentos/<uuid:payable_id>/aprovar/", acts.approve, name="approve"),
    path("pagamentos/<uuid:payable_id>/cancelar/", acts.cancel, name="cancel"),
    path("pagamentos/<uuid:payable_id>/cancelar-no-banco/", acts.take_back, name="take_back"),
    path("pagamentos/<uuid:payable_id>/conferir/", acts.settle, name="settle"),
    path("pagamentos/<uuid:payable_id>/enviar/", acts.send, name="send"),
    *router.urls,
]
