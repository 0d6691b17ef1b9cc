from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("configuracoes/auditoria/", views.records, name="records"),
    path("configuracoes/auditoria/exportar/", views.export, name="export"),
]
