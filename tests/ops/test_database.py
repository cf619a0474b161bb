"""The test database itself: whose rights it has, and that a test leaves nothing behind."""

import pytest
from django.db import ProgrammingError, connection

from firm.models import Firm


@pytest.mark.django_db
def test_works_as_the_app_and_never_as_owner_or_superuser():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("merihari_app", False)


@pytest.mark.django_db
def test_audit_events_cannot_be_changed_even_with_the_trigger_off():
    with connection.cursor() as cursor:
        cursor.execute("SET pgtrigger.ignore = 'firm_auditevent:append_only'")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("UPDATE firm_auditevent SET code = 'x'")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_a_test_that_commits_leaves_a_fresh_database(currency):
    assert Firm.objects.get().base_currency == "JPY"
    Firm.objects.update(base_currency=currency)
