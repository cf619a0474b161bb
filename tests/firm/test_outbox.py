"""Notices: written with the act, mailed once, in the reader's language."""

import datetime

import pytest
from django.core import mail
from django.db import transaction

from firm import outbox
from firm.models import Notification
from firm.outbox import ATTEMPTS, LEASE
from tests.races import at_once

pytestmark = pytest.mark.django_db

FAILED = {"kind": "nightly", "key": "2026-07-15", "error": {"code": "unexpected", "type": "X"}}


def queue(person, now, **more):
    return outbox.queue("job_failed", recipient=person, now=now, **FAILED, **more)


@pytest.fixture
def broken_mail(monkeypatch):
    def refuse(self, **kwargs):
        raise ConnectionRefusedError("mail server away")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)


def test_a_notice_is_mailed_once_in_the_recipients_language(account_manager, stranger, now):
    stranger.language = "en"
    stranger.save()
    queue(account_manager, now)
    queue(stranger, now)
    assert outbox.sweep(now=now) == 2
    assert outbox.sweep(now=now) == 0
    japanese, english = mail.outbox
    assert (japanese.to, english.to) == ([account_manager.email], [stranger.email])
    assert "夜間計算" in japanese.body
    assert english.subject == "A background job did not finish"
    assert "Nightly run" in english.body


@pytest.mark.django_db(transaction=True)
def test_a_notice_of_an_act_that_was_rolled_back_is_never_sent(account_manager, now):
    with transaction.atomic():
        queue(account_manager, now)
        transaction.set_rollback(True)
    assert outbox.sweep(now=now) == 0


def test_a_notice_waits_until_it_is_due(account_manager, now):
    queue(account_manager, now, due_at=now + datetime.timedelta(hours=1))
    assert outbox.sweep(now=now) == 0
    assert outbox.sweep(now=now + datetime.timedelta(hours=1)) == 1


def test_a_sweep_that_died_leaves_its_notice_to_a_later_one(account_manager, now):
    notice = queue(account_manager, now)
    Notification.objects.filter(pk=notice.pk).update(claimed_until=now + LEASE)
    assert outbox.sweep(now=now) == 0
    assert outbox.sweep(now=now + 2 * LEASE) == 1


def test_a_mail_server_that_is_away_is_tried_again_three_times(account_manager, now, broken_mail):
    notice = queue(account_manager, now)
    for round_ in range(ATTEMPTS + 2):
        assert outbox.sweep(now=now + round_ * datetime.timedelta(hours=1)) == 0
    notice.refresh_from_db()
    assert notice.attempts == ATTEMPTS
    assert notice.failed_at is not None
    assert "mail server away" in notice.failure


def test_one_recipients_failure_does_not_stop_the_others(
    account_manager, stranger, now, monkeypatch
):
    sent = outbox._mail
    monkeypatch.setattr(
        outbox,
        "_mail",
        lambda notice: (
            (_ for _ in ()).throw(OSError("full"))
            if notice.recipient == account_manager
            else sent(notice)
        ),
    )
    queue(account_manager, now)
    queue(stranger, now)
    assert outbox.sweep(now=now) == 1


def test_somebody_without_an_address_or_disabled_gets_no_mail(account_manager, stranger, now):
    account_manager.email = None
    stranger.is_active = False
    for person in (account_manager, stranger):
        person.save()
        queue(person, now)
    assert outbox.sweep(now=now) == 2
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_time_send_each_notice_once(account_manager, now):
    for _ in range(10):
        queue(account_manager, now)
    assert sum(at_once(*[lambda: outbox.sweep(now=now)] * 4)) == 10
    assert len(mail.outbox) == 10
