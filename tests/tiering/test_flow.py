"""Tier flow between two dates: each number, the movers behind it, and the days in the books."""

import datetime
import random
from collections import Counter

import pytest
from django.urls import reverse

from customers.models import Customer, PaymentStop
from firm.dates import today
from firm.scope import scope_of
from tests.factories import NOW, a_customer, a_rule_set
from tests.tiering.nights import a_done_night, a_move, an_evaluation
from tests.tiering.overrides import a_blocking_guard, an_override
from tiering.models import Tier
from tiering.models.standing import Reason
from tiering.reports.flow import NEW, Held, flow, movers_of
from tiering.standings import standing_on

pytestmark = pytest.mark.django_db

JUNE, JULY = datetime.date(2026, 6, 1), datetime.date(2026, 7, 1)


@pytest.fixture
def rules(administrator):
    return a_rule_set(by=administrator)


@pytest.fixture
def book(rules, account_manager, stranger):
    """Midori rises from B to A, Shoei (another's) falls from A to B, Toto stays, Shinki is new."""
    june = an_evaluation(rules, job=a_done_night(business_date=JUNE))
    july = an_evaluation(rules, job=a_done_night(business_date=JULY))
    midori, toto, shinki = (
        a_customer(name, owner=account_manager)
        for name in ("みどり医療会", "東都精機販売", "新規工業")
    )
    shoei = a_customer("昭栄建設", owner=stranger)
    for customer, tier in ((midori, "B"), (toto, "S"), (shoei, "A")):
        a_move(customer, june, before="", after=tier, reason=Reason.INITIAL)
    a_move(midori, july, before="B", after="A", reason=Reason.UPGRADED)
    a_move(shoei, july, before="A", after="B", reason=Reason.DOWNGRADED)
    a_move(shinki, july, before="", after="C", reason=Reason.INITIAL)
    return {"rules": rules, "midori": midori, "shoei": shoei}


@pytest.fixture
def ids(rules):
    return dict(Tier.objects.values_list("code", "pk"))


def found_by(person, start=JUNE, end=JULY):
    return flow(scope_of(person, on=today()), start=start, end=end)


def ask(client, status=200, **query):
    dates = {"from": "2026-06-15", "until": "2026-07-15"}
    response = client.get(reverse("tiering:flow"), dates | query)
    assert response.status_code == status
    return response.content.decode()


def test_each_customer_is_counted_where_it_stood_on_both_dates(book, ids, executive):
    found = found_by(executive)
    assert found.cells == {
        (ids["B"], ids["A"]): 1,
        (ids["A"], ids["B"]): 1,
        (ids["S"], ids["S"]): 1,
        (NEW, ids["C"]): 1,
    }
    ways = {way: found.count(found.moved(way)) for way in ("up", "down", "same", "new")}
    assert ways == {"up": 1, "down": 1, "same": 1, "new": 1}


def test_the_tier_in_force_counts_overrides_and_payment_stops_of_their_day(
    book, ids, executive, account_manager, back_office, client_of
):
    """Midori has S by override from 10 July on, Toto is capped to C from 12 July on."""
    early = NOW - datetime.timedelta(days=5)
    an_override(book["midori"], "S", by=account_manager, approved_by=executive, now=early)
    a_blocking_guard(book["rules"])
    PaymentStop.objects.create(
        customer=Customer.objects.get(name="東都精機販売"),
        starts_on=JULY + datetime.timedelta(days=11),
        reason="未入金",
        set_by=back_office,
        set_at=NOW,
    )
    end, scope = datetime.date(2026, 7, 15), scope_of(executive, on=today())
    for held, moved in (
        (Held.EARNED, {("B", "A"), ("A", "B"), ("S", "S")}),
        (Held.IN_FORCE, {("B", "S"), ("A", "B"), ("S", "C")}),
    ):
        found = flow(scope, start=JUNE, end=end, held=held)
        assert {pair for pair in found.cells if pair[0] != NEW} == {
            (ids[before], ids[after]) for before, after in moved
        }
    client = client_of(executive)
    html = ask(client, tier="in_force", moved="down")
    assert "東都精機販売" in html
    assert "与信停止" in html
    assert "東都精機販売" not in ask(client, moved="down")
    ask(client, 422, tier="gold")
    address, dates = reverse("tiering:flow-export"), {"from": "2026-06-15", "until": "2026-07-15"}
    answer = client.get(address, dates | {"tier": "in_force", "format": "csv"})
    assert "適用中のランク" in answer.getvalue().decode("utf-8-sig")


