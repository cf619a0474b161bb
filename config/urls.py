"""Every address, composed from the apps'. tests/test_authorisation.py holds a row for each."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

handler404 = "firm.not_found.not_found"

urlpatterns = [
    path("", include("firm.urls")),
    path("", include("customers.urls")),
    path("", include("tiering.urls")),
    path("", include("escalation.urls")),
    # An address is who somebody is here: an administrator's to change, not their own.
    path("account/email/", RedirectView.as_view(pattern_name="firm:preferences")),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("config.api")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
    path("admin/", admin.site.urls),
]
