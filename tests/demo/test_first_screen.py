"""The first address, with and without a demo."""

import datetime

import pytest
from django.test import Client

from customers.models import ActivitySlice
from escalation.demo import company, headline
from escalation.demo.stories import MIDORI, SHOEI, TOTO
from firm.models import Firm, User
from tests.factories import NOW, a_customer, a_job, a_person, a_rule_set, an_activity
from tiering.models import Evaluation, Standing
from tiering.models.standing import Reason

AS_OF = datetime.date(2026, 7, 1)


@pytest.fixture
def demo(db: None) -> None:
    Firm.objects.update(is_demo=True, name=company.NAME)
    for key, role in company.LOGINS:
        person = company.person(key)
        a_person(person.name, role=role, department=company.SALES_1, email=person.email)


@pytest.fixture
def evaluation(demo: None) -> Evaluation:
    """Four tiers, 120 customers, ¥159.07M, ten hours; the four customers of the cards."""
    rule_set = a_rule_set(by=User.objects.get(email="takahashi@example.jp"), grace_evaluations=3)
    held = {
        "S": (4, 50_160_000),
        "A": (10, 41_100_000),
        "B": (28, 42_880_000),
        "C": (78, 24_930_000),
    }
    evaluation = Evaluation.objects.create(
        job=a_job(),
        as_of=AS_OF,
        business_date=AS_OF,
        known_from=AS_OF,
        cutoff=1,
        rule_set=rule_set,
        engine_version="1",
        counts={
            "tiers": {
                code: {"customers": customers, "revenue": str(revenue)}
                for code, (customers, revenue) in held.items()
            }
        },
        evaluated_at=NOW,
    )
    tiers = {rule.tier.code: rule.tier for rule in rule_set.tiers.select_related("tier")}
    sato = User.objects.get(email="sato@example.jp")
    for name, raw, earned, reason, revenue, since, minutes in (
        (TOTO, "S", "S", Reason.UNCHANGED, 21_420_000, None, 120),
        (MIDORI, "A", "A", Reason.UPGRADED, 2_820_000, None, 100),
        (SHOEI, "B", "A", Reason.GRACE, 2_520_000, datetime.date(2026, 6, 1), 200),
        ("若草商店", "C", "C", Reason.UNCHANGED, 300_000, None, 180),
    ):
        customer = a_customer(name)
        an_activity(customer, AS_OF, staff=sato, minutes=minutes)
        Standing.objects.create(
            customer=customer,
            evaluation=evaluation,
            raw_tier=tiers[raw],
            earned_tier=tiers[earned],
            reason=reason,
            trailing_revenue=revenue,
            below_since=since,
            earned_since=AS_OF,
            changed_as_of=AS_OF,
        )
    return evaluation


def test_strangers_read_one_sentence_with_two_numbers(evaluation, client: Client):
    page = client.get("/").content.decode()
    assert "売上<b>16%</b>のお客様に、" in page
    assert "時間の<b>30%</b>" in page


def test_cards_name_three_customers_with_their_numbers(evaluation, client: Client):
    page = client.get("/").content.decode()
    assert "13.5%" in page
    assert "2/3か月" in page
    assert "2026/08/01" in page  # when the third month end below would lower the tier
    for name in (TOTO, MIDORI, SHOEI):
        assert name in page


def test_a_card_whose_number_is_no_longer_true_is_left_out(evaluation, client: Client):
    Standing.objects.filter(customer__name=SHOEI).update(reason=Reason.UNCHANGED)
    page = client.get("/").content.decode()
    assert SHOEI not in page
    assert MIDORI in page


def test_without_a_service_log_there_is_no_chart(evaluation, client: Client):
    ActivitySlice.objects.all().delete()
    assert '<svg class="chart' not in client.get("/").content.decode()


def test_without_an_evaluation_there_are_roles_and_no_figures(demo, client: Client):
    response = client.get("/")
    assert response.status_code == 200
    assert "佐藤 美咲" in response.content.decode()
    assert '<svg class="chart' not in response.content.decode()


@pytest.mark.parametrize("key", [key for key, _role in company.LOGINS])
def test_one_button_signs_in_as_each_role(demo, client: Client, key: str):
    response = client.post("/demo/enter/", {"person": key})
    assert response.status_code == 302
    person = User.objects.get(pk=client.session["_auth_user_id"])
    assert person.email == company.person(key).email


def test_a_card_leads_to_its_customer_and_to_no_other_site(demo, client: Client):
    assert client.post("/demo/enter/", {"person": "sato", "next": "/rules/"}).url == "/rules/"
    elsewhere = client.post("/demo/enter/", {"person": "sato", "next": "https://example.com/"})
    assert elsewhere.url == "/customers/"


@pytest.mark.parametrize("key", ["kobayashi", "nobody", ""])
def test_nobody_but_the_eight_can_be_entered_as(demo, client: Client, key: str):
    a_person("小林 健太", email="kobayashi@example.jp")
    assert client.post("/demo/enter/", {"person": key}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_a_real_firm_has_no_role_buttons(account_manager: User, client: Client):
    assert client.post("/demo/enter/", {"person": "sato"}).status_code == 404
    assert "_auth_user_id" not in client.session
    assert client.get("/").url == "/account/login/"


def test_the_switch_of_a_get_request_signs_nobody_in(demo, client: Client):
    assert client.get("/demo/enter/", {"person": "sato"}).status_code == 405


def test_people_who_are_signed_in_go_to_their_customers(demo, client_of):
    sato = User.objects.get(email="sato@example.jp")
    assert client_of(sato).get("/").url == "/customers/"


def test_the_bars_are_as_long_as_their_shares(evaluation):
    shares = headline.shares_of(evaluation)
    for frame in (headline.WIDE, headline.NARROW):
        bands = headline.chart(shares, frame).bands
        assert bands[0].revenue.x == bands[0].hours.x == frame.left
        assert bands[-1].revenue.end == pytest.approx(frame.width, abs=0.3)
        assert bands[-1].hours.end == pytest.approx(frame.width, abs=0.3)
        assert bands[0].revenue.width == pytest.approx(frame.inner * 0.3153, abs=1.5)


def test_a_tier_that_gets_more_or_less_than_it_brings_has_a_sign(evaluation):
    shares = {share.tier.code: share for share in headline.shares_of(evaluation)}
    assert shares["S"].minutes == 120
    assert [shares[code].ratio_text for code in "SAC"] == ["▼ ×0.63", "▲ ×1.94", "▲ ×1.91"]
