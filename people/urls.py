from django.urls import path

from people.views import changes, exceptions, invitations, join, members

PAGE = "configuracoes/pessoas/"

EXCEPTIONS = "excecoes/"

app_name = "people"
urlpatterns = [
    path(PAGE, members.people, name="list"),
    path(f"{PAGE}convidar/", invitations.invite, name="invite"),
    path(f"{PAGE}convites/<uuid:invitation_id>/reenviar/", invitations.resend, name="resend"),
    path(f"{PAGE}convites/<uuid:invitation_id>/revogar/", invitations.revoke, name="revoke"),
    path(f"{PAGE}mudancas/<uuid:change_id>/confirmar/", changes.confirm, name="confirm"),
    path(f"{PAGE}mudancas/<uuid:change_id>/barrar/", changes.stop, name="stop"),
    path(f"{PAGE}<uuid:membership_id>/", members.member, name="member"),
    path(f"{PAGE}<uuid:membership_id>/remover/", members.remove, name="remove"),
    path(f"{PAGE}<uuid:membership_id>/segundo-fator/", members.reset, name="reset_factor"),
    path(EXCEPTIONS, exceptions.exceptions, name="exceptions"),
    path(f"{EXCEPTIONS}limite/", exceptions.save_limit, name="exception_limit"),
    path(f"{EXCEPTIONS}<uuid:act_id>/liberar/", exceptions.release, name="release"),
    path(f"{EXCEPTIONS}<uuid:act_id>/recusar/", exceptions.refuse, name="refuse"),
    path(f"{EXCEPTIONS}<uuid:act_id>/retirar/", exceptions.withdraw, name="withdraw"),
    path("convite/<str:token>/", join.join, name="join"),
    path("convite/<str:token>/sair/", join.leave, name="leave"),
]
