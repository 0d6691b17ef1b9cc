from django.urls import path
from rest_framework.routers import SimpleRouter

from payments.api.views import PayableViewSet
from payments.views import (
    acts,
    approvals,
    bill,
    delegation,
    list,
    outside,
    pay,
    rules,
    runs,
    sending,
    sending_lock,
)

router = SimpleRouter(use_regex_path=False)
router.register("api/v1/payables", PayableViewSet, basename="api-payable")

app_name = "payments"
urlpatterns = [
    path("pagamentos/", list.show_list, name="list"),
    path("pagamentos/avisos/", list.show_notes, name="notes"),
    path("pagamentos/para-aprovar/", approvals.show, name="approvals"),
    path("pagamentos/para-aprovar/conferir/", approvals.review, name="review_approvals"),
    path("pagamentos/para-aprovar/aprovar/", approvals.approve_many, name="approve_many"),
    path(
        "pagamentos/para-aprovar/reprovar/escolher/",
        approvals.choose_rejected,
        name="choose_rejected",
    ),
    path("pagamentos/para-aprovar/reprovar/", approvals.reject_many, name="reject_many"),
    path("pagamentos/para-aprovar/<uuid:payable_id>/", approvals.approve_one, name="approve_here"),
    path("pagamentos/nova/", bill.enter, name="new"),
    path("pagamentos/nova/linha/", bill.read_line, name="read_line"),
    path("pagamentos/nova/pix/", bill.read_code, name="read_code"),
    path("pagamentos/nova/favorecido/", bill.read_payee, name="read_payee"),
    path("pagamentos/baixar/", pay.pay, name="pay"),
    path("pagamentos/enviar/conferir/", sending.review, name="review_sending"),
    path("pagamentos/enviar/", acts.send_late, name="send_late"),
    path("pagamentos/envios/bloqueio/", sending_lock.show_lock, name="sending_lock"),
    path("pagamentos/envios/bloqueio/liberar/", sending_lock.release, name="release_sending"),
    path("pagamentos/envios/", runs.show_runs, name="runs"),
    path("pagamentos/envios/<uuid:run_id>/", runs.show_run, name="run"),
    path("pagamentos/<uuid:payable_id>/", bill.detail, name="detail"),
    path("pagamentos/<uuid:payable_id>/editar/", bill.edit, name="edit"),
    path("pagamentos/<uuid:payable_id>/aprovar/", acts.approve, name="approve"),
    path("pagamentos/<uuid:payable_id>/reprovar/", acts.reject, name="reject"),
    path("pagamentos/<uuid:payable_id>/pedir-aprovacao/", acts.ask_again, name="ask_again"),
    path("pagamentos/<uuid:payable_id>/cancelar/", acts.cancel, name="cancel"),
    path("pagamentos/<uuid:payable_id>/cancelar-no-banco/", acts.take_back, name="take_back"),
    path("pagamentos/<uuid:payable_id>/conferir/", acts.settle, name="settle"),
    path("pagamentos/<uuid:payable_id>/paga-fora/", outside.pay_outside, name="pay_outside"),
    path(
        "pagamentos/<uuid:payable_id>/paga-fora/desfazer/",
        outside.undo_outside,
        name="undo_outside",
    ),
    path("pagamentos/<uuid:payable_id>/enviar/", acts.send, name="send"),
    path("pagamentos/<uuid:payable_id>/liberar-boleto/", acts.lift, name="lift_title"),
    path("configuracoes/alcadas/", rules.show_rules, name="rules"),
    path("configuracoes/alcadas/gravar/", rules.save_tiers, name="save_tiers"),
    path("configuracoes/alcadas/limites/", rules.save_limits, name="save_limits"),
    path("pagamentos/delegacoes/", delegation.delegations, name="delegations"),
    path(
        "pagamentos/delegacoes/<uuid:delegation_id>/encerrar/",
        delegation.revoke,
        name="revoke_delegation",
    ),
    *router.urls,
]
