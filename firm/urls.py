"""Addresses of the firm app."""

from django.urls import path

from firm.views import (
    audit,
    calendar,
    components,
    going_live,
    health,
    help,
    people,
    preferences,
    work_calendars,
)

app_name = "firm"

urlpatterns = [
    path("going-live/", going_live.going_live, name="going_live"),
    path("going-live/start/", going_live.go_live, name="go_live"),
    path("going-live/four-eyes/", going_live.set_four_eyes, name="set_four_eyes"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new_person, name="new_person"),
    path("people/create/", people.create_person, name="create_person"),
    path("people/posts/<int:post>/abolish/", people.abolish, name="abolish_post"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/save/", people.save_person, name="save_person"),
    path("people/<int:pk>/posts/", people.add_post, name="add_post"),
    path("people/<int:pk>/posts/<int:holding>/end/", people.remove_post, name="remove_post"),
    path("people/<int:pk>/disable/", people.disable, name="disable"),
    path("people/<int:pk>/enable/", people.enable, name="enable"),
    path("people/<int:pk>/password-link/", people.make_password_link, name="make_password_link"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/holidays/", calendar.add_holiday, name="add_holiday"),
    path("calendar/holidays/<int:pk>/remove/", calendar.remove_holiday, name="remove_holiday"),
    path("calendar/company-days/", calendar.add_company_days, name="add_company_days"),
    path(
        "calendar/company-days/<int:pk>/remove/",
        calendar.remove_company_day,
        name="remove_company_day",
    ),
    path("calendar/months/close/", calendar.close_month, name="close_month"),
    path("calendar/months/reopen/", calendar.reopen_month, name="reopen_month"),
    path("calendar/days-file/", work_calendars.read_days, name="read_days"),
    path("calendar/days-file/add/", work_calendars.add_days, name="add_days"),
    path("calendar/hours/new/", work_calendars.new_calendar, name="new_calendar"),
    path("calendar/hours/create/", work_calendars.create_calendar, name="create_calendar"),
    path("calendar/hours/<int:pk>/", work_calendars.work_calendar, name="work_calendar"),
    path(
        "calendar/hours/<int:pk>/versions/",
        work_calendars.add_version,
        name="add_calendar_version",
    ),
    path(
        "calendar/hours/<int:pk>/versions/<int:version>/remove/",
        work_calendars.remove_version,
        name="remove_calendar_version",
    ),
    path("calendar/hours/<int:pk>/shifts/", work_calendars.add_shift, name="add_shift"),
    path(
        "calendar/hours/<int:pk>/shifts/<int:shift>/remove/",
        work_calendars.remove_shift,
        name="remove_shift",
    ),
    path("calendar/hours/<int:pk>/days-off/", work_calendars.add_days_off, name="add_days_off"),
    path(
        "calendar/hours/<int:pk>/days-off/<int:day_off>/remove/",
        work_calendars.remove_day_off,
        name="remove_day_off",
    ),
    path("audit/", audit.audit, name="audit"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/save/", preferences.save_preferences, name="save_preferences"),
    path("preferences/language/", preferences.language, name="language"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/money-unit/", preferences.money_unit, name="money_unit"),
    path("preferences/screen-share/", preferences.screen_share, name="screen_share"),
    path("help/", help.help_page, name="help"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("components/", components.components, name="components"),
]
