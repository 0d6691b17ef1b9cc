from django.urls import path

from banking.views import allocation, connections, other, webhook

app_name = "banking"
urlpatterns = [
    path("contas/conectar/", connections.choose, name="choose"),
    path("contas/outro-banco/", other.add, name="other"),
    path("contas/conectar/<slug:provider>/ir/", connections.go, name="go"),
    path(
        "contas/conectar/<slug:provider>/retorno/",
        connections.consent_return,
        name="consent_return",
    ),
    path("contas/conectar/<slug:provider>/", connections.ways, name="ways"),
    path("contas/conectar/<slug:provider>/<slug:mode>/", connections.mode, name="mode"),
    path("contas/conectar/<slug:provider>/<slug:mode>/ir/", connections.go, name="go"),
    path("contas/conexoes/<uuid:connection_id>/", connections.connection, name="connection"),
    path("conciliar/<uuid:allocation_id>/desfazer/", allocation.undo, name="undo_allocation"),
    path(
        "webhooks/<slug:provider>/<uuid:connection_id>/<str:secret>/",
        webhook.webhook,
        name="webhook",
    ),
]
