from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from core.styleguide import styleguide
from kamino.home import go_home
from tenants.emails import AddressesView

# The addresses under /saude/ are answered before these (kamino.views.HealthFirst).
urlpatterns = [
    path("", go_home, name="home"),
    path("", include("tenants.urls")),
    path("", include("audit.urls")),
    path("", include("people.urls")),
    path("", include("accounts.urls")),
    path("", include("banking.urls")),
    path("", include("payments.urls")),
    path("", include("charges.urls")),
    path("", include("reconciliation.urls")),
    path("", include("integrations.urls")),
    path("", include("registers.urls")),
    path("conta/email/", AddressesView.as_view(), name="account_email"),
    path("conta/", include("people.account_urls")),
    path("conta/", include("allauth.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
]
if settings.DEBUG:
    urlpatterns.append(path("guia-visual/", styleguide))
