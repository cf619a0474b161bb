"""Service levels and benefits on the pages and in the API."""

import datetime

import pytest
from django.urls import reverse

from customers.contracts.kinds import TermLine
from firm.dates import today
from firm.models import AuditEvent
from tests.factories import (
    a_benefit,
    a_contract,
    a_customer,
    a_draft,
    a_level,
    a_rule_set,
)
from tests.tiering.nights import a_done_night, a_move, an_evaluation
from tiering import services
from tiering.catalogue import Level
from tiering.models import Benefit, BenefitUse, Evaluation, Tier
from tiering.models.standing import Reason

pytestmark = pytest.mark.django_db
SINCE = datetime.date(2021, 4, 1)


@pytest.fixture
def rules(administrator):
    rules = a_rule_set(by=administrator)
    a_benefit(unit="部")
    a_level(rules, "S", "first_response", 30)
    a_level(rules, "S", "review_meeting", 4, per="year")
    a_level(rules, "S", "goodwill_budget", 720)
    a_level(rules, "S", "paper-report", 12, per="year")
    a_level(rules, "C", "first_response", 480)
    a_level(rules, "C", "paper-report", 12, per="year")
    return rules


def in_tier(rules, tier, rank, **values):
    customer = a_customer(tier_rank=rank, **values)
    evaluation = Evaluation.objects.first() or an_evaluation(
        rules, job=a_done_night(business_date=SINCE), as_of=SINCE
    )
    a_move(customer, evaluation, before="", after=tier, reason=Reason.INITIAL)
    return customer


@pytest.fixture
def premier(rules, account_manager):
    return in_tier(rules, "S", 1, name="東都精機販売", owner=account_manager)


@pytest.fixture
def core(rules, account_manager):
    return in_tier(rules, "C", 4, name="ひかり堂", owner=account_manager)


def text_of(client, url, **query):
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def cell(service: str, tier: str, field: str) -> str:
    return f"{service}.{Tier.objects.get(code=tier).pk}-{field}"


def asked(**values) -> dict:
    return {"day": today().isoformat(), "quantity": 1, **values}


# The matrix


def test_everybody_reads_the_matrix_of_the_version_in_force(client_of, stranger, rules):
    client = client_of(stranger)
    address = f"{reverse('tiering:service-levels')}?version={rules.number}"
    assert f'hx-get="{address}"' in text_of(client, reverse("tiering:rules"))
    html = text_of(client, address)
    for words in ("ランク別の対応基準", "営業時間で30分以内", "年4回", "月次紙レポート"):
        assert words in html


def test_the_matrix_comes_into_the_rules_page_alone_once_it_is_in_view(client_of, stranger, rules):
    address = reverse("tiering:service-levels")
    panel = client_of(stranger, HTTP_HX_REQUEST="true").get(address).content.decode()
    assert "年4回" in panel
    assert "<html" not in panel


def test_a_version_without_levels_shows_no_matrix(client_of, stranger, administrator):
    a_rule_set(by=administrator)
    client = client_of(stranger)
    assert "ランク別の対応基準" not in text_of(client, reverse("tiering:rules"))
    assert "services-grid" not in text_of(client, reverse("tiering:service-levels"))


def test_the_matrix_of_a_version_that_does_not_exist_is_not_found(client_of, stranger, rules):
    address = reverse("tiering:service-levels")
    assert client_of(stranger).get(address, {"version": "99999"}).status_code == 404


def test_the_matrix_is_not_there_while_the_screen_is_shared(client_of, stranger, rules):
    client = client_of(stranger)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    assert client.get(reverse("tiering:service-levels")).status_code == 403


def test_the_matrix_is_edited_as_a_plain_form(client_of, administrator, rules):
    draft = a_draft(rules)
    client = client_of(administrator)
    assert "一次回答の目安, プレミア" in text_of(
        client, reverse("tiering:draft-services", args=[draft.pk])
    )
    response = client.post(
        reverse("tiering:save-services", args=[draft.pk]),
        {
            "revision": draft.revision,
            cell("first_response", "S", "amount"): "2",
            cell("first_response", "S", "unit"): "h",
            cell("backup", "S", "choice"): "named",
            cell("paper-report", "A", "amount"): "3",
            cell("paper-report", "A", "unit"): "quarter",
            cell("review_meeting", "A", "unit"): "year",
        },
    )
    assert response.status_code == 302
    assert services.levels_of(draft) == {
        Tier.objects.get(code="S").pk: {
            "first_response": Level(120),
            "backup": Level(choice="named"),
        },
        Tier.objects.get(code="A").pk: {"paper-report": Level(3, per="quarter")},
    }
    assert AuditEvent.objects.filter(code="services_changed").count() == 1


