"""The service log from a file: what is added, corrected and withdrawn, and what is refused."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.management import call_command
from django.test import Client

from customers.actions import mark_goodwill, request_import
from customers.actions.activities import EntryData, correct_activity, withdraw_activity
from customers.models import Activity, ActivitySlice, Customer, Import, ScopeExtension
from firm import jobs
from firm.models import BillRate, CostRate, User
from tests.factories import NOW, a_contact, a_contract, a_customer, a_person, an_activity
from tests.imports.conftest import Written, bring, lines_of, reasons

pytestmark = pytest.mark.django_db
HEADER = "customer_code,staff,started_at,minutes,source_id"
BARE = "顧客コード,担当者,日付,分"
LATER = NOW + datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _customers(db: None) -> None:
    a_customer("株式会社アルファ", code="0001")
    a_customer("株式会社ベータ", code="0002")


@pytest.fixture(autouse=True)
def sato(db: None) -> User:
    CostRate.objects.create(
        grade="主任", valid_from=datetime.date(2026, 4, 1), direct=6000, loaded=9000
    )
    return a_person("佐藤 花子", email="sato@example.jp", cost_grade="主任")


def live() -> Any:
    return Activity.objects.live().order_by("pk")


def minutes_sliced() -> list[tuple[str, int | None, int]]:
    slices = ActivitySlice.objects.order_by("activity", "day", "start_minute")
    return [(s.day.isoformat(), s.start_minute, s.minutes) for s in slices]


def test_a_file_becomes_entries_with_slices_and_costs(written: Written, sato: User) -> None:
    import_ = bring(
        "activities",
        written(
            "顧客コード,対応者,開始日時,対応時間（分）,連絡手段,方向,発端,種類,理由,作業項目,件名,メモ,元のID",
            "0001,sato@example.jp,2026-07-10T14:30:00+09:00,90,電話,お客様から,お客様,打ち合わせ,"
            "お客様のご要望,軽微な修正,T-1,見出しの修正,A1",
            "0002,佐藤 花子,2026/7/11,６０分,,,,,,,,,A2",
        ),
        source="backlog",
    )
    assert import_.state == Import.State.APPLIED, import_.summary
    call, work = live()
    assert call.started_at == datetime.datetime(2026, 7, 10, 5, 30, tzinfo=datetime.UTC)
    assert (call.staff, call.minutes, call.channel, call.direction, call.initiator) == (
        sato, 90, "phone", "in", "customer",
    )  # fmt: skip
    assert (call.kind, call.cause, call.work_item, call.thread, call.note) == (
        "meeting", "customer_wish", "軽微な修正", "T-1", "見出しの修正",
    )  # fmt: skip
    assert (call.source, call.source_id, call.import_ref) == ("backlog", "A1", import_)
    assert (work.day, work.started_at, work.cause) == (
        datetime.date(2026, 7, 11),
        None,
        "in_contract",
    )
    assert minutes_sliced() == [("2026-07-10", 14 * 60 + 30, 90), ("2026-07-11", None, 60)]
    assert [s.cost for s in ActivitySlice.objects.order_by("day")] == [9000, 6000]
    figures = import_.summary["figures"]
    assert (figures["unit"], figures["added"]["after"]) == ("minutes", "150")


def test_a_time_without_an_offset_is_the_firms(written: Written, settings) -> None:
    settings.FIRM_TIME_ZONE = "America/New_York"
    bring(
        "activities",
        written(
            HEADER,
            "0001,佐藤 花子,2026-03-07 23:30,60,over midnight",
            "0001,佐藤 花子,2026-03-08 01:30,60,into the gap",
            "0001,佐藤 花子,2026-03-08 02:30,60,within the gap",
            "0001,佐藤 花子,2026-07-10T00:30:00+09:00,30,Tokyo",
        ),
    )
    assert minutes_sliced() == [
        ("2026-03-07", 23 * 60 + 30, 30),
        ("2026-03-08", 0, 30),
        ("2026-03-08", 90, 30),
        ("2026-03-08", 120, 30),
        ("2026-03-08", 150, 60),
        ("2026-07-09", 11 * 60 + 30, 30),
    ]


def test_repeating_a_file_changes_nothing(written: Written) -> None:
    """Numbered lines, and lines whose number is their content and place among their equals."""
    path = written(
        HEADER,
        "0001,佐藤 花子,2026-07-10 10:00,30,A1",
        "0001,新人 一郎,2026-07-10,30,",
        "0001,新人 一郎,2026-07-10,30,",
    )
    first = bring("activities", path)
    assert first.summary["figures"]["new_people"]["names"] == ["新人 一郎"]
    before = list(Activity.objects.values_list()), list(ActivitySlice.objects.values_list())
    again = bring("activities", path)
    assert again.state == Import.State.APPLIED
    assert lines_of(again.summary["figures"], "added", "changed", "unchanged") == (0, 0, 3)
    after = list(Activity.objects.values_list()), list(ActivitySlice.objects.values_list())
    assert after == before
    assert len(before[0]) == 3
    assert not User.objects.get(name="新人 一郎").is_active


def test_a_known_number_with_other_content_is_a_correction(written: Written) -> None:
    bring("activities", written(f"{HEADER},note", "0001,佐藤 花子,2026-07-10 10:00,60,A1,x"))
    second = bring("activities", written(HEADER, "0001,佐藤 花子,2026-06-10,90,A1"))
    entry = live().get()
    assert (entry.version, entry.minutes, entry.started_at, entry.import_ref) == (
        2,
        90,
        None,
        second,
    )
    assert entry.note == "x", "a column that the file does not have stays as it is"
    assert minutes_sliced() == [("2026-06-10", None, 90)]
    figures = second.summary["figures"]
    assert (figures["changed"]["before"], figures["changed"]["after"]) == ("60", "90")
    assert [(m["month"], m["before"], m["after"]) for m in figures["months"]] == [
        ("2026-06-01", "0", "90"),
        ("2026-07-01", "60", "0"),
    ]
    assert list(entry.events.values_list("minutes", "version")) == [(60, 1)]


def test_what_a_person_corrected_here_stays_until_the_file_says_something_new(
    written: Written, sato: User
) -> None:
    path = written(HEADER, "0001,佐藤 花子,2026-07-10,60,A1", "0001,佐藤 花子,2026-07-11,60,A2")
    bring("activities", path)
    first, second = live()
    data = EntryData(day=first.day, minutes=45, cause="own_reason")
    correct_activity(activity=first, data=data, version=1, by=None, now=LATER)
    withdraw_activity(activity=second, reason="別のお客様", version=1, by=None, now=LATER)
    again = bring("activities", path)
    assert again.summary["figures"]["kept"] == 2
    assert lines_of(again.summary["figures"], "added", "changed") == (0, 0)
    assert [(entry.minutes, entry.cause) for entry in live()] == [(45, "own_reason")]
    new = bring("activities", written(HEADER, "0001,佐藤 花子,2026-07-10,30,A1"))
    assert new.state == Import.State.APPLIED, new.summary
    assert [(entry.minutes, entry.cause) for entry in live()] == [(30, "own_reason")]


def test_replacing_a_period_withdraws_what_the_file_lacks_and_brings_back_what_it_has(
    written: Written,
) -> None:
    whole = written(
        HEADER,
        "0001,佐藤 花子,2026-06-30,10,A0",
        "0001,佐藤 花子,2026-07-10,20,A1",
        "0001,佐藤 花子,2026-07-11,40,A2",
    )
    bring("activities", whole)
    less = written(HEADER, "0001,佐藤 花子,2026-07-11,40,A2", name="less.csv")
    import_ = bring("activities", less, replace="2026-07..2026-07")
    assert lines_of(import_.summary["figures"], "vanished") == (1,)
    assert [entry.source_id for entry in live()] == ["A0", "A2"]
    assert sum(minutes for *_, minutes in minutes_sliced()) == 50
    again = bring("activities", whole)
    assert lines_of(again.summary["figures"], "added", "unchanged") == (1, 2)
    assert [entry.source_id for entry in live()] == ["A0", "A1", "A2"]
    assert sum(minutes for *_, minutes in minutes_sliced()) == 70


def test_without_numbers_an_overlap_is_refused_unless_it_replaces(written: Written) -> None:
    bring(
        "activities", written(BARE, "0001,佐藤 花子,2026-07-01,60", "0001,佐藤 花子,2026-07-09,60")
    )
    path = written(BARE, "0001,佐藤 花子,2026-07-05,30")
    assert bring("activities", path).state == Import.State.APPLIED, "5 July alone overlaps nothing"
    path = written(BARE, "0001,佐藤 花子,2026-07-02,15", "0001,佐藤 花子,2026-07-08,15")
    refused = bring("activities", path)
    assert refused.summary["refusal"] == {
        "code": "activities_overlap",
        "source": "default",
        "start": "2026-07-05",
        "end": "2026-07-05",
    }
    assert bring("activities", path, source="other").state == Import.State.APPLIED
    assert bring("activities", path, replace="2026-07..2026-07").state == Import.State.APPLIED
    assert [entry.minutes for entry in live().filter(source="default")] == [15, 15]


def test_replacing_leaves_other_sources_and_what_was_typed_alone(
    written: Written, sato: User
) -> None:
    typed = an_activity(
        Customer.objects.get(code="0001"), datetime.date(2026, 7, 10), staff=sato, minutes=5
    )
    bring("activities", written(HEADER, "0001,佐藤 花子,2026-07-10,10,A1"), source="backlog")
    bring(
        "activities", written(HEADER, "0001,佐藤 花子,2026-07-11,20,A1"), replace="2026-07..2026-07"
    )
    assert [entry.minutes for entry in live()] == [typed.minutes, 10, 20]


def test_one_refused_line_refuses_the_file(written: Written) -> None:
    ended = datetime.date(2026, 3, 31)
    a_customer("終了商事", code="0003", status="inactive", ended_on=ended)
    a_person("山田 太郎")
    a_person("山田 太郎")
    import_ = bring(
        "activities",
        written(
            f"{HEADER},channel,cause",
            "0001,佐藤 花子,2026-07-10,60,A1,phone,sales",
            "9999,佐藤 花子,2026-07-10,60,A2,,",
            "0001,佐藤 花子,2026-02-31,NaN,A3,,",
            "0001,佐藤 花子,2026-07-10,1e99,A4,,",
            "0001,佐藤 花子,2026-07-10,1500,A5,,",
            "0001,佐藤 花子,2026-07-10,-5,A6,,",
            "0001,佐藤 花子,2026-07-10 25:00,0.5,A7,,",
            "0001,佐藤 花子,2026-07-16,60,A8,,",
            "0001,佐藤 花子,2026-07-15 10:01,60,A9,,",
            "0001,佐藤 花子,2026-07-10,60,A1,,",
            "0001,山田 太郎,2026-07-10,60,B1,,",
            "0001,a@b@c,2026-07-10,60,B2,,",
            "0001,佐藤 花子,2026-07-10,60,B3,pigeon,because",
            "0003,佐藤 花子,2026-04-01,60,B4,,",
            "0001,,,,B5,,",
            "0001,佐藤 花子,2026-07-10T10:00+99:00,60,B6,,",
        ),
    )
    assert import_.state == Import.State.REFUSED
    assert reasons(import_) == [
        (3, "customer_code", "unknown_customer"),
        (4, "minutes", "not_minutes"),
        (4, "started_at", "no_such_date"),
        (5, "minutes", "not_minutes"),
        (6, "minutes", "not_minutes"),
        (7, "minutes", "not_minutes"),
        (8, "minutes", "not_minutes"),
        (8, "started_at", "no_such_time"),
        (9, "started_at", "in_the_future"),
        (10, "started_at", "in_the_future"),
        (11, "source_id", "stands_twice"),
        (12, "staff", "name_of_several"),
        (13, "staff", "not_a_person"),
        (14, "cause", "not_a_code"),
        (14, "channel", "not_a_code"),
        (15, "started_at", "no_longer_a_customer"),
        (16, "minutes", "required"),
        (16, "staff", "required"),
        (16, "started_at", "required"),
        (17, "started_at", "no_such_time"),
    ]
    assert not Activity.objects.exists()
    assert not User.objects.filter(name="a@b@c").exists()


def test_a_cp932_file_comes_in_unchanged_and_a_cut_one_is_refused(written: Written) -> None:
    a_customer("㈱髙島①", code="㈱①髙～")
    path = written(
        f"{BARE},メモ", "㈱①髙～,佐藤 花子,令和8年7月10日 9:05,30,髙島様①～", encoding="cp932"
    )
    bring("activities", path)
    entry = live().get()
    assert (entry.customer.code, entry.note) == ("㈱①髙～", "髙島様①～")
    assert entry.started_at == datetime.datetime(2026, 7, 10, 0, 5, tzinfo=datetime.UTC)
    path.write_bytes(path.read_bytes().rstrip()[:-5])
    refused = bring("activities", path)
    assert refused.summary["refusal"]["code"] == "bad_encoding"


def test_a_missing_column_is_named(written: Written) -> None:
    import_ = bring("activities", written("customer_code,staff,date", "0001,佐藤 花子,2026-07-10"))
    assert import_.summary["refusal"]["missing"] == ["minutes"]


def a_workbook(path: Path, *rows: list[Any]) -> Path:
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    if len(rows) == 1:
        page.write(1_048_575, 16_383, "x")  # the last corner
    book.close()
    return path


def test_a_workbook_keeps_its_times_and_one_of_untold_size_is_refused(tmp_path: Path) -> None:
    began = datetime.datetime(2026, 7, 10, 14, 30)
    header = BARE.split(",")
    path = a_workbook(tmp_path / "log.xlsx", header, ["0001", "佐藤 花子", began, 90])
    bring("activities", path)
    assert minutes_sliced() == [("2026-07-10", 14 * 60 + 30, 90)]
    corner = a_workbook(tmp_path / "corner.xlsx", header)
    assert bring("activities", corner).summary["refusal"]["code"] == "xlsx_too_large"


def test_a_dry_run_creates_nobody_and_leaves_nothing(written: Written) -> None:
    bring("activities", written(HEADER, "0001,新人 一郎,2026-07-10,60,A1"), dry_run=True)
    assert not Activity.objects.exists()
    assert not Import.objects.exists()
    assert not User.objects.filter(name="新人 一郎").exists()


def test_a_correction_of_the_customer_takes_its_links_off(written: Written, sato: User) -> None:
    bring("activities", written(HEADER, "0001,佐藤 花子,2026-07-10,60,A1"))
    entry = live().get()
    Activity.objects.update(contact=a_contact(entry.customer))
    bring("activities", written(HEADER, "0002,佐藤 花子,2026-07-10,60,A1"))
    entry = live().get()
    assert (entry.customer.code, entry.contact) == ("0002", None)
    assert set(ActivitySlice.objects.values_list("customer__code", flat=True)) == {"0002"}
    assert Decimal(ActivitySlice.objects.get().cost) == 6000


@pytest.mark.parametrize(
    ("price", "line", "expected"),
    [
        (12_000, "0001,佐藤 花子,2026-07-10,90,A1", 18_000),
        (12_000, "0002,佐藤 花子,2026-07-10,60,A1", 10_000),
        (12_000, "0001,佐藤 花子,2026-07-10,60,A1", 12_000),
        (5_000, "0001,佐藤 花子,2026-07-10,90,A1", 5_000),
    ],
)
def test_a_correction_takes_the_usual_price_along_but_not_another(
    written: Written, price: int, line: str, expected: int
) -> None:
    BillRate.objects.create(valid_from=datetime.date(2026, 4, 1), amount=12_000, set_at=NOW)
    a_contract(Customer.objects.get(code="0002"), price_beyond=Decimal(10_000))
    bring("activities", written(HEADER, "0001,佐藤 花子,2026-07-10,60,A1"))
    mark_goodwill(activity=live().get(), why="お礼", usual_price=Decimal(price), by=None, now=NOW)
    bring("activities", written(HEADER, line))
    assert live().get().favor.usual_price == expected


def test_a_correction_of_the_day_keeps_an_extension_of_its_time(written: Written) -> None:
    bring("activities", written(HEADER, "0001,佐藤 花子,2026-07-10,60,A1"))
    extension = ScopeExtension.objects.create(
        contract=a_contract(live().get().customer), kind="hours", amount=60, reference="R-7",
        starts_on=datetime.date(2026, 7, 9), ends_on=datetime.date(2026, 7, 11), reason="合意",
        granted_at=NOW,
    )  # fmt: skip
    Activity.objects.update(extension=extension)
    for day, kept in (("09", extension), ("11", None)):
        bring("activities", written(HEADER, f"0001,佐藤 花子,2026-07-{day},60,A1"))
        assert live().get().extension == kept


def test_the_page_shows_hours_and_who_is_created(
    written: Written, client_of: Callable[..., Client], back_office: User
) -> None:
    bring("activities", written(HEADER, "0001,佐藤 花子,2026-07-10,60,A1"))
    path = written(HEADER, "0001,佐藤 花子,2026-07-10,1440,A1", "0002,新人 一郎,2026-07-10,90,A2")
    import_ = request_import(
        kind="activities",
        file_name="log.csv",
        chunks=[path.read_bytes()],
        by=back_office,
        now=NOW,
        replaces=(datetime.date(2026, 7, 1), datetime.date(2026, 8, 1)),
    )
    jobs.run(import_.job_id, now=NOW)
    desk = client_of(back_office)
    page = desk.get(f"/imports/{import_.pk}/").content.decode()
    for words in ("対応記録", "25.5<small", "24<small", "新人 一郎", "2026/07"):
        assert words in page
    desk.post(f"/imports/{import_.pk}/apply/")
    import_.refresh_from_db()
    jobs.run(import_.job_id, now=NOW)
    assert [(entry.minutes, entry.recorded_by) for entry in live()] == [
        (1440, None),
        (90, back_office),
    ]
    assert live().first().corrected_by == back_office


def test_the_command_tells_hours_by_month(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(HEADER, "0001,佐藤 花子,2026-07-10,90,A1")
    call_command("import", "activities", str(path), "--dry-run")
    assert "2026-07: 0時間 → 1.5時間" in capsys.readouterr().out