def test_between_two_dates_without_a_night_nobody_moves(book, executive):
    found = found_by(executive, start=JULY, end=datetime.date(2026, 7, 15))
    assert found.moved("same") == set(found.cells)


def test_a_replay_made_later_changes_nothing_of_the_past(book, ids, executive):
    before = found_by(executive).cells
    replay = an_evaluation(
        book["rules"],
        job=a_done_night(business_date=JULY, key="replay", kind="replay"),
        is_replay=True,
    )
    replay.known_from = datetime.date(2026, 7, 20)
    replay.save(update_fields=["known_from"])
    a_move(book["midori"], replay, before="B", after="B", reason=Reason.UNCHANGED)
    assert found_by(executive).cells == before
    later = found_by(executive, end=datetime.date(2026, 7, 20))
    assert later.cells[ids["B"], ids["B"]] == 1


def test_an_evaluation_made_ahead_is_nobodys_standing(book, ids, executive):
    ahead = an_evaluation(
        book["rules"], job=a_done_night(business_date=JULY, key="ahead"), is_ahead=True
    )
    a_move(book["midori"], ahead, before="A", after="S", reason=Reason.UPGRADED)
    assert (ids["B"], ids["A"]) in found_by(executive).cells


def test_every_number_opens_its_movers(client_of, book, ids, executive):
    client = client_of(executive)
    cell = ask(client, row=ids["B"], column=ids["A"])
    assert "みどり医療会" in cell
    assert "昭栄建設" not in cell
    assert f"{reverse('tiering:why', args=[book['midori'].pk])}?on=2026-07-15" in cell
    assert "昭栄建設" in ask(client, moved="down")
    assert "新規工業" in ask(client, row=NEW)
    assert "昭栄建設" in ask(client, column=ids["B"])
    assert "4社" in ask(client, moved="all")
    assert "みどり医療会" not in ask(client)


@pytest.mark.parametrize("query", [{"moved": "sideways"}, {"row": "x"}, {"column": "²"}])
def test_numbers_that_do_not_exist_are_not_found(client_of, book, executive, query):
    ask(client_of(executive), status=404, **query)


def test_an_account_manager_sees_the_moves_of_their_own_only(client_of, book, ids, account_manager):
    assert (ids["A"], ids["B"]) not in found_by(account_manager).cells
    html = ask(client_of(account_manager), moved="up")
    assert "売上を見られる顧客だけ" in html
    assert "みどり医療会" in html
    assert "昭栄建設" not in ask(client_of(account_manager), moved="down")


def test_dates_in_the_wrong_order_or_to_come_are_refused_with_the_input_kept(
    client_of, book, executive
):
    html = ask(client_of(executive), status=422, **{"from": "2026-07-20"})
    assert "比較先の日は、比較元の日より後に" in html
    assert 'value="2026-07-20"' in html
    assert "まだ決まっていません" in ask(client_of(executive), status=422, until="2099-01-01")
    ask(client_of(executive), status=422, until="soon")
    ask(client_of(executive), status=422, until="")


def test_without_dates_the_last_year_is_compared(client_of, book, executive):
    response = client_of(executive).get(reverse("tiering:flow"))
    assert response.context["found"].end == today()
    assert 'name="from"' in response.content.decode()


def test_before_the_first_night_the_page_says_so(client_of, executive):
    assert "ランクの付いた顧客がいません" in ask(client_of(executive))


