"""A person's own pages, below `/conta/`: those of allauth that are ours take its places."""

from django.urls import path

from people.views import factors, not_me, sessions

urlpatterns = [
    path("password/change/", factors.ChangePassword.as_view(), name="account_change_password"),
    path("2fa/", factors.Factors.as_view(), name="mfa_index"),
    path("2fa/codigo/", factors.enrolment_code, name="account_enrolment_code"),
    path("2fa/codigo/enviar/", factors.send_enrolment_code, name="account_send_enrolment_code"),
    path("2fa/totp/activate/", factors.AddApp.as_view(), name="mfa_activate_totp"),
    path("2fa/webauthn/", factors.Passkeys.as_view(), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        factors.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("nao-fui-eu/<str:token>/", not_me.not_me, name="account_not_me"),
    path("email/desfazer/<str:token>/", not_me.undo_email, name="account_undo_email"),
    path("sessions/", sessions.show, name="account_sessions"),
    path("sessions/<int:session_id>/encerrar/", sessions.end, name="account_end_session"),
    path("sessions/encerrar-outras/", sessions.end_others, name="account_end_sessions"),
]
