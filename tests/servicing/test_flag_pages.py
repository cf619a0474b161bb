"""One flag: what its page says, what may be done on it, and where else it is shown."""

import pytest
from django.urls import reverse
from django.utils import timezone

from firm.dates import add_months, today
from firm.models import AuditEvent, Firm
from tests.factories import LONG_AGO, a_contract, a_customer, an_activity, some_goodwill
from tests.servicing.findings import FROM, a_finding
from tiering.flags.rule_words import rules_in_words
from tiering.models import Finding, SettledPart
from tiering.models import FindingKind as Kind
from tiering.servicing.kinds import MEASURES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def long_since(db):
    Firm.objects.update(flags_since=LONG_AGO)


@pytest.fixture
def customer(account_manager):
    found = a_customer("ひかり堂", owner=account_manager)
    a_contract(found)
    return found


@pytest.fixture
def flag(customer, account_manager):
    """27.5 h beyond 30 in April to June, resting on two entries."""
    entries = [
        an_activity(customer, FROM, staff=account_manager, note="名刺の修正"),
        some_goodwill(customer, FROM, staff=account_manager).activity,
    ]
    seen = {"rule": "months", "used": 3_450, "included": 1_800, "by_month": {"2026-04-01": 1_650}}
    return a_finding(
        customer, quantity=1_650, loss=160_000, forgone_fee=330_000, seen=seen, entries=entries
    )


def page_of(flag, **arguments) -> str:
    return reverse("tiering:finding", args=[flag.pk], **arguments)


def test_the_page_says_why_with_the_figures_the_causes_and_the_entries(
    client_of, section_manager, flag
):
    text = client_of(section_manager).get(page_of(flag)).content.decode()
    assert "契約に含む 30.0 h に対して 57.5 h（192%）を使いました。27.5 h の超過です。" in text
    assert ">160<small" in text
    assert ">330<small" in text
    assert "無償対応 <b>50%</b>" in text
    assert "名刺の修正" in text
    assert ">2件<" in text


def test_the_loss_is_not_on_the_page_of_an_account_manager(client_of, account_manager, flag):
    text = client_of(account_manager).get(page_of(flag)).content.decode()
    assert ">330<small" in text
    assert "原価" not in text
    assert ">160<small" not in text


def test_the_drawer_is_the_same_without_the_frame(client_of, section_manager, flag):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/findings/?kind=hours"}
    text = client_of(section_manager).get(page_of(flag), headers=headers).content.decode()
    assert text.strip().startswith("<article")
    assert "<html" not in text
    # A move leads back to the board as it was, with this flag open.
    assert f'value="/findings/?kind=hours&amp;open={flag.pk}"' in text


def test_all_entries_stand_on_a_page_of_their_own(client_of, section_manager, flag):
    text = client_of(section_manager).get(f"{page_of(flag)}entries/").content.decode()
    assert text.count("data-row") == 2
    assert "名刺の修正" in text


def test_who_may_not_accept_is_not_offered_it(client_of, account_manager, section_manager, flag):
    assert "期限まで許容する" in client_of(section_manager).get(page_of(flag)).content.decode()
    assert "期限まで許容する" not in client_of(account_manager).get(page_of(flag)).content.decode()


def test_taking_note_needs_no_words(client_of, account_manager, flag):
    client, sent = client_of(account_manager), {"version": flag.version, "next": ""}
    response = client.post(f"{page_of(flag)}acknowledge/", sent)
    assert response.url == page_of(flag)
    flag.refresh_from_db()
    assert (flag.state, flag.decided_by) == ("acknowledged", account_manager)


def test_resolving_asks_how_and_keeps_what_was_typed(client_of, account_manager, flag):
    client, address = client_of(account_manager), f"{page_of(flag)}resolve/now/"
    sent = {"version": flag.version, "reason": "来月分に追加"}
    response = client.post(address, sent)
    assert response.status_code == 422
    assert "来月分に追加" in response.content.decode()
    response = client.post(address, sent | {"resolution": "billed"})
    assert response.status_code == 302
    assert Finding.objects.get(pk=flag.pk).resolution == "billed"
    assert SettledPart.objects.get().quantity == 1_650


def test_a_form_that_somebody_was_faster_than_is_answered_with_422(
    client_of, account_manager, section_manager, flag
):
    client_of(section_manager).post(
        f"{page_of(flag)}acknowledge/", {"version": flag.version, "next": ""}
    )
    late = {"version": flag.version, "reason": "相談する"}
    response = client_of(account_manager).post(f"{page_of(flag)}start/now/", late)
    assert response.status_code == 422
    assert "要確認が更新されました" in response.content.decode()


