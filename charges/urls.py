from django.urls import path

from charges.views import acts, cancelling, charge, debtors, issuing, list, looks, new, unknown

app_name = "charges"
urlpatterns = [
    path("cobrancas/", list.show_list, name="list"),
    path("cobrancas/nova/", new.enter, name="new"),
    path("cobrancas/nova/pagadores/", new.suggest_payers, name="suggest_payers"),
    path("cobrancas/nova/conta/", new.show_account, name="of_account"),
    path("cobrancas/nova/previa/", new.preview, name="preview"),
    path("cobrancas/emitir/conferir/", issuing.review, name="review_issuing"),
    path("cobrancas/emitir/", issuing.issue_many, name="issue_many"),
    path("cobrancas/cancelar/conferir/", cancelling.review, name="review_cancelling"),
    path("cobrancas/cancelar/", cancelling.cancel_many, name="cancel_many"),
    path("cobrancas/devedores/", debtors.show_debtors, name="debtors"),
    path("cobrancas/emissoes/<uuid:batch_id>/", issuing.show_batch, name="batch"),
    path("cobrancas/emissoes/<uuid:batch_id>/pausar/", issuing.pause, name="pause_batch"),
    path("cobrancas/emissoes/<uuid:batch_id>/continuar/", issuing.resume, name="resume_batch"),
    path("cobrancas/<uuid:charge_id>/", charge.detail, name="detail"),
    path("cobrancas/<uuid:charge_id>/editar/", new.edit, name="edit"),
    path("cobrancas/<uuid:charge_id>/duplicar/", charge.duplicate, name="duplicate"),
    path("cobrancas/<uuid:charge_id>/emitir/", issuing.issue, name="issue"),
    path("cobrancas/<uuid:charge_id>/cancelar/", acts.cancel, name="cancel"),
    path("cobrancas/<uuid:charge_id>/mudar/", acts.change, name="change"),
    path("cobrancas/<uuid:charge_id>/recebida/", acts.receive, name="receive"),
    path("cobrancas/<uuid:charge_id>/dispensar-resto/", acts.waive, name="waive"),
    path("cobrancas/<uuid:charge_id>/conferir/", looks.look, name="look"),
    path("cobrancas/<uuid:charge_id>/nao-consta/", unknown.missing, name="missing"),
    path("cobrancas/<uuid:charge_id>/consta/", unknown.found, name="found"),
    path("cobrancas/<uuid:charge_id>/emitir-de-novo/", unknown.again, name="issue_again"),
    path("cobrancas/recebimentos/<uuid:settlement_id>/substituir/", looks.replace, name="replace"),
    path("cobrancas/recebimentos/<uuid:settlement_id>/manter/", looks.keep, name="keep"),
]
