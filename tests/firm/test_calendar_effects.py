"""What an edit of the calendars would shift: shown before it is made, true, and never written."""

import datetime
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.actions import RevisionData, TermLine, sign_contract
from customers.models import Activity, ActivitySlice
from firm import actions, dates
from firm.business_time import Hours, Week
from firm.calendar_effects import as_if_held, effects_of
from firm.models import (
    AuditEvent,
    CalendarDay,
    CalendarVersion,
    CompanyDay,
    Holiday,
    WorkCalendar,
)
from firm.refusals import Refused
from tests.factories import LONG_AGO, NOW, a_contract, a_customer, a_person

pytestmark = pytest.mark.django_db

# A Monday, and the Friday before it: the firm works from nine to six.
MONDAY = datetime.date(2026, 8, 3)
FRIDAY_EVENING = datetime.datetime(2026, 7, 31, 17, 50)
DAY = datetime.timedelta(days=1)
TEN_TO_FOUR = Week(hours=((Hours(600, 960),),) * 5 + ((), ()))


@pytest.fixture
def office():
    return WorkCalendar.objects.get(is_firms=True)


@pytest.fixture
def branch(office, back_office):
    """A calendar of its own, open on company days; a contract with 4 hours' response goes by it."""
    branch = actions.add_calendar(
        name="支店", zone="Asia/Tokyo", week=TEN_TO_FOUR, country="", off_on_company_days=False,
        by=back_office, now=NOW,
    )  # fmt: skip
    sign_contract(
        customer=a_customer(), name="保守", template="maintenance", valid_from=LONG_AGO,
        valid_to=None, data=RevisionData(), by=None, now=NOW,
        terms=[TermLine("support_hours", calendar=branch), TermLine("response", amount=240)],
    )  # fmt: skip
    return branch


def closed_on_monday(by):
    return partial(
        actions.add_company_days, first=MONDAY, last=MONDAY, name="創立記念日", by=by, now=NOW
    )


def work(day, start_minute, minutes=60):
    activity = Activity.objects.create(
        customer=a_customer(), staff=a_person(), day=day, minutes=minutes, cause="in_contract"
    )
    ActivitySlice.objects.create(
        activity=activity, customer=activity.customer, day=day, start_minute=start_minute,
        minutes=minutes, cost=0,
    )  # fmt: skip


def test_an_enquiry_before_closing_is_due_a_day_later(back_office, office, branch):
    a_contract(a_customer(), terms=[TermLine("response", amount=60)])
    effects = effects_of(closed_on_monday(back_office), first=MONDAY, last=MONDAY, now=NOW)
    (shifted,) = effects.calendars  # the branch works on company days
    (shift,) = shifted.shifts
    assert (shifted.calendar, shifted.contracts) == (office, 1)
    assert shift.arrives == FRIDAY_EVENING
    assert shift.before == datetime.datetime(2026, 8, 3, 9, 50)
    assert shift.after == datetime.datetime(2026, 8, 4, 9, 50)
    assert effects.marked is None  # no entry can lie there yet


def test_what_was_tried_is_what_then_happens_and_nothing_was_written(back_office, office):
    days = CalendarDay.objects.count()
    effects = effects_of(closed_on_monday(back_office), first=MONDAY, last=MONDAY, now=NOW)
    assert not CompanyDay.objects.exists()
    assert not AuditEvent.objects.filter(code="company_days_added").exists()
    assert CalendarDay.objects.count() == days
    closed_on_monday(back_office)()
    again = effects_of(lambda: None, first=MONDAY, last=MONDAY, now=NOW)
    assert again.calendars == []
    assert effects.calendars[0].shifts[0].after is not None


def test_a_day_off_anyway_shifts_nothing(back_office):
    sunday = MONDAY - DAY
    edit = partial(actions.add_holiday, day=sunday, name="祝日", by=back_office, now=NOW)
    assert effects_of(edit, first=sunday, last=sunday, now=NOW).calendars == []


def test_a_half_day_shifts_what_comes_before_noon(back_office, office):
    half = partial(
        actions.add_shift, calendar=office, day=MONDAY, name="半日",
        spans=(Hours(9 * 60, 12 * 60),), by=back_office, now=NOW,
    )  # fmt: skip
    (shifted,) = effects_of(half, first=MONDAY, last=MONDAY, now=NOW).calendars
    (shift,) = shifted.shifts
    assert shift.arrives == datetime.datetime(2026, 8, 3, 11, 50)
    assert shift.before == datetime.datetime(2026, 8, 3, 12, 50)
    assert shift.after == datetime.datetime(2026, 8, 4, 9, 50)


def test_taking_a_day_off_away_shifts_it_back(back_office):
    closed_on_monday(back_office)()

    def removed():
        day = CompanyDay.objects.get()
        actions.remove_company_day(day=day, by=back_office, now=NOW)

    (shifted,) = effects_of(removed, first=MONDAY, last=MONDAY, now=NOW).calendars
    (shift,) = shifted.shifts
    assert shift.arrives == FRIDAY_EVENING
    assert shift.before == datetime.datetime(2026, 8, 4, 9, 50)
    assert shift.after == datetime.datetime(2026, 8, 3, 9, 50)
    assert CompanyDay.objects.exists()


