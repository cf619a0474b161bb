"""The reports over the demo firm: the figures its generator promises."""

import pytest

from firm.dates import today
from firm.models import User
from firm.scope import scope_of
from tiering.reports.concentration import concentration

pytestmark = [pytest.mark.usefixtures("loaded"), pytest.mark.django_db]


def scope():
    return scope_of(User.objects.get(email="mori@example.jp"), on=today())


def test_concentration_is_what_the_generator_states():
    report = concentration(scope())
    assert f"{report.largest.share:.1f}" == "13.5"
    assert (report.top_fifth.customers, f"{report.top_fifth.share:.1f}") == (24, "70.8")
    assert report.total == 159_070_000
    assert [tenth.customers for tenth in report.tenths] == [12] * 10
