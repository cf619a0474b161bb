"""What a night does with the flags there are: it changes, closes and reopens, and writes nothing
where nothing differs.
"""

import datetime

import pytest

from customers.actions.activities import withdraw_activity
from tests.factories import NOW, a_contract
from tests.servicing.nights import MONTHS, NIGHT, a_night, flag, last_seen, worked
from tiering.models import Finding, FindingKind, SettledPart

pytestmark = pytest.mark.django_db

HOURS = FindingKind.HOURS
APRIL, MAY, JUNE = MONTHS
NEXT_DAY = NIGHT + datetime.timedelta(days=1)


@pytest.fixture
def customer(customer):
    a_contract(customer)  # ten hours a month
    return customer


@pytest.fixture
def work(customer, account_manager):
    def done(minutes: int, month: datetime.date = JUNE):
        return worked(customer, month, minutes=minutes, staff=account_manager)

    return done


@pytest.fixture
def flagged(customer, work):
    """Ten hours beyond in June."""
    work(1200, MAY)
    work(1200)
    a_night()
    return flag(customer, HOURS)


def resolved(finding: Finding, **settled: int) -> Finding:
    """As a person would have resolved it; what of each month is settled."""
    values = {"state": "resolved", "resolution": "billed", "reason": "請求済み", "decided_at": NOW}
    Finding.objects.filter(pk=finding.pk).update(**values)
    for month, quantity in settled.items():
        SettledPart.objects.create(
            customer=finding.customer, kind=finding.kind, quantity=quantity, finding=finding,
            month=datetime.date(2026, int(month[1:]), 1), settled_at=NOW,
        )  # fmt: skip
    return finding


def again(finding: Finding) -> Finding:
    return Finding.objects.get(pk=finding.pk)


def test_a_second_night_with_nothing_new_writes_nothing(flagged):
    assert a_night(NEXT_DAY).written == 0
    assert again(flagged) == flagged
    assert again(flagged).version == 1


def test_a_late_entry_raises_the_flag(flagged, work):
    work(60, APRIL)
    outcome = a_night(NEXT_DAY)
    assert (outcome.changed, outcome.written) == (1, 2)
    found = again(flagged)
    assert (found.quantity, found.state, found.version) == (660, "open", 2)
    assert found.observations.count() == 2


def test_a_night_says_nothing_of_the_state_that_people_gave(flagged, work):
    Finding.objects.update(state="in_progress")
    work(60, APRIL)
    a_night(NEXT_DAY)
    assert again(flagged).state == "in_progress"


def test_a_withdrawn_entry_lowers_the_flag(flagged, work, account_manager):
    entry = flagged.customer.activities.latest("day")
    Finding.objects.update(state="acknowledged")
    withdraw_activity(activity=entry, reason="重複", version=1, by=account_manager, now=NOW)
    outcome = a_night(NEXT_DAY)
    assert outcome.closed == 1, "six hundred minutes less are none beyond"
    found = again(flagged)
    assert (found.state, found.resolution, found.quantity) == ("resolved", "subsided", 600)
    seen = last_seen(found)
    assert (seen.quantity, seen.loss, seen.evidence) == (0, 0, [])
    assert a_night(NEXT_DAY).written == 0


def test_what_subsided_comes_back_as_the_same_flag(flagged, work, account_manager):
    entry = flagged.customer.activities.latest("day")
    withdraw_activity(activity=entry, reason="重複", version=1, by=account_manager, now=NOW)
    a_night(NEXT_DAY)
    work(600, APRIL)
    outcome = a_night(NEXT_DAY + datetime.timedelta(days=1))
    assert (outcome.opened, outcome.reopened) == (0, 1)
    found = again(flagged)
    assert (found.state, found.resolution) == ("open", "")
    assert found.reopened_on == NEXT_DAY + datetime.timedelta(days=1)


def test_accepted_it_stays_so_up_to_its_day(flagged, work):
    Finding.objects.update(state="accepted", accepted_until=NEXT_DAY, reason="投資")
    work(60, APRIL)
    a_night(NEXT_DAY)
    assert (again(flagged).state, again(flagged).quantity) == ("accepted", 660)
    day_after = NEXT_DAY + datetime.timedelta(days=1)
    assert a_night(day_after).reopened == 1
    found = again(flagged)
    assert (found.state, found.accepted_until, found.reopened_on) == ("open", None, day_after)
    assert a_night(day_after).written == 0


def test_accepted_and_seen_no_more_it_is_closed_after_its_day(flagged):
    """Not before: seen again meanwhile, it would be open again and its acceptance lost."""
    Finding.objects.update(state="accepted", accepted_until=NEXT_DAY, reason="投資")
    for entry in flagged.customer.activities.all():
        entry.slices.all().delete()
    assert a_night(NEXT_DAY).written == 0
    assert again(flagged).state == "accepted"
    assert a_night(NEXT_DAY + datetime.timedelta(days=1)).closed == 1
    assert again(flagged).resolution == "subsided"


def test_what_is_settled_stays_quiet(flagged):
    resolved(flagged, m6=600)
    assert a_night(NEXT_DAY).written == 0
    assert again(flagged).resolution == "billed"


@pytest.mark.parametrize(("more", "comes_back"), [(479, False), (480, True)])
def test_it_comes_back_when_the_rest_grows_by_a_fifth(flagged, work, more, comes_back):
    """2,400 minutes settled: a fifth are 480, more than the six hours that the rule asks for."""
    work(1800, APRIL)
    a_night(NEXT_DAY)
    resolved(flagged, m4=1200, m5=600, m6=600)
    work(more, JUNE)
    outcome = a_night(NEXT_DAY)
    assert outcome.reopened == comes_back
    found = again(flagged)
    assert found.state == ("open" if comes_back else "resolved")
    assert found.quantity == (480 if comes_back else 2400)


def test_what_is_settled_is_left_out_of_later_windows(flagged, work):
    """May and June are settled; July goes beyond by as much again."""
    resolved(flagged, m6=600)
    work(1200, datetime.date(2026, 7, 1))
    outcome = a_night(datetime.date(2026, 8, 10))
    assert outcome.reopened == 1
    found = again(flagged)
    assert (found.quantity, found.window_from) == (1200, MAY)
    assert last_seen(found).values["settled"] == 600


def test_the_first_night_opens_what_is_past(customer, work, firm):
    work(3000)
    a_night()
    assert flag(customer, HOURS).is_past


def test_later_nights_open_what_is_new(customer, work, firm):
    firm.flags_since = NIGHT - datetime.timedelta(days=1)
    firm.save()
    work(3000)
    a_night()
    assert not flag(customer, HOURS).is_past


def test_the_first_night_run_again_still_opens_what_is_past(customer, work, firm):
    firm.flags_since = NIGHT
    firm.save()
    work(3000)
    a_night()
    assert flag(customer, HOURS).is_past