def test_other_hours_are_held_against_the_last_ninety_days(back_office, office):
    thursday = datetime.date(2026, 7, 9)
    work(thursday, 9 * 60)  # in hours from nine, outside those from ten
    work(thursday, 12 * 60)
    work(thursday, 20 * 60)  # outside both
    work(thursday - 120 * DAY, 9 * 60)  # too long ago to be asked
    hours = {"week": TEN_TO_FOUR, "country": "JP", "off_on_company_days": True}
    versions = CalendarVersion.objects.count()
    effects = effects_of(
        partial(
            actions.add_calendar_version, calendar=office, effective_from=MONDAY,
            by=back_office, now=NOW, **hours,
        ),
        first=MONDAY,
        now=NOW,
        past=as_if_held(office, now=NOW, **hours),
    )  # fmt: skip
    assert effects.marked == (1, 2)
    assert CalendarVersion.objects.count() == versions
    assert effects.calendars[0].shifts[0].after == datetime.datetime(2026, 8, 3, 10, 50)


def test_a_day_that_has_passed_tells_of_its_entries(back_office):
    thursday = datetime.date(2026, 7, 9)
    work(thursday, 12 * 60)
    edit = partial(actions.add_holiday, day=thursday, name="祝日", by=back_office, now=NOW)
    effects = effects_of(edit, first=thursday, last=thursday, now=NOW)
    assert effects.marked == (0, 1)


def test_what_cannot_be_done_cannot_be_tried(back_office, account_manager):
    with pytest.raises(Refused):
        effects_of(closed_on_monday(account_manager), first=MONDAY, last=MONDAY, now=NOW)


class TestPages:
    def soon(self):
        """The next Wednesday after a week: a working day for sure to shift what comes before."""
        day = dates.today() + 7 * DAY
        while day.weekday() != 2 or Holiday.objects.filter(day=day).exists():
            day += DAY
        return day.isoformat()

    def test_a_company_day_is_tried_and_not_added(self, client_of, back_office):
        data = {"own-first": self.soon(), "own-name": "創立記念日", "try": "1"}
        client, url = client_of(back_office), reverse("firm:add_company_days")
        page = client.post(url, data)
        text = page.content.decode()
        assert page.status_code == 200
        assert "変わる期限" in text
        assert "創立記念日" in text  # what was typed is still there
        assert not CompanyDay.objects.exists()
        del data["try"]
        assert client.post(url, data).status_code == 302
        assert CompanyDay.objects.exists()

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("firm:add_shift", {"shift-spans": "10:00-11:00", "shift-name": "半日"}),
            ("firm:add_days_off", {"off-name": "休業"}),
            ("firm:add_calendar_version", {"version-hours_0": "10:00-12:00"}),
        ],
    )
    def test_each_edit_of_a_calendar_can_be_tried(self, name, data, client_of, back_office, office):
        day = self.soon()
        days = {"shift-day": day, "off-first": day, "version-effective_from": day}
        before = AuditEvent.objects.count()
        url = reverse(name, args=[office.pk])
        page = client_of(back_office).post(url, {**days, **data, "try": "1"})
        assert page.status_code == 200
        assert "変わる期限" in page.content.decode()
        assert AuditEvent.objects.count() == before

    def test_a_refusal_is_told_when_trying_too(self, client_of, back_office):
        data = {"own-first": "2026-08-03", "own-last": "2026-01-01", "own-name": "x", "try": "1"}
        assert (
            client_of(back_office).post(reverse("firm:add_company_days"), data).status_code == 422
        )

    @pytest.mark.parametrize("name", ["holiday", "company_day", "shift", "day_off", "version"])
    def test_a_removal_is_shown_with_what_it_shifts_and_then_made(
        self, name, client_of, back_office, office
    ):
        day = datetime.date.fromisoformat(self.soon())
        who = {"by": back_office, "now": timezone.now()}
        on, of = {"day": day, "name": "棚卸"}, {"calendar": office}
        half, week = (Hours(9 * 60, 12 * 60),), (Hours(600, 960),)
        add = {
            "holiday": lambda: actions.add_holiday(**on, **who),
            "company_day": lambda: actions.add_days(days={day: "棚卸"}, calendar=None, **who),
            "shift": lambda: actions.add_shift(**on, **of, spans=half, **who),
            "day_off": lambda: actions.add_days(days={day: "棚卸"}, calendar=office, **who),
            "version": lambda: actions.add_calendar_version(
                **of, **who, effective_from=day, week=Week(hours=(week,) * 7), country="JP",
                off_on_company_days=True,
            ),
        }  # fmt: skip
        add[name]()
        rows, address = {
            "holiday": (Holiday.objects.filter(name="棚卸"), "firm:remove_holiday"),
            "company_day": (CompanyDay.objects, "firm:remove_company_day"),
            "shift": (office.shifts, "firm:remove_shift"),
            "day_off": (office.days_off, "firm:remove_day_off"),
            "version": (office.versions.filter(effective_from=day), "firm:remove_calendar_version"),
        }[name]
        of_calendar = [] if "holiday" in name or "company" in name else [office.pk]
        url, browser = reverse(address, args=[*of_calendar, rows.get().pk]), client_of(back_office)
        page = browser.post(url, {"try": "1"})
        (shifted,) = page.context["effects"].calendars
        assert shifted.shifts[0].moves
        assert "を外しますか" in page.content.decode()
        assert rows.exists()
        assert browser.post(url).status_code == 302
        assert not rows.exists()
