"""The preview and the night after it: the same engine, so the same result for every customer."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models import ActivitySlice, RevenueEntry
from firm import jobs
from firm.models import AuditEvent, JobRun, Notification, User
from tests.factories import a_customer, an_entry
from tests.tiering.evaluations import a_night, at_night, day, published, some_rules
from tests.tiering.previews import NOW, a_draft, a_preview, foretold, publish, standings
from tests.tiering.test_engine_properties import (
    LAST_DAY,
    SETTINGS,
    Firm,
    entries,
    rule_files,
    undone,
    work,
    worlds,
)
from tiering import actions
from tiering.models import Evaluation, PreviewMove, Standing, TierChange
from tiering.previews.loads import loads
from tiering.previews.shown import shown_of

pytestmark = pytest.mark.django_db

LENIENT = [{"code": "T1", "enter": 300}, {"code": "T2", "enter": 100}, {"code": "T3"}]
STRICT = [{"code": "T1", "enter": 800}, {"code": "T2", "enter": 400}, {"code": "T3"}]


def book(*revenues: int) -> None:
    for number, revenue in enumerate(revenues, start=1):
        customer = a_customer(code=f"K{number}")
        if revenue:
            an_entry(customer, day("2026-05-10"), revenue)


def moves(preview: Any) -> dict[str, tuple[str, str, str, str]]:
    return {
        move.customer.code: (
            move.way,
            move.earned_before.code if move.earned_before else "",
            move.earned_after.code,
            move.cause,
        )
        for move in preview.moves.select_related("customer", "earned_before", "earned_after")
    }


def test_the_next_night_does_what_the_preview_says(administrator: User):
    published(some_rules(), by=administrator, since="2026-01-01", now=NOW)
    book(900, 550, 450, 120, 90, 0)
    a_night("2026-06-15")
    a_night("2026-07-15")
    draft = a_draft(some_rules(tiers=STRICT, grace_evaluations=2), by=administrator)
    preview = a_preview(draft, by=administrator)
    assert moves(preview) == {
        "K2": ("grace", "T1", "T1", "own"),
        "K4": ("grace", "T2", "T2", "own"),
    }
    expected = foretold(preview)
    publish(draft, preview, by=administrator)
    a_night("2026-07-15", now=NOW + datetime.timedelta(hours=2))
    assert standings() == expected


def test_without_a_grace_period_the_downgrades_come_at_once(administrator: User):
    published(some_rules(), by=administrator, since="2026-01-01", now=NOW)
    book(900, 550, 450, 120)
    a_night("2026-07-15")
    preview = a_preview(a_draft(some_rules(tiers=STRICT), by=administrator), by=administrator)
    assert moves(preview) == {
        "K2": ("down", "T1", "T2", "own"),
        "K4": ("down", "T2", "T3", "own"),
    }
    assert preview.result["customers"] == 4
    assert preview.result["moves"]["down"] == 2


def test_what_would_move_under_the_present_rules_too_says_so(administrator: User):
    published(some_rules(), by=administrator, since="2026-01-01", now=NOW)
    book(900, 450)
    a_night("2026-07-15")
    an_entry(a_customer(code="K8"), day("2026-05-01"), 700)
    an_entry(Standing.objects.get(customer__code="K2").customer, day("2026-05-02"), 500)
    preview = a_preview(a_draft(some_rules(tiers=LENIENT), by=administrator), by=administrator)
    assert moves(preview) == {
        "K2": ("up", "T2", "T1", "facts"),
        "K8": ("first", "", "T1", "facts"),
    }


def shares(*cuts: int) -> list[dict[str, Any]]:
    return [*({"code": f"T{n}", "enter": cut} for n, cut in enumerate(cuts, 1)), {"code": "T9"}]


def test_who_moves_only_because_others_did_is_told_apart(administrator: User):
    rules = some_rules(method="share", tiers=shares(50))
    published(rules, by=administrator, since="2026-01-01", now=NOW)
    book(100, 80, 60)
    a_night("2026-07-15")
    an_entry(Standing.objects.get(customer__code="K3").customer, day("2026-05-02"), 500)
    preview = a_preview(a_draft(rules, by=administrator), by=administrator)
    found = moves(preview)
    assert found["K1"][:3] == ("down", "T1", "T9")
    assert found["K3"][:3] == ("up", "T9", "T1")
    # Under the same rules everything comes from the facts; under other ones K1 is pushed.
    other = some_rules(method="share", tiers=shares(40))
    found = moves(a_preview(a_draft(other, by=administrator), by=administrator))
    assert found["K1"] == ("down", "T1", "T9", "facts")


def test_by_thresholds_nobody_moves_because_of_others(administrator: User):
    published(some_rules(), by=administrator, since="2026-01-01", now=NOW)
    book(900, 450)
    a_night("2026-07-15")
    preview = a_preview(a_draft(some_rules(tiers=STRICT), by=administrator), by=administrator)
    assert preview.result["moves"]["causes"]["rank"] == 0


def test_before_the_first_night_everybody_gets_a_first_tier(administrator: User):
    book(900, 450, 0)
    draft = a_draft(some_rules(), by=administrator)
    preview = a_preview(draft, by=administrator)
    assert moves(preview) == {
        "K1": ("first", "", "T1", "own"),
        "K2": ("first", "", "T2", "own"),
        "K3": ("first", "", "T3", "own"),
    }
    expected = foretold(preview)
    publish(draft, preview, by=administrator)
    a_night("2026-07-15")
    assert standings() == expected


def test_while_no_month_is_closed_nobody_is_evaluated(administrator: User):
    book(900)
    draft = a_draft(some_rules(month_close="closed"), by=administrator)
    preview = a_preview(draft, by=administrator)
    assert preview.result["as_of"] is None
    assert not preview.moves.exists()
    publish(draft, preview, by=administrator)


def test_a_date_overtaken_already_is_not_foretold(administrator: User):
    """The version in force evaluates every day; the draft's month lies before the last one."""
    rules = some_rules(window_end="to_date")
    published(rules, by=administrator, since="2026-01-01", now=NOW)
    book(900)
    a_night("2026-07-15")
    preview = a_preview(a_draft(some_rules(), by=administrator), by=administrator)
    assert preview.result["as_of"] == "2026-07-15"
    assert preview.result["waits_since"] == "2026-07-01"


