from django.urls import path

from tenants import views

app_name = "tenants"
urlpatterns = [
    path("empresas/trocar/", views.switch, name="switch"),
    path("avisos/<uuid:notice_id>/fechar/", views.close_notice, name="close_notice"),
]
