import pytest
from django.db import connections
from django.utils import timezone

from escalation.demo.load import load
from tests.databases import fresh_clone


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demo, loaded once for a file of tests; each test's own changes are rolled back."""
    with django_db_blocker.unblock():
        now = timezone.now()
        assert load(now=now)
        yield now
        connections.close_all()
        fresh_clone()
