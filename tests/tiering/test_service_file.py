"""Services in a rule file: read, refused with a sentence, and written back the same."""

import pytest

from firm.refusals import Refused
from tests.tiering.evaluations import some_rules
from tiering import actions, rule_file, services
from tiering.catalogue import Level
from tiering.models import Benefit, RuleSet, Tier

REPORT = {"code": "paper-report", "name": "月次紙レポート", "unit": "部"}


def with_services(levels, *, benefits=()):
    """A rule file whose first tier has these."""
    tiers = [
        {"code": "T1", "enter": 500, "services": levels},
        {"code": "T2", "enter": 100},
        {"code": "T3"},
    ]
    return some_rules(tiers=tiers, benefits=list(benefits))


@pytest.mark.django_db
def test_a_draft_gets_the_levels_of_its_file(administrator, now):
    data = with_services(
        {
            "first_response": 30,
            "after_hours": "emergency",
            "contact_interval": 2,
            "review_meeting": {"count": 4, "per": "year"},
            "proposal": {"count": 1, "per": "quarter"},
            "goodwill_budget": 720,
            "paper-report": {"count": 12},
            "backup": None,
        },
        benefits=[REPORT],
    )
    draft = actions.create_draft(rules=rule_file.parse(data), by=administrator, now=now)
    assert services.levels_of(draft) == {
        Tier.objects.get(code="T1").pk: {
            "first_response": Level(30),
            "after_hours": Level(choice="emergency"),
            "contact_interval": Level(2),
            "review_meeting": Level(4, per="year"),
            "proposal": Level(1, per="quarter"),
            "goodwill_budget": Level(720),
            "paper-report": Level(12, per="year"),
        }
    }
    assert Benefit.objects.get().unit == "部"
    written = rule_file.as_data(draft)
    again = actions.create_draft(rules=rule_file.parse(written), by=administrator, now=now)
    assert services.levels_of(again) == services.levels_of(draft)
    assert rule_file.as_data(again) == written


@pytest.mark.django_db
def test_a_file_below_the_promise_to_every_customer_makes_no_draft(administrator, now):
    rules = rule_file.parse(with_services({"first_response": 481}))
    with pytest.raises(Refused, match="全てのお客様への約束を下回ります"):
        actions.create_draft(rules=rules, by=administrator, now=now)
    assert not RuleSet.objects.exists()
    at_the_line = rule_file.parse(with_services({"first_response": 480}))
    assert actions.create_draft(rules=at_the_line, by=administrator, now=now)


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ({"first_respons": 30}, "「first_respons」"),
        ({"paper-report": {"count": 12}}, "「paper-report」"),
        ({"first_response": 0}, "「first_response」"),
        ({"first_response": True}, "「first_response」"),
        ({"contact_interval": 105}, "「contact_interval」"),
        ({"backup": "somebody"}, "「backup」"),
        ({"review_meeting": 4}, "review_meeting"),
        ({"review_meeting": {"count": 4, "per": "month"}}, "「per」"),
        ({"review_meeting": {"per": "year"}}, "「count」"),
        ([], "services"),
    ],
)
def test_what_is_no_level_is_refused(levels, sentence):
    with pytest.raises(Refused, match=sentence):
        rule_file.parse(with_services(levels))


@pytest.mark.parametrize(
    ("benefits", "sentence"),
    [
        ([REPORT, REPORT], "「paper-report」が2回"),
        ([{"code": "proposal", "name": "提案"}], "「proposal」が2回"),
        ([{"code": "紙", "name": "紙"}], "半角英数字"),
        ([{"code": "paper"}], "「name」"),
        ([{**REPORT, "price": 3}], "「price」"),
        ({"paper": 12}, "benefits"),
    ],
)
def test_what_is_no_benefit_is_refused(benefits, sentence):
    data = with_services({}) | {"benefits": benefits}
    with pytest.raises(Refused, match=sentence):
        rule_file.parse(data)