def written() -> dict[str, int]:
    models = (Standing, TierChange, Evaluation, RevenueEntry, ActivitySlice, Notification)
    return {model.__name__: model.objects.count() for model in models}


def test_a_preview_changes_nothing_but_itself(administrator: User):
    published(some_rules(), by=administrator, since="2026-01-01", now=NOW)
    book(900, 550, 120)
    a_night("2026-07-15")
    draft = a_draft(some_rules(tiers=STRICT), by=administrator)
    before, stood = written(), list(Standing.objects.order_by("pk").values())
    events = AuditEvent.objects.count()
    preview = a_preview(draft, by=administrator)
    assert written() == before
    assert list(Standing.objects.order_by("pk").values()) == stood
    assert preview.moves.count() == 2
    assert AuditEvent.objects.count() == events + 1  # who asked for it


def test_the_matrices_count_everybody_once(administrator: User):
    published(some_rules(), by=administrator, since="2026-01-01", now=NOW)
    book(900, 550, 120, 0)
    a_night("2026-06-15")
    a_night("2026-07-15")
    a_customer(code="K9")
    draft = a_draft(some_rules(tiers=STRICT, grace_evaluations=3), by=administrator)
    result = a_preview(draft, by=administrator).result
    for matrix in ("raw", "earned"):
        assert sum(cell[2] for cell in result[matrix]) == 5
        assert sum(Decimal(cell[3]) for cell in result[matrix]) == 1570
    assert result["grace"] == [0, 2]


def test_the_load_shows_the_account_managers_concerned(
    administrator: User, account_manager: User, stranger: User
):
    published(some_rules(), by=administrator, since="2026-01-01", now=NOW)
    for owner, revenue in ((account_manager, 550), (account_manager, 120), (stranger, 900)):
        an_entry(a_customer(owner=owner), day("2026-05-10"), revenue)
    a_night("2026-07-15")
    preview = a_preview(a_draft(some_rules(tiers=STRICT), by=administrator), by=administrator)
    assert [load.name for load in loads(shown_of(preview))] == [account_manager.name]


def test_the_back_test_counts_changes_and_who_went_there_and_back(administrator: User):
    published(some_rules(window_months=1), by=administrator, since="2026-01-01", now=NOW)
    swinging, steady = a_customer(code="K1"), a_customer(code="K2")
    for month in range(1, 7):
        first = datetime.date(2026, month, 5)
        an_entry(steady, first, 600)
        an_entry(swinging, first, 600 if month % 2 else 90)
    a_night("2026-07-15")
    draft = a_draft(some_rules(window_months=1, grace_evaluations=3), by=administrator)
    found = a_preview(draft, by=administrator).result["back_test"]
    present, planned = found["present"], found["draft"]
    assert [row[0] for row in planned["months"]] == [f"2026-0{month}-01" for month in range(2, 8)]
    assert sum(row[1] for row in present["months"]) == 5
    assert sum(row[1] for row in planned["months"]) == 0
    assert (present["there_and_back"], planned["there_and_back"]) == (1, 0)


def test_a_young_ledger_has_no_back_test(administrator: User):
    book(900)
    preview = a_preview(a_draft(some_rules(), by=administrator), by=administrator)
    assert "back_test" not in preview.result


def test_a_preview_left_stops(administrator: User):
    preview = actions.request_preview(
        draft=a_draft(some_rules(), by=administrator), by=administrator, now=NOW
    )
    actions.leave_preview(preview=preview, by=administrator, now=NOW)
    job = jobs.run(preview.job.pk, now=NOW)
    assert job.state == JobRun.State.DONE
    assert job.counts == {"left": True}
    assert not PreviewMove.objects.exists()


@SETTINGS
@given(data=st.data())
def test_whatever_the_rules_and_the_book_the_night_does_as_foretold(
    administrator: User, data: st.DataObject
):
    """With every feature of the engine in both versions, and a ledger that went on meanwhile."""
    window_ends = st.sampled_from(["closed_months", "to_date"])
    former, drafted = (data.draw(rule_files(data.draw(window_ends))) for _version in range(2))
    world = data.draw(worlds(former) | worlds(drafted))
    late_lines = data.draw(st.lists(entries(drafted), max_size=3))
    late_work = data.draw(st.lists(work(drafted), max_size=1))
    with undone():
        firm = Firm(former, world.customers, administrator)
        firm.record(world.entries, world.work)
        for month in range(data.draw(st.integers(0, 3)), -1, -1):
            a_night(datetime.date(2024, 6 - month, 1))
        if late_lines or late_work:
            firm.record(late_lines, late_work)
        now = at_night(LAST_DAY)
        draft = a_draft(drafted, by=administrator, now=now)
        preview = a_preview(draft, by=administrator, now=now)
        expected = foretold(preview)
        publish(draft, preview, by=administrator, since=str(LAST_DAY), now=now)
        a_night(LAST_DAY)
        assert standings() == expected
