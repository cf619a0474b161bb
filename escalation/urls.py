"""Addresses of the escalation app."""

from django.urls import path

from escalation.views import first

app_name = "escalation"

urlpatterns = [
    path("", first.first, name="first"),
    path("demo/enter/", first.enter, name="enter"),
]
