"""The reports over the demo firm: the figures its generator promises."""

import pytest

from escalation.demo.stories import MIDORI
from firm.dates import today
from firm.models import User
from firm.scope import scope_of
from tiering.models import Evaluation
from tiering.reports.concentration import concentration
from tiering.reports.coverage import coverage
from tiering.reports.flow import flow, movers_of

pytestmark = [pytest.mark.usefixtures("loaded"), pytest.mark.django_db]


def scope():
    return scope_of(User.objects.get(email="mori@example.jp"), on=today())


def test_concentration_is_what_the_generator_states():
    report = concentration(scope())
    assert f"{report.largest.share:.1f}" == "13.5"
    assert (report.top_fifth.customers, f"{report.top_fifth.share:.1f}") == (24, "70.8")
    assert report.total == 159_070_000
    assert [tenth.customers for tenth in report.tenths] == [12] * 10


def test_every_active_customer_of_the_demo_is_covered():
    report = coverage(scope())
    assert (report.active, report.covered, report.rate) == (115, 115, 100)


def test_a_year_of_the_demo_moves_as_its_history_says():
    end = today()
    start = Evaluation.objects.order_by("as_of").first().known_from
    found = flow(scope(), start=start, end=end)
    assert sum(found.cells.values()) == 120
    assert found.count(found.moved("new")) == 0
    ends = {level.chip.code: found.count(found.among(after=level.tier)) for level in found.levels}
    assert ends == {"S": 4, "A": 10, "B": 28, "C": 78}
    risen = movers_of(found, found.moved("up"), scope())
    assert MIDORI in {row.name for row in risen}
