"""An entry's page with its versions, the list of a customer's entries, and their export."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from customers.actions import correct_activity, read_purpose, record_activity
from customers.models import Activity
from customers.service_log.entries import EntryData, FavorData, moment_of
from customers.service_log.purpose import VERSION
from firm.models import AuditEvent, Notification
from tests.factories import a_contract, a_customer, an_activity

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 7, 14)
EVENING = EntryData(
    day=DAY,
    started_at=moment_of(DAY, datetime.time(17, 30)),
    minutes=105,
    cause="customer_wish",
    channel="private_chat",
    note="ついでのバナー",
)


@pytest.fixture
def customer(account_manager):
    return a_customer("ひかり堂", owner=account_manager)


@pytest.fixture
def entry(customer, account_manager, now) -> Activity:
    return record_activity(customer=customer, data=EVENING, by=account_manager, now=now)


def text_of(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def corrected(entry: Activity, **changes) -> dict:
    return {
        "version": entry.version,
        "cause": "customer_wish",
        "minutes": str(entry.minutes),
        "when": "at",
        "day": "2026-07-14",
        "time": "17:30",
        "note": entry.note,
        **changes,
    }


def test_the_page_says_what_a_correction_changed_and_by_whom(
    client_of, entry, account_manager, section_manager
):
    client = client_of(section_manager)
    response = client.post(
        f"/log/{entry.pk}/correct/save/", corrected(entry, minutes="1.5h", channel="mail")
    )
    assert response.status_code == 302
    text = text_of(client, f"/log/{entry.pk}/")
    assert "第2版" in text
    assert "<del>105</del> → <ins>90</ins>" in text
    assert account_manager.name in text
    assert section_manager.name in text


def test_whoever_was_slower_is_told_and_keeps_what_was_typed(
    client_of, entry, account_manager, now
):
    correct_activity(
        activity=entry, data=replace(EVENING, minutes=30), version=1, by=account_manager, now=now
    )
    response = client_of(account_manager).post(
        f"/log/{entry.pk}/correct/save/", corrected(entry, version="1", note="別の訂正")
    )
    assert response.status_code == 422
    text = response.content.decode()
    assert "ほかの人がこの記録を訂正しました" in text
    assert "別の訂正" in text
    assert "<del>105</del> → <ins>30</ins>" in text, "what the other one changed"
    entry.refresh_from_db()
    assert entry.minutes == 30
    again = corrected(entry, version=response.context["seen"]["version"].value(), note="別の訂正")
    client_of(account_manager).post(f"/log/{entry.pk}/correct/save/", again)
    entry.refresh_from_db()
    assert (entry.version, entry.note) == (3, "別の訂正")


def test_an_executive_reads_the_entry_and_why_it_is_not_hers_to_correct(
    client_of, entry, executive
):
    client = client_of(executive)
    assert "本人とその上長" in text_of(client, f"/log/{entry.pk}/")
    assert client.get(f"/log/{entry.pk}/correct/").headers["Location"] == f"/log/{entry.pk}/"
    assert client.post(f"/log/{entry.pk}/correct/save/", corrected(entry)).status_code == 422
    entry.refresh_from_db()
    assert entry.version == 1


def test_the_marks_say_what_it_means_for_the_contract(client_of, entry, account_manager):
    a_contract(entry.customer)
    assert "30分" in text_of(client_of(account_manager), f"/log/{entry.pk}/")


def test_a_withdrawn_entry_says_why_and_is_off_the_list(client_of, entry, account_manager):
    client = client_of(account_manager)
    client.post(f"/log/{entry.pk}/withdraw/", {"version": "1", "reason": "二重に入力"})
    assert "二重に入力" in text_of(client, f"/log/{entry.pk}/")
    assert "ついでのバナー" not in text_of(client, f"/customers/{entry.customer_id}/log/")
    again = client.post(f"/log/{entry.pk}/withdraw/", {"version": "1", "reason": "もう一度"})
    assert again.status_code == 409


def test_a_question_goes_to_the_manager_and_not_to_oneself(
    client_of, entry, account_manager, section_manager
):
    client = client_of(account_manager)
    assert client.post(f"/log/{entry.pk}/ask/", {"question": " "}).status_code == 409
    client.post(f"/log/{entry.pk}/ask/", {"question": "断ってよいですか"})
    notice = Notification.objects.get()
    assert notice.recipient == section_manager
    assert notice.data["question"] == "断ってよいですか"
    assert "断って" not in str(AuditEvent.objects.get(code="entry_question").data)


def test_the_list_is_filtered_by_person_cause_channel_goodwill_and_days(
    client_of, entry, customer, account_manager, section_manager, now
):
    free = replace(
        EVENING,
        day=datetime.date(2026, 6, 1),
        started_at=None,
        cause="in_contract",
        channel="mail",
        note="月次報告",
        favor=FavorData(why="お礼", usual_price=Decimal(12_000)),
    )
    record_activity(customer=customer, data=free, by=section_manager, now=now)
    client, path = client_of(account_manager), f"/customers/{customer.pk}/log/"
    both = text_of(client, path)
    assert "ついでのバナー" in both
    assert "月次報告" in both
    for query in (
        f"person={section_manager.pk}",
        "cause=in_contract",
        "channel=mail",
        "mark=goodwill",
        "until=2026-06-30",
    ):
        text = text_of(client, f"{path}?{query}")
        assert "月次報告" in text, query
        assert "ついでのバナー" not in text, query
    assert "ついでのバナー" in text_of(client, f"{path}?since=2026-07-01&cause=nonsense")


def test_the_list_and_its_export_are_filtered_by_marks(
    client_of, entry, customer, account_manager, now
):
    noon = {"started_at": moment_of(DAY, datetime.time(12)), "note": "昼の電話"}
    record_activity(customer=customer, data=replace(EVENING, **noon), by=account_manager, now=now)
    client, path = client_of(account_manager), f"/customers/{customer.pk}/log/"
    query = "?mark=outside_hours&mark=holiday&mark=nonsense"
    text = client.get(path + query, headers={"HX-Request": "true"}).content.decode()
    assert "昼の電話" in text, "what does not parse asks for nothing"
    query = "?mark=outside_hours&mark=holiday"
    text = client.get(path + query, headers={"HX-Request": "true"}).content.decode()
    assert "ついでのバナー" in text
    assert "昼の電話" not in text
    link = f"/customers/{customer.pk}/log/export/?mark=outside_hours&amp;mark=holiday"
    assert f'href="{link}" hx-swap-oob="true"' in text, "the export follows the filter"
    exported = client.get(f"{path}export/{query}&format=csv")
    table = b"".join(exported.streaming_content).decode()
    assert "対応時間外：時間内30分・時間外75分" in table
    assert "昼の電話" not in table


def test_a_long_list_comes_by_pages_without_gaps(client_of, customer, account_manager):
    for number in range(55):
        an_activity(customer, DAY - datetime.timedelta(days=number % 9), staff=account_manager)
    client, path = client_of(account_manager), f"/customers/{customer.pk}/log/"
    first = client.get(path)
    rest = client.get(path + first.context["next_url"])
    shown = [row.pk for page in (first, rest) for row, _marks in page.context["rows"]]
    assert len(shown) == len(set(shown)) == 55
    assert rest.context["next_url"] == ""


def test_the_export_has_the_prices_of_goodwill_for_those_who_may_see_them(
    client_of, customer, account_manager, auditor, now
):
    free = replace(EVENING, favor=FavorData(why="お礼", usual_price=Decimal(23_400)))
    record_activity(customer=customer, data=free, by=account_manager, now=now)
    path = f"/customers/{customer.pk}/log/export/?format=csv"

    def exported(person) -> str:
        return b"".join(client_of(person).get(path).streaming_content).decode()

    assert "23400" in exported(account_manager)
    assert "お礼" in exported(auditor)
    assert "23400" not in exported(auditor)


def test_a_shared_screen_shows_entries_without_goodwill_and_keeps_the_mark(
    client_of, customer, account_manager, now
):
    free = replace(EVENING, favor=FavorData(why="年末のお礼", usual_price=Decimal(12_000)))
    entry = record_activity(customer=customer, data=free, by=account_manager, now=now)
    client = client_of(account_manager)
    session = client.session
    session["screen_share"] = True
    session.save()
    for path in (f"/log/{entry.pk}/", f"/customers/{customer.pk}/log/"):
        assert "無償" not in text_of(client, path)
    client.post(f"/log/{entry.pk}/correct/save/", corrected(entry, note="共有中の訂正"))
    entry.refresh_from_db()
    assert (entry.version, entry.favor.withdrawn_at) == (2, None)
    assert entry.note == "ついでのバナー", "the form did not show the note"


def test_a_shared_screen_keeps_our_notes_to_ourselves(
    client_of, entry, customer, account_manager, now
):
    """On every page that shows entries, in what the next one begins with, and in the export."""
    read_purpose(version=VERSION, by=account_manager, now=now)
    a_contract(customer)
    data = replace(EVENING, note="しつこい", work_item="バナー", minutes=15)
    correct_activity(activity=entry, data=data, version=1, by=account_manager, now=now)
    client, pages = client_of(account_manager), f"/customers/{customer.pk}"
    addresses = [
        f"/log/{entry.pk}/",
        f"/log/{entry.pk}/correct/",
        f"/log/new/?customer={customer.pk}&like=last",
        f"{pages}/log/",
        f"{pages}/log/export/?format=csv",
        f"{pages}/timeline/",
        f"{pages}/used/entries/?figure=hours&on=2026-07-15",
    ]

    def said() -> list[str]:
        return [page for page in addresses if "しつこい" in client.get(page).getvalue().decode()]

    assert said() == addresses
    client.post("/preferences/screen-share/", {"on": "1"})
    assert said() == []
    assert "バナー" in text_of(client, f"{pages}/log/")


@pytest.mark.parametrize(("cause", "status"), [("own_reason", 404), ("incident", 200)])
def test_a_shared_screen_shows_nothing_of_our_own(
    client_of, customer, account_manager, now, cause, status
):
    ours = replace(EVENING, cause=cause, work_item="当社の設定もれ")
    entry = record_activity(customer=customer, data=ours, by=account_manager, now=now)
    client = client_of(account_manager)
    log, page = f"/customers/{customer.pk}/log/", f"/log/{entry.pk}/"
    assert "当社の設定もれ" in text_of(client, page) + text_of(client, log)
    session = client.session
    session["screen_share"] = True
    session.save()
    assert client.get(page).status_code == status
    for path in (log, f"{log}?cause={cause}"):
        assert ("当社の設定もれ" in text_of(client, path)) == (status == 200)


@pytest.mark.parametrize("rows", [1, 8])
def test_each_page_asks_few_questions_however_many_entries_there_are(
    client_of, entry, customer, account_manager, now, rows, django_assert_max_num_queries
):
    read_purpose(version=VERSION, by=account_manager, now=now)
    a_contract(customer, price_beyond=Decimal(13_000))
    for number in range(rows):
        note = replace(EVENING, minutes=30 + number)
        correct_activity(
            activity=entry, data=note, version=entry.version + number, by=account_manager, now=now
        )
        an_activity(customer, DAY, staff=account_manager)
    client = client_of(account_manager)
    for path in (
        f"/log/new/?customer={customer.pk}",
        f"/log/new/?customer={customer.pk}&like=last",
        "/log/new/",
        f"/log/{entry.pk}/",
        f"/log/{entry.pk}/correct/",
        f"/customers/{customer.pk}/log/",
    ):
        with django_assert_max_num_queries(12):
            assert client.get(path).status_code == 200


def test_work_of_another_customer_is_withdrawn_and_recorded_there_at_once(
    client_of, entry, account_manager
):
    other = a_customer("風花精機", code="K-0075", owner=account_manager)
    client, address = client_of(account_manager), f"/log/{entry.pk}/move/"
    page = client.post(address, {"version": entry.version, "customer": "k-0075"}, follow=True)
    assert "風花精機" in page.content.decode()
    entry.refresh_from_db()
    moved = Activity.objects.live().get()
    assert (moved.customer, moved.staff, moved.minutes) == (other, account_manager, 105)
    assert (moved.started_at, moved.channel) == (entry.started_at, "private_chat")
    assert "K-0075" in entry.withdrawn_because
    assert not entry.slices.exists()
    assert moved.slices.exists()


@pytest.mark.parametrize("typed", ["", "nobody", "K-0001", "風花"])
def test_who_is_meant_has_to_be_clear_and_another(typed, client_of, entry, account_manager):
    """One of two of that name, a stranger's customer, and the entry's own are refused."""
    entry.customer.code = "K-0001"
    entry.customer.save()
    a_customer("風花精機", owner=account_manager), a_customer("風花珈琲", owner=account_manager)
    a_customer("nobody")
    given = {"version": entry.version, "customer": typed}
    answer = client_of(account_manager).post(f"/log/{entry.pk}/move/", given)
    assert answer.status_code == 422
    assert answer.context["move"].errors.keys() == {"customer"}
    fields = [answer.context["form"]["minutes"], answer.context["move"]["customer"]]
    assert ["autofocus" in field.field.widget.attrs for field in fields] == [False, True]
    assert f'value="{typed}"' in answer.content.decode() or not typed, "what was typed stays"
    assert Activity.objects.live().get() == entry


def test_a_move_of_an_entry_that_was_corrected_meanwhile_shows_it_as_it_is(
    client_of, entry, account_manager, now
):
    a_customer("風花精機", code="K-0075", owner=account_manager)
    data = replace(EVENING, minutes=31)
    correct_activity(activity=entry, data=data, version=1, by=account_manager, now=now)
    client, given = client_of(account_manager), {"version": "1", "customer": "K-0075"}
    answer = client.post(f"/log/{entry.pk}/move/", given)
    assert answer.status_code == 422
    assert 'value="31"' in answer.content.decode()
    given["version"] = "2"  # as the page says it now
    assert client.post(f"/log/{entry.pk}/move/", given).status_code == 302


def test_the_api_moves_an_entry_to_a_customer_of_mine_only(client_of, entry, account_manager):
    client, address = client_of(account_manager), f"/api/v1/activities/{entry.pk}/move"
    theirs, mine = a_customer(), a_customer(owner=account_manager)
    for customer, status in ((theirs, 404), (mine, 201), (mine, 409)):
        given = {"customer": customer.pk, "version": 1}
        answer = client.post(address, given, content_type="application/json")
        assert answer.status_code == status, answer.content
    assert Activity.objects.live().get().customer == mine
