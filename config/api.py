"""The addresses of /api/v1, composed from the apps'."""

from django.urls import include, path

urlpatterns = [
    path("", include("firm.api_urls")),
    path("", include("customers.api_urls")),
    path("", include("tiering.api_urls")),
]
