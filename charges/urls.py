from django.urls import include, path

from charges.views import (
    acts,
    charge,
    issuing,
    list,
    looks,
    new,
    recurrences,
    renegotiations,
    unknown,
)

app_name = "charges"
urlpatterns = [
    path("cobrancas/", list.show_list, name="list"),
    path("cobrancas/nova/", new.enter, name="new"),
    path("cobrancas/nova/pagadores/", new.suggest_payers, name="suggest_payers"),
    path("cobrancas/nova/conta/", new.show_account, name="of_account"),
    path("cobrancas/nova/previa/", new.preview, name="preview"),
    path("cobrancas/emitir/conferir/", issuing.review, name="review_issuing"),
    path("cobrancas/emitir/", issuing.issue_many, name="issue_many"),
    path("cobrancas/emissoes/<uuid:batch_id>/", issuing.show_batch, name="batch"),
    path("cobrancas/emissoes/<uuid:batch_id>/pausar/", issuing.pause, name="pause_batch"),
    path("cobrancas/emissoes/<uuid:batch_id>/continuar/", issuing.resume, name="resume_batch"),
    path("cobrancas/recorrencias/", recurrences.show_list, name="recurrences"),
    path("cobrancas/recorrencias/nova/", recurrences.enter, name="new_recurrence"),
    path("cobrancas/recorrencias/previa/", recurrences.preview, name="preview_recurrence"),
    path(
        "cobrancas/recorrencias/<uuid:recurrence_id>/",
        include(
            [
                path("", recurrences.detail, name="recurrence"),
                path("editar/", recurrences.edit, name="edit_recurrence"),
                path("pausar/", recurrences.pause, name="pause_recurrence"),
                path("retomar/", recurrences.resume, name="resume_recurrence"),
                path("encerrar/", recurrences.end, name="end_recurrence"),
                path("assumir/", recurrences.take, name="take_recurrence"),
                path("nao-cobrar/", recurrences.skip, name="skip_periods"),
                path("reajustar/", recurrences.adjust, name="adjust_recurrence"),
                path("emitir/<str:month>/", recurrences.issue, name="issue_period"),
            ]
        ),
    ),
    path("cobrancas/renegociar/", renegotiations.ask, name="renegotiate"),
    path("cobrancas/renegociar/previa/", renegotiations.preview, name="preview_renegotiation"),
    path(
        "cobrancas/renegociacoes/<uuid:renegotiation_id>/",
        renegotiations.detail,
        name="renegotiation",
    ),
    path(
        "cobrancas/renegociacoes/<uuid:renegotiation_id>/desfazer/",
        renegotiations.undo,
        name="undo_renegotiation",
    ),
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
