import datetime
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from escalation.demo.load import load
from tests.databases import by_one_at_a_time, clone, clone_name, fresh_clone

DEMO = "demo"


def demo_database() -> datetime.datetime:
    """A database with the demo, to clone; made by the first who asks. When it was loaded."""
    note = settings.DATA / "demo.loaded"
    with by_one_at_a_time(note):
        if not note.exists():
            now = timezone.now()
            assert load(now=now)
            connections.close_all()
            clone(clone_name(), DEMO)
            note.write_text(now.isoformat())
    return datetime.datetime.fromisoformat(note.read_text())


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[datetime.datetime]:
    """The demo, for a file of tests; each test's own changes are rolled back."""
    with django_db_blocker.unblock():
        now = demo_database()
        connections.close_all()
        fresh_clone(DEMO)
        yield now
        connections.close_all()
        fresh_clone()
