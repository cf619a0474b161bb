"""Addresses of the firm app."""

from django.urls import path

from firm.views import components, help, preferences

app_name = "firm"

urlpatterns = [
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/save/", preferences.save_preferences, name="save_preferences"),
    path("preferences/language/", preferences.language, name="language"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/money-unit/", preferences.money_unit, name="money_unit"),
    path("preferences/screen-share/", preferences.screen_share, name="screen_share"),
    path("help/", help.help_page, name="help"),
    path("components/", components.components, name="components"),
]
