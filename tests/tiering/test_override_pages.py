"""The pages and the API of manual overrides and payment stops."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import CustomerSnapshot
from firm.dates import firm_date
from firm.models import Firm
from tests.factories import a_customer, a_rule_set
from tests.tiering.nights import an_evaluation
from tests.tiering.overrides import ONE_DAY, a_blocking_guard, a_request, an_override
from tiering import actions
from tiering.models import Override, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment() -> datetime.datetime:
    """Pages have the real clock."""
    return timezone.now()


@pytest.fixture
def today(moment) -> datetime.date:
    return firm_date(moment)


@pytest.fixture
def customer(administrator, account_manager, moment):
    rules = a_rule_set(by=administrator)
    a_blocking_guard(rules)
    an_evaluation(rules, now=moment)
    return a_customer("星野町役場", code="K-0027", owner=account_manager, tier_rank=3)


@pytest.fixture
def request_(customer, account_manager, moment):
    return a_request(customer, by=account_manager, now=moment)


@pytest.fixture
def held(customer, account_manager, department_head, moment):
    return an_override(
        customer, by=account_manager, approved_by=department_head, now=moment, days=20
    )


def text(response) -> str:
    return response.content.decode()


def asked(today: datetime.date, **values) -> dict:
    return {
        "tier": Tier.objects.get(code="A").pk,
        "starts_on": today.isoformat(),
        "last_day": (today + 30 * ONE_DAY).isoformat(),
        "reason": "自治体強化",
    } | values


def test_the_form_sends_a_request_and_the_last_day_is_included(
    customer, client_of, account_manager, today
):
    url = reverse("tiering:override-create", args=[customer.pk])
    response = client_of(account_manager).post(url, asked(today))
    made = Override.objects.get()
    assert response.headers["Location"] == reverse("tiering:override", args=[made.pk])
    assert made.ends_on == today + 31 * ONE_DAY


@pytest.mark.parametrize(
    "values", [{"reason": ""}, {"last_day": "2020-01-01"}, {"last_day": "2199-01-01"}, {"tier": 0}]
)
def test_an_invalid_form_comes_back_with_what_was_typed(
    values, customer, client_of, account_manager, today
):
    url = reverse("tiering:override-create", args=[customer.pk])
    response = client_of(account_manager).post(url, asked(today) | {"reason": "町長"} | values)
    assert response.status_code == 422
    assert Override.objects.count() == 0
    assert values.get("reason") == "" or "町長" in text(response)


def test_the_head_reads_the_figures_and_approves(request_, client_of, department_head, customer):
    client = client_of(department_head)
    page = text(client.get(reverse("tiering:override", args=[request_.pk])))
    assert "自治体強化" in page
    client.post(reverse("tiering:override-approve", args=[request_.pk]), {"note": "半年だけ"})
    request_.refresh_from_db()
    assert (request_.state, request_.decision_note) == ("approved", "半年だけ")
    assert CustomerSnapshot.objects.get(customer=customer).tier_rank == 2


def test_a_rejection_without_a_reason_comes_back(request_, client_of, department_head):
    response = client_of(department_head).post(
        reverse("tiering:override-reject", args=[request_.pk]), {"note": ""}
    )
    assert response.status_code == 422
    request_.refresh_from_db()
    assert request_.state == "requested"


def test_after_go_live_the_requester_finds_the_button_locked_and_the_post_refused(
    customer, client_of, department_head, moment
):
    Firm.objects.update(went_live_at=moment)
    own = a_request(customer, by=department_head, now=moment)
    client = client_of(department_head)
    page = text(client.get(reverse("tiering:override", args=[own.pk])))
    assert "自分の申請" in page or "own request" in page
    response = client.post(reverse("tiering:override-approve", args=[own.pk]))
    assert response.status_code == 403
    api = reverse("api-override-approve", args=[own.pk])
    assert client.post(api, {}, content_type="application/json").status_code == 403


def test_ending_early_and_withdrawing_have_their_buttons(
    customer, request_, client_of, account_manager, department_head, moment
):
    client = client_of(account_manager)
    client.post(reverse("tiering:override-withdraw", args=[request_.pk]))
    request_.refresh_from_db()
    assert request_.state == "withdrawn"
    held = an_override(customer, by=account_manager, approved_by=department_head, now=moment)
    client.post(reverse("tiering:override-end", args=[held.pk]), {"note": "方針変更"})
    held.refresh_from_db()
    assert held.state == "ended"


def test_the_chip_says_so_wherever_the_tier_is_shown(
    held, customer, client_of, executive, account_manager, stranger
):
    last = held.ends_on - ONE_DAY
    note = f"個別 〜{last:%m/%d}"
    for person, address in (
        (executive, reverse("customers:list")),
        (account_manager, reverse("customers:file", args=[customer.pk])),
        (account_manager, reverse("tiering:why", args=[customer.pk])),
        (stranger, reverse("customers:card", args=[customer.pk])),
        (stranger, reverse("tiering:why", args=[customer.pk])),
    ):
        page = text(client_of(person, HTTP_ACCEPT_LANGUAGE="ja").get(address))
        assert note in page, address
    assert "獲得ランク" in page


def test_the_filter_and_the_cards_go_by_the_tier_in_force(held, client_of, executive):
    client = client_of(executive)
    assert "星野町役場" in text(client.get(reverse("customers:list") + "?tier=2"))
    assert "星野町役場" not in text(client.get(reverse("customers:list") + "?tier=3"))


def test_the_reason_needs_the_file(held, customer, client_of, stranger):
    assert "自治体強化" not in text(
        client_of(stranger).get(reverse("customers:card", args=[customer.pk]))
    )


@pytest.mark.parametrize("group", ["", "requested", "in_force", "ending", "past"])
@pytest.mark.parametrize("direction", ["", "up", "down", "same"])
def test_each_list_opens_with_each_filter(group, direction, held, client_of, executive):
    address = f"{reverse('tiering:overrides')}?group={group}&direction={direction}&mine="
    page = client_of(executive).get(address)
    assert page.status_code == 200
    shown = group in ("", "in_force", "ending") and direction in ("", "up")
    assert ("星野町役場" in text(page)) == shown


def test_the_list_asks_no_more_for_more_rows(
    held, client_of, executive, account_manager, department_head, moment,
    django_assert_max_num_queries,
):  # fmt: skip
    for number in range(8):
        other = a_customer(f"顧客{number}", owner=account_manager, tier_rank=3)
        an_override(other, by=account_manager, approved_by=department_head, now=moment)
    client = client_of(executive)
    with django_assert_max_num_queries(12):
        client.get(reverse("tiering:overrides") + "?group=in_force")


def test_the_list_leaves_as_a_file(held, client_of, executive):
    address = reverse("tiering:overrides-export") + "?group=in_force&format=csv"
    body = b"".join(client_of(executive).get(address)).decode("utf-8-sig")
    assert "K-0027" in body
    assert "自治体強化" in body


def test_nothing_of_it_is_on_a_shared_screen(held, customer, client_of, account_manager):
    client = client_of(account_manager)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    for name, args in (
        ("customers:file", [customer.pk]),
        ("customers:card", [customer.pk]),
    ):
        page = text(client.get(reverse(name, args=args)))
        assert "個別" not in page
        assert "自治体強化" not in page
    for name, args in (
        ("tiering:overrides", []),
        ("tiering:overrides-export", []),
        ("tiering:override", [held.pk]),
        ("tiering:override-new", [customer.pk]),
        ("tiering:payment-stops", [customer.pk]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 403


def test_the_badge_counts_what_this_person_is_asked_to_decide(
    department_head, executive, request_, client_of, account_manager
):
    badge = '<span class="badge">1'
    address = reverse("customers:list")
    assert badge in text(client_of(department_head).get(address))
    assert badge not in text(client_of(executive).get(address))
    assert badge not in text(client_of(account_manager).get(address))


def test_a_past_day_shows_what_held_then(customer, client_of, account_manager, held, today):
    page = text(
        client_of(account_manager).get(
            reverse("tiering:why", args=[customer.pk]) + f"?on={today - ONE_DAY}"
        )
    )
    assert "個別 〜" not in page


# Payment stops


def test_the_back_office_stops_and_lifts(customer, client_of, back_office):
    client = client_of(back_office)
    client.post(reverse("tiering:payment-stop-set", args=[customer.pk]), {"reason": "未入金"})
    row = CustomerSnapshot.objects.get(customer=customer)
    assert (row.tier_rank, row.tier_source) == (4, "payment_stop")
    assert "与信停止" in text(client.get(reverse("customers:file", args=[customer.pk])))
    refused = client.post(reverse("tiering:payment-stop-lift", args=[customer.pk]), {"reason": ""})
    assert refused.status_code == 422
    client.post(reverse("tiering:payment-stop-lift", args=[customer.pk]), {"reason": "入金"})
    assert CustomerSnapshot.objects.get(customer=customer).tier_rank == 3


# The API


def test_the_api_asks_decides_and_ends(
    customer, client_of, account_manager, department_head, today
):
    mine, head = client_of(account_manager), client_of(department_head)
    body = {
        "customer": customer.pk,
        "tier": "A",
        "starts_on": today.isoformat(),
        "ends_on": (today + 30 * ONE_DAY).isoformat(),
        "reason": "自治体強化",
    }
    made = mine.post(reverse("api-overrides"), body, content_type="application/json")
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    again = mine.post(reverse("api-overrides"), body, content_type="application/json")
    assert again.status_code == 409
    approved = head.post(
        reverse("api-override-approve", args=[pk]), {}, content_type="application/json"
    )
    assert approved.json()["state"] == "approved"
    assert approved.json()["is_in_force"] is True
    listed = mine.get(reverse("api-overrides") + f"?state=approved&customer={customer.pk}").json()
    assert [row["id"] for row in listed["results"]] == [pk]
    ended = mine.post(
        reverse("api-override-end", args=[pk]), {"note": "不要"}, content_type="application/json"
    )
    assert ended.json()["ended_on"] == today.isoformat()


def test_the_api_names_no_tier_of_another_version(customer, client_of, account_manager, today):
    response = client_of(account_manager).post(
        reverse("api-overrides"),
        {
            "customer": customer.pk,
            "tier": "Z",
            "starts_on": today.isoformat(),
            "ends_on": (today + ONE_DAY).isoformat(),
            "reason": "x",
        },
        content_type="application/json",
    )
    assert response.status_code == 400


def test_the_card_in_the_api_says_where_the_tier_comes_from(held, customer, client_of, stranger):
    rows = client_of(stranger).get(reverse("api-customers") + "?code=K-0027").json()["results"]
    assert (rows[0]["tier_rank"], rows[0]["earned_rank"]) == (2, 3)
    assert (rows[0]["tier_source"], rows[0]["tier_until"]) == ("override", str(held.ends_on))


def test_the_api_stops_payment_and_lifts_it(customer, client_of, back_office):
    client = client_of(back_office)
    address = reverse("api-payment-stops", args=[customer.pk])
    made = client.post(address, {"reason": "未入金"}, content_type="application/json")
    assert made.status_code == 201
    lifted = client.post(
        reverse("api-payment-stop-lift", args=[made.json()["id"]]),
        {"reason": "入金"},
        content_type="application/json",
    )
    assert lifted.json()["lifted_reason"] == "入金"
    assert len(client.get(address).json()["results"]) == 1


def test_the_requester_alone_in_trial_is_told_so_before(
    customer, client_of, department_head, moment
):
    own = a_request(customer, by=department_head, now=moment)
    client = client_of(department_head)
    address = reverse("tiering:override", args=[own.pk])
    assert "notice-warn" in text(client.get(address))
    actions.approve_override(override=own, by=department_head, now=moment)
    assert "text-warn" in text(client.get(address))