@pytest.mark.parametrize(
    ("amount", "unit", "sentence"),
    [
        ("9", "h", "プレミアの一次回答の目安：8時間までです。全てのお客様に1営業日以内を約束"),
        ("0", "h", "プレミアの一次回答の目安：この値は 1 以上でなければなりません。"),
        ("soon", "min", "プレミアの一次回答の目安：整数を入力してください。"),
        ("2", "days", "プレミアの一次回答の目安："),
    ],
)
def test_what_is_wrong_in_a_cell_is_said_and_the_input_kept(
    client_of, administrator, rules, amount, unit, sentence
):
    draft = a_draft(rules)
    response = client_of(administrator).post(
        reverse("tiering:save-services", args=[draft.pk]),
        {
            cell("first_response", "S", "amount"): amount,
            cell("first_response", "S", "unit"): unit,
            cell("contact_interval", "A", "amount"): "6",
        },
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert f'value="{amount}"' in html
    assert 'value="6"' in html
    assert services.levels_of(draft) == {}


def test_reviewers_read_the_matrix_and_are_told_why_they_cannot_save(client_of, executive, rules):
    draft = a_draft(rules)
    a_level(draft, "S", "first_response", 30)
    html = text_of(client_of(executive), reverse("tiering:draft-services", args=[draft.pk]))
    assert "営業時間で30分以内" in html
    assert "森 恵子さんはランク基準を変更できません。" in html
    assert "<select" not in html.partition("<tbody>")[2].partition("</table>")[0]


def test_a_published_version_has_no_editor(client_of, administrator, rules):
    client = client_of(administrator)
    assert client.get(reverse("tiering:draft-services", args=[rules.pk])).status_code == 404
    assert client.post(reverse("tiering:save-services", args=[rules.pk])).status_code == 404


def test_a_benefit_of_the_firms_own_becomes_a_row(client_of, administrator, rules):
    draft = a_draft(rules)
    client = client_of(administrator)
    url = reverse("tiering:add-benefit", args=[draft.pk])
    answer = client.post(url, {"benefit-name": "訪問", "benefit-name_en": "Visit"})
    assert answer.status_code == 302
    assert "訪問" in text_of(client, reverse("tiering:draft-services", args=[draft.pk]))
    again = client.post(url, {"benefit-name": "訪問"})
    assert again.status_code == 422
    assert "この名前の特典はもうあります" in again.content.decode()
    assert client.post(url, {"benefit-name": ""}).status_code == 422
    assert Benefit.objects.count() == 2


# The customer's file


def test_the_file_shows_each_term_with_its_source(client_of, account_manager, premier):
    html = text_of(client_of(account_manager), reverse("tiering:customer-terms", args=[premier.pk]))
    terms = html.partition("対応の条件")[2].partition("</section>")[0]
    assert "営業時間で30分以内" in terms
    assert "標準は1営業日以内" in terms
    assert '<span class="source source-tier">ランク</span>' in terms
    assert '<span class="source source-standard">標準</span>' in terms
    assert "月次紙レポート" not in terms  # it is in the checklist below


def test_a_contract_goes_before_the_tier(client_of, account_manager, premier):
    a_contract(premier, terms=[TermLine("response", amount=240)])
    html = text_of(client_of(account_manager), reverse("tiering:customer-terms", args=[premier.pk]))
    terms = html.partition("対応の条件")[2].partition("</section>")[0]
    first = terms.partition("<div>")[2].partition("</div>")[0]
    for words in ("営業時間で4時間以内", "ランクは営業時間で30分以内", '"source ">契約'):
        assert words in first


def test_on_a_shared_screen_only_the_contract_is_told(client_of, account_manager, premier):
    client = client_of(account_manager)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    url = reverse("customers:file", args=[premier.pk])
    secrets = ("30分以内", "対応の条件", "使える特典", "実施した", "特別対応枠", ">ランク<")
    html = text_of(client, url)
    assert [word for word in secrets if word in html] == []
    a_contract(premier, terms=[TermLine("response", amount=240)])
    html = text_of(client, url)
    assert "一次回答は4営業時間以内" in html
    assert "30分以内" not in html
    terms = text_of(client, reverse("tiering:customer-terms", args=[premier.pk]))
    assert "営業時間で4時間以内" in terms
    assert "30分以内" not in terms
    for name in ("tiering:benefits", "tiering:record-use"):
        address = reverse(name, args=[premier.pk])
        assert client.get(address).status_code in (403, 405)
        assert client.post(address, asked(service="review_meeting")).status_code in (403, 405)
    draft = a_draft()
    assert client.get(reverse("tiering:draft-services", args=[draft.pk])).status_code == 403
    assert not BenefitUse.objects.exists()


def test_one_button_records_a_benefit_and_the_checklist_follows(
    client_of, account_manager, premier
):
    client = client_of(account_manager)
    url = reverse("customers:file", args=[premier.pk])
    below = reverse("tiering:benefits-left", args=[premier.pk])
    html = text_of(client, below)
    assert html.count("実施した") >= 3
    answer = client.post(
        reverse("tiering:record-use", args=[premier.pk]), asked(service="review_meeting")
    )
    assert answer.headers["Location"] == f"{url}#benefits"
    use = BenefitUse.objects.get()
    assert (use.service, use.quantity, use.recorded_by) == ("review_meeting", 1, account_manager)
    row = text_of(client, below).partition("レビュー会議<small>")[2].partition("</tr>")[0]
    assert [row.count(words) for words in (">4回<", ">1回<", ">3回<")] == [1, 1, 1]


def test_no_buttons_for_who_only_reads_and_none_on_a_past_day(
    client_of, auditor, account_manager, premier
):
    url = reverse("tiering:benefits-left", args=[premier.pk])
    assert "使える特典" in text_of(client_of(auditor), url)
    assert "実施した" not in text_of(client_of(auditor), url)
    yesterday = (today() - datetime.timedelta(days=1)).isoformat()
    assert "実施した" not in text_of(client_of(account_manager), url, on=yesterday)


def test_another_tiers_benefit_is_warned_of_before_it_is_recorded(client_of, account_manager, core):
    client = client_of(account_manager)
    url = reverse("tiering:record-use", args=[core.pk])
    answer = client.post(url, asked(service="review_meeting", note="年度のふり返り"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "この対応（レビュー会議）はプレミアの特典です。" in html
    assert "月次紙レポート" in html.partition("このお客様のランクで使える特典")[2]
    assert 'value="年度のふり返り"' in html
    assert not BenefitUse.objects.exists()
    answer = client.post(url, asked(service="review_meeting", confirmed="on"))
    assert answer.status_code == 302
    assert BenefitUse.objects.get().service == "review_meeting"


@pytest.mark.parametrize(
    "wrong", [{"quantity": "0"}, {"day": "x"}, {"service": "first_response"}, {"service": ""}]
)
def test_what_cannot_be_recorded_is_422(client_of, account_manager, premier, wrong):
    url = reverse("tiering:record-use", args=[premier.pk])
    answer = client_of(account_manager).post(url, asked(service="review_meeting") | wrong)
    assert answer.status_code == 422
    assert not BenefitUse.objects.exists()


def test_tomorrow_is_refused_with_its_sentence(client_of, account_manager, premier):
    tomorrow = (today() + datetime.timedelta(days=1)).isoformat()
    answer = client_of(account_manager).post(
        reverse("tiering:record-use", args=[premier.pk]),
        asked(service="review_meeting", day=tomorrow),
    )
    assert answer.status_code == 422
    assert "先の日付では記録できません" in answer.content.decode()


def test_an_entry_is_taken_back_and_stays_readable(client_of, account_manager, premier):
    client = client_of(account_manager)
    record = reverse("tiering:record-use", args=[premier.pk])
    client.post(record, asked(service="review_meeting", note="取り違え"))
    use = BenefitUse.objects.get()
    for _attempt in range(2):
        client.post(reverse("tiering:reverse-use", args=[use.pk]))
    html = text_of(client, reverse("tiering:benefits", args=[premier.pk]))
    assert "取り違え" in html
    assert "取り消し済み" in html
    assert "この記録はもう取り消してあります。" in html
    assert BenefitUse.objects.filter(reverses=use).count() == 1


# The report


@pytest.fixture
def book(rules, account_manager, stranger, premier, core):
    """Six in C, of whom one has the report sent; one of them is another's."""
    others = [
        a_customer(f"お客様{n}", tier_rank=4, owner=stranger if n == 0 else account_manager)
        for n in range(5)
    ]
    a_customer("取引終了社", tier_rank=4, status="inactive", owner=account_manager)
    BenefitUse.objects.create(
        customer=core,
        benefit=Benefit.objects.get(code="paper-report"),
        day=today(),
        quantity=1,
        recorded_at=datetime.datetime.now(tz=datetime.UTC),
    )
    return others


def test_what_hardly_anybody_uses_is_proposed_for_retirement(client_of, executive, book):
    html = text_of(client_of(executive), reverse("tiering:benefit-report"))
    row = html.partition("月次紙レポート<small>")[2].partition("</tr>")[0]
    assert "14%" in row  # 1 of 7
    assert "1 / 6" in row
    assert "廃止の候補" in row


def test_each_number_opens_its_customers(client_of, executive, account_manager, book):
    url = reverse("tiering:benefit-report")
    asked_for = {"benefit": "paper-report", "tier": "4"}
    html = text_of(client_of(executive), url, **asked_for)
    rows = html.partition('id="rows"')[2].partition("</section>")[0]
    assert all(customer.name in rows for customer in book)
    assert "ひかり堂" not in rows
    own = text_of(client_of(account_manager), url, **asked_for)
    assert book[0].name not in own
    for wrong in ({"benefit": "nothing", "tier": "4"}, {"benefit": "paper-report", "tier": "9"}):
        assert client_of(executive).get(url, wrong).status_code == 404


def test_the_report_is_exported_as_seen(client_of, executive, book):
    url = reverse("tiering:benefit-report-export")
    answer = client_of(executive).get(url, {"format": "csv"})
    text = answer.getvalue().decode("utf-8-sig")
    assert "月次紙レポート,ベーシック,6,1,16.6667" in text
    customers = client_of(executive).get(
        url, {"format": "csv", "benefit": "paper-report", "tier": "4"}
    )
    assert customers.getvalue().decode("utf-8-sig").count("\n") == 1 + len(book)


def test_the_report_needs_few_queries(client_of, executive, book, django_assert_max_num_queries):
    client = client_of(executive)
    with django_assert_max_num_queries(12):
        text_of(client, reverse("tiering:benefit-report"))


# The API


def test_the_api_tells_terms_benefits_and_levels(client_of, account_manager, premier, rules):
    client = client_of(account_manager)
    terms = client.get(f"/api/v1/customers/{premier.pk}/terms").json()
    assert terms[0] == {
        "code": "first_response",
        "name": "一次回答の目安",
        "source": "tier",
        "words": "営業時間で30分以内",
        "level": {"amount": 30, "choice": "", "per": ""},
    }
    early = client.get(f"/api/v1/customers/{premier.pk}/terms?as_of=2021-03-31").json()
    assert early[0]["source"] == "promise"
    found = client.get(f"/api/v1/customers/{premier.pk}/benefits").json()
    assert [(row["code"], row["quota"], row["left"]) for row in found] == [
        ("review_meeting", 4, 4),
        ("goodwill_budget", 720, 720),
        ("paper-report", 12, 12),
    ]
    matrix = client.get(f"/api/v1/rule-sets/{rules.pk}/services").json()
    assert matrix[0]["code"] == "first_response"
    assert [tier["tier"] for tier in matrix[0]["tiers"]] == ["S", "A", "B", "C"]
    assert matrix[0]["tiers"][1]["level"] is None


def test_the_api_records_once_and_takes_back(client_of, account_manager, core):
    client = client_of(account_manager)
    url = f"/api/v1/customers/{core.pk}/benefit-uses"
    body = {"code": "review_meeting", "note": "電話で"}
    answers = [
        client.post(url, body, content_type="application/json", headers={"Idempotency-Key": "one"})
        for _attempt in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["caution"] == "この対応（レビュー会議）はプレミアの特典です。"
    use = BenefitUse.objects.get()
    reverse_url = f"/api/v1/benefit-uses/{use.pk}/reverse"
    taken = client.post(reverse_url, {}, content_type="application/json")
    assert (taken.status_code, taken.json()["reverses"]) == (201, use.pk)
    again = client.post(reverse_url, {}, content_type="application/json")
    assert again.status_code == 409
    assert [row["reverses"] for row in client.get(url).json()["results"]] == [use.pk, None]


@pytest.mark.parametrize(
    "body",
    [{"code": "first_response"}, {"code": "x"}, {"code": "review_meeting", "quantity": 0}, {}],
)
def test_the_api_refuses_what_is_no_use(client_of, account_manager, premier, body):
    url = f"/api/v1/customers/{premier.pk}/benefit-uses"
    answer = client_of(account_manager).post(url, body, content_type="application/json")
    assert answer.status_code == 400


def test_the_api_reports_unused_benefits(client_of, executive, book):
    rows = client_of(executive).get("/api/v1/reports/benefits").json()
    report = next(row for row in rows if row["code"] == "paper-report")
    assert report["is_to_retire"]
    assert report["tiers"] == [
        {"tier": "S", "customers": 1, "users": 0},
        {"tier": "C", "customers": 6, "users": 1},
    ]
