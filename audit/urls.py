from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("configuracoes/auditoria/", views.records, name="records"),
    path("configuracoes/acessos/", views.sign_ins, name="sign_ins"),
    path("configuracoes/auditoria/exportar/", views.export, name="export"),
]
