"""A person's own pages, below `/conta/`: those of allauth that are ours take its places."""

from django.urls import path

from people.views import sessions

urlpatterns = [
    path("sessions/", sessions.show, name="account_sessions"),
    path("sessions/<int:session_id>/encerrar/", sessions.end, name="account_end_session"),
    path("sessions/encerrar-outras/", sessions.end_others, name="account_end_sessions"),
]
