"""An override to a tier that a new version does not have: shown before, told after, explained."""

import pytest
from django.urls import reverse
from django.utils import timezone

from firm.models import AuditEvent, Notification
from firm.refusals import Refused
from tests.factories import a_customer
from tests.tiering.drafts import TIERS, a_written_draft, in_force
from tests.tiering.overrides import a_request, an_override
from tiering import actions
from tiering.overrides import losing_their_tier

pytestmark = pytest.mark.django_db

WITHOUT_A = [tier for tier in TIERS if tier["code"] != "A"]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def override(administrator, account_manager, department_head, now):
    in_force(administrator)
    customer = a_customer("みどり医療会", owner=account_manager)
    return an_override(customer, "A", by=account_manager, approved_by=department_head, now=now)


@pytest.fixture
def draft(administrator, override):
    return a_written_draft(administrator, tiers=WITHOUT_A)


def published(draft, by, now):
    return actions.publish_rules(
        draft=draft,
        preview=actions.preview_now(draft=draft, by=by, now=now),
        effective_from=timezone.localdate(now),
        by=by,
        approved_by=None,
        note="3段階にする",
        now=now,
    )


def page(client, name, pk) -> str:
    return client.get(reverse(name, args=[pk])).content.decode()


def test_it_is_listed_in_the_preview_and_before_publishing(
    client_of, administrator, draft, override, now
):
    preview = actions.preview_now(draft=draft, by=administrator, now=now)
    client = client_of(administrator)
    assert "1件の個別指定が効かなくなります" in page(client, "tiering:preview", preview.pk)
    assert "みどり医療会" in page(client, "tiering:preview", preview.pk)
    assert "<b>1</b>件の個別指定" in page(client, "tiering:publish-form", draft.pk)


def test_a_version_that_keeps_the_tier_loses_nothing(client_of, administrator, override, now):
    draft = a_written_draft(administrator)
    preview = actions.preview_now(draft=draft, by=administrator, now=now)
    client = client_of(administrator)
    assert "効かなくなります" not in page(client, "tiering:preview", preview.pk)
    assert "件の個別指定" not in page(client, "tiering:publish-form", draft.pk)
    assert not losing_their_tier(draft, since=timezone.localdate(now)).exists()


def test_publishing_tells_the_account_manager_and_the_requester(
    administrator, account_manager, draft, override, now
):
    version = published(draft, administrator, now)
    (notice,) = Notification.objects.filter(code="override_loses_tier")
    assert notice.recipient == account_manager
    assert notice.data["version"] == version.number
    assert AuditEvent.objects.filter(code="override_loses_tier").count() == 1


def test_its_page_says_why_it_holds_nothing(client_of, administrator, draft, override, now):
    client = client_of(administrator)
    assert "効いていません" not in page(client, "tiering:override", override.pk)
    published(draft, administrator, now)
    assert "効いていません" in page(client, "tiering:override", override.pk)


def test_a_request_for_such_a_tier_is_not_approved_any_more(
    administrator, account_manager, department_head, draft, now
):
    customer = a_customer(owner=account_manager)
    request = a_request(customer, "A", by=account_manager, now=now)
    published(draft, administrator, now)
    with pytest.raises(Refused, match="このランクはありません"):
        actions.approve_override(override=request, by=department_head, now=now)
