"""From trial to earnest: who may, what it takes, and that there is no way back."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from firm import four_eyes
from firm.actions import go_live, set_four_eyes
from firm.models import AuditEvent, Firm, FourEyes, Notification
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_people(administrator, executive, account_manager):
    """Enough for every kind to be decided by two."""


def test_going_live_asks_for_two_people_everywhere(executive, administrator):
    assert not any(four_eyes.is_required(kind, now=NOW) for kind in FourEyes)
    go_live(by=executive, now=NOW)
    assert all(four_eyes.is_required(kind, now=NOW) for kind in FourEyes)
    assert AuditEvent.objects.filter(code="went_live", actor=executive).exists()
    told = {notice.recipient for notice in Notification.objects.filter(code="went_live")}
    assert told == {executive, administrator}


def test_there_is_no_way_back(executive):
    go_live(by=executive, now=NOW)
    with pytest.raises(Refused):
        go_live(by=executive, now=NOW)
    with pytest.raises(Refused):
        set_four_eyes(kind=FourEyes.TIERS, is_on=False, by=executive, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Firm.objects.update(went_live_at=None)
    # The control: other columns of the row can be written.
    Firm.objects.update(name="株式会社メリハリ商事")


def test_it_waits_until_somebody_could_be_the_second_person(executive, administrator):
    executive.is_active = False
    executive.save()
    with pytest.raises(Refused):
        go_live(by=administrator, now=NOW)
    with pytest.raises(Refused):
        set_four_eyes(kind=FourEyes.TIERS, is_on=True, by=administrator, now=NOW)


def test_only_executives_and_administrators_may(account_manager):
    with pytest.raises(Forbidden):
        go_live(by=account_manager, now=NOW)


def test_a_kind_can_be_switched_on_early_and_off_again(executive):
    set_four_eyes(kind=FourEyes.TIERS, is_on=True, by=executive, now=NOW)
    assert four_eyes.is_required(FourEyes.TIERS, now=NOW)
    assert not four_eyes.is_required(FourEyes.CONTRACTS, now=NOW)
    set_four_eyes(kind=FourEyes.TIERS, is_on=False, by=executive, now=NOW)
    assert not four_eyes.is_required(FourEyes.TIERS, now=NOW)
    codes = AuditEvent.objects.values_list("code", flat=True)
    assert {"four_eyes_on", "four_eyes_off"} <= set(codes)


def test_the_page_says_what_it_means_and_asks_twice(client_of, executive):
    client = client_of(executive)
    html = client.get(reverse("firm:going_live")).content.decode()
    assert "お試し期間に戻すことはできません" in html
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.post(reverse("firm:go_live"), {}).status_code == 422
    assert Firm.objects.get().went_live_at is None
    client.post(reverse("firm:go_live"), {"is_sure": "on"})
    assert Firm.objects.get().went_live_at is not None


def test_a_switch_on_the_page_is_one_button(client_of, executive):
    client_of(executive).post(reverse("firm:set_four_eyes"), {"kind": "tiers", "is_on": "on"})
    assert Firm.objects.get().four_eyes == ["tiers"]