def test_after_a_move_nobody_is_led_to_another_site(client_of, account_manager, flag):
    sent = {"version": flag.version, "next": "https://example.com/"}
    response = client_of(account_manager).post(f"{page_of(flag)}acknowledge/", sent)
    assert response.url == page_of(flag)


def test_accepting_takes_a_day_and_a_reason(client_of, section_manager, flag):
    client, address = client_of(section_manager), f"{page_of(flag)}accept/now/"
    sent = {"version": flag.version, "reason": "先行投資", "until": add_months(today(), 13)}
    assert client.post(address, sent).status_code == 422
    assert client.post(address, sent | {"until": add_months(today(), 3)}).status_code == 302
    assert Finding.objects.get(pk=flag.pk).state == "accepted"


def test_past_flags_of_the_board_are_accepted_at_once_with_one_reason(
    client_of, section_manager, account_manager
):
    for number in range(3):
        a_finding(a_customer(owner=account_manager), is_past=number > 0)
    client = client_of(section_manager)
    board = client.get("/findings/?state=past").content.decode()
    assert "対応していないものが2件あります" in board
    form = client.get(reverse("tiering:accept-past-form") + "?state=past").content.decode()
    assert "過去データの要確認 2件" in form
    assert "2社分" in form
    sent = {"query": "state=past", "until": add_months(today(), 2), "reason": "契約更新で見直す"}
    response = client.post(reverse("tiering:accept-past"), sent)
    assert response.url == "/findings/?state=past"
    assert Finding.objects.filter(state="accepted").count() == 2
    assert AuditEvent.objects.filter(code="flag_accepted").count() == 2


def test_flags_stand_on_the_file_with_why_and_in_the_list(client_of, account_manager, flag):
    client = client_of(account_manager)
    file = client.get(reverse("customers:file", args=[flag.customer_id])).content.decode()
    assert file.count("超過 27.5 h") == 2
    assert "57.5 h（192%）" in file
    everybody = client.get(reverse("customers:list")).content.decode()
    assert "超過 27.5 h" in everybody
    other = a_customer("みどり医療会", owner=account_manager)
    a_finding(other, Kind.NO_PROPOSAL, quantity=96)
    over = client.get(reverse("customers:list") + "?flags=over").content.decode()
    assert "ひかり堂" in over
    assert "みどり医療会" not in over
    text = client.get(reverse("customers:export") + "?flags=under&format=csv").getvalue().decode()
    assert "▼ 提案 96日遅れ" in text
    assert "ひかり堂" not in text


def test_a_stranger_finds_no_flag_in_the_list_nor_by_its_filter(client_of, stranger, flag):
    client = client_of(stranger)
    for query in ("", "?flags=over"):
        assert "超過 27.5 h" not in client.get(reverse("customers:list") + query).content.decode()
    assert "ひかり堂" not in client.get(reverse("customers:list") + "?flags=over").content.decode()


def test_nothing_of_it_is_there_while_the_screen_is_shared(client_of, section_manager, flag):
    client = client_of(section_manager)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    kept = f"{page_of(flag)}entries/", page_of(flag), "/findings/", "/findings/rules/"
    for address in (*kept, "/findings/export/", "/findings/past/"):
        assert client.get(address).status_code == 403, address
    file = client.get(reverse("customers:file", args=[flag.customer_id])).content.decode()
    assert not [word for word in ("超過", "過不足") if word in file]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_rules_are_told_for_every_kind_and_what_has_no_data_says_so(
    client_of, compliance, language
):
    kinds = [kind.kind for section in rules_in_words() for kind in section.kinds]
    assert kinds == list(Kind.values)
    client = client_of(compliance)
    client.cookies["language"] = language
    text = client.get("/findings/rules/").content.decode()
    missing = sum(not measure.has_data for measure in MEASURES.values())
    assert text.count('class="without-data"') == missing > 0


def test_the_page_of_a_resolved_flag_offers_no_move(client_of, account_manager, customer):
    flag = a_finding(customer, state="resolved", resolution="subsided", decided_at=timezone.now())
    text = client_of(account_manager).get(page_of(flag)).content.decode()
    assert "見られなくなりました" in text
    assert "sheet-moves" not in text
    assert "どうするか" not in text
