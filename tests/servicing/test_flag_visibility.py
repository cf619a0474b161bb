"""Flags are shown in stages: to the account managers, to their superiors, to all with the file."""

import datetime

import pytest

from firm.models import Firm
from firm.scope import scope_of
from tests.cast import MEMBERS, a_member
from tests.factories import a_customer
from tests.servicing.findings import a_finding
from tiering.models import Finding

pytestmark = pytest.mark.django_db

SINCE = datetime.date(2026, 7, 1)
HIS_OWN = {"account_manager"}
AND_SUPERIORS = HIS_OWN | {"section_manager", "department_head"}
AND_ALL_FILES = AND_SUPERIORS | {"executive", "administrator", "back_office", "auditor"}


@pytest.fixture
def cast():
    return {key: a_member(key) for key in MEMBERS}


def shown_to(cast, *, on: datetime.date) -> set[str]:
    return {
        key
        for key, person in cast.items()
        if Finding.objects.visible_to(scope_of(person, on=on), on=on).exists()
    }


@pytest.mark.parametrize(
    ("days", "people"),
    [
        (0, HIS_OWN),
        (59, HIS_OWN),
        (60, AND_SUPERIORS),
        (89, AND_SUPERIORS),
        (90, AND_ALL_FILES),
    ],
)
def test_a_flag_is_shown_to_more_people_as_the_days_go_by(cast, days, people):
    Firm.objects.update(flags_since=SINCE)
    a_finding(a_customer(owner=cast["account_manager"]))
    assert shown_to(cast, on=SINCE + datetime.timedelta(days=days)) == people


def test_the_backup_sees_it_from_the_first_day(cast):
    Firm.objects.update(flags_since=SINCE)
    a_finding(a_customer(owner=cast["stranger"], backup=cast["account_manager"]))
    assert shown_to(cast, on=SINCE) == {"stranger", "account_manager"}


def test_the_firm_sets_for_how_long_people_are_alone_with_their_flags(cast):
    Firm.objects.update(flags_since=SINCE, flags_alone_days=10)
    a_finding(a_customer(owner=cast["account_manager"]))
    assert shown_to(cast, on=SINCE + datetime.timedelta(days=10)) == AND_SUPERIORS
    assert shown_to(cast, on=SINCE + datetime.timedelta(days=40)) == AND_ALL_FILES


def test_nobody_above_sees_anything_before_the_first_detection(cast):
    a_finding(a_customer(owner=cast["account_manager"]))
    assert shown_to(cast, on=SINCE) == HIS_OWN


def test_a_flag_of_a_customer_nobody_looks_after_waits_for_those_with_all_files(cast):
    Firm.objects.update(flags_since=SINCE)
    a_finding(a_customer())
    assert shown_to(cast, on=SINCE + datetime.timedelta(days=89)) == set()
    assert shown_to(cast, on=SINCE + datetime.timedelta(days=90)) == AND_ALL_FILES - AND_SUPERIORS
