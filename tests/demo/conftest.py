import pytest
from django.db import connections
from django.utils import timezone

from escalation.demo.load import load
from tests.databases import fresh_clone


@pytest.fixture(scope="package")
def loaded(django_db_setup, django_db_blocker):
    """The demo, loaded once for this directory; each test's own changes are rolled back."""
    with django_db_blocker.unblock():
        now = timezone.now()
        assert load(now=now)
        yield now
        connections.close_all()
        fresh_clone()