def test_a_change_of_the_rules_in_between_is_said(client_of, book, administrator, executive):
    assert "基準が第" not in ask(client_of(executive))
    old = book["rules"]
    old.effective_until = JULY
    old.save(update_fields=["effective_until"])
    new = a_rule_set(by=administrator, effective_from=JULY)
    an_evaluation(new, job=a_done_night(business_date=datetime.date(2026, 7, 10)))
    assert f"基準が第{old.number}版から第{new.number}版に" in ask(client_of(executive))


def test_matrix_and_movers_are_exported(client_of, book, ids, executive):
    client, url = client_of(executive), reverse("tiering:flow-export")
    asked = {"from": "2026-06-15", "until": "2026-07-15", "format": "csv"}
    text = b"".join(client.get(url, asked).streaming_content).decode()
    assert "スタンダード,アドバンス,1" in text
    assert "未判定,ベーシック,1" in text
    text = b"".join(client.get(url, asked | {"moved": "up"}).streaming_content).decode()
    assert "みどり医療会,スタンダード,アドバンス,2026-07-01" in text
    assert "昭栄建設" not in text
    assert client.get(url, asked | {"until": "2026-01-01"}).status_code == 404


def test_the_compliance_desk_and_a_shared_screen_see_nothing(
    client_of, book, compliance, executive
):
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    for name in ("tiering:flow", "tiering:flow-export"):
        assert client_of(compliance).get(reverse(name)).status_code == 403
        assert client.get(reverse(name), {"moved": "up"}).status_code == 403


def test_the_api_gives_the_same_cells(client_of, book, executive, account_manager, compliance):
    url, dates = reverse("api-report-flow"), {"from": "2026-06-15", "until": "2026-07-15"}
    found = client_of(executive).get(url, dates).json()
    assert (found["reach"], found["tiers"]) == ("firm", ["S", "A", "B", "C"])
    assert {"before": "B", "after": "A", "customers": 1} in found["cells"]
    assert {"before": None, "after": "C", "customers": 1} in found["cells"]
    own = client_of(account_manager).get(url, dates).json()
    assert len(own["cells"]) == 3
    assert client_of(executive).get(url, dates | {"from": "2026-08-01"}).status_code == 400
    assert client_of(compliance).get(url, dates).status_code == 403


def test_the_page_needs_few_queries(client_of, book, executive, django_assert_max_num_queries):
    client = client_of(executive)
    ask(client)
    with django_assert_max_num_queries(12):
        ask(client, moved="up")


@pytest.mark.parametrize("seed", range(6))
def test_the_flow_agrees_with_each_customers_own_history(seed, rules, ids, executive):
    dice = random.Random(seed)
    nights = [JUNE + datetime.timedelta(days=10 * n) for n in range(4)]
    evaluations = [an_evaluation(rules, job=a_done_night(business_date=day)) for day in nights]
    customers = [a_customer() for _ in range(12)]
    for evaluation in evaluations:
        for customer in customers:
            if dice.random() < 0.5:
                tier = dice.choice(list(ids))
                a_move(customer, evaluation, before="", after=tier, reason=Reason.UPGRADED)
    start, end = sorted(dice.sample(range(45), 2))
    start, end = (datetime.date(2026, 5, 25) + datetime.timedelta(days=n) for n in (start, end))
    found = found_by(executive, start=start, end=end)
    expected: dict[tuple[int, int], set[int]] = {}
    for customer in customers:
        before, after = (standing_on(customer.pk, on=day) for day in (start, end))
        if after is not None:
            pair = (before.earned_tier_id if before else NEW, after.earned_tier_id)
            expected.setdefault(pair, set()).add(customer.pk)
    assert found.cells == Counter({pair: len(held) for pair, held in expected.items()})
    scope = scope_of(executive, on=today())
    for pair, held in expected.items():
        assert {row.pk for row in movers_of(found, {pair}, scope)} == held
