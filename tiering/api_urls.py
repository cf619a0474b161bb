"""Addresses of the tiering app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
