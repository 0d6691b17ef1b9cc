from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("plano-de-contas/", views.chart, name="chart"),
    path("lancamentos/", views.entries, name="entries"),
    path("lancamentos/<uuid:entry_id>/", views.entry, name="entry"),
    path("lancamentos/<uuid:entry_id>/estornar/", views.reverse, name="reverse"),
]
