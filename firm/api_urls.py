"""Addresses of the firm app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
