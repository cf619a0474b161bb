"""Where entries come from: nobody's may pass for those of the weekly grid or of drafts."""

import pytest
from django.urls import reverse

from customers.actions import import_now, read_purpose
from customers.models import Activity, Import
from customers.service_log.purpose import VERSION
from firm.refusals import Refused
from tests.factories import a_customer

pytestmark = pytest.mark.django_db

NEW = {"day": "2026-07-14", "minutes": 60, "cause": "in_contract"}


@pytest.mark.parametrize("source", ["grid", "draft"])
def test_the_api_refuses_a_name_of_ours(source, client_of, account_manager, now):
    read_purpose(version=VERSION, by=account_manager, now=now)
    customer = a_customer(owner=account_manager)
    address = reverse("api-activities", args=[customer.pk])
    client = client_of(account_manager)

    def sent(source: str) -> int:
        said = NEW | {"source": source, "source_id": "1"}
        return client.post(address, said, content_type="application/json").status_code

    assert sent(source) == 409
    assert not Activity.objects.exists()
    assert sent("jira") == 201


@pytest.mark.parametrize("source", ["grid", " draft "])
def test_so_does_an_import_of_the_log(source, tmp_path, now):
    with pytest.raises(Refused, match=source.strip()):
        import_now(
            kind=Import.Kind.ACTIVITIES, path=tmp_path / "x.csv", source=source, by=None, now=now,
            dry_run=True,
        )  # fmt: skip
