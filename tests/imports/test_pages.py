"""The pages of an import, without a browser."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from customers.imports import job
from customers.models import Import
from firm import jobs
from firm.models import User
from tests.factories import NOW, a_closed_month, a_customer

pytestmark = pytest.mark.django_db
LINES = "顧客コード,日付,金額,伝票番号,メモ\n0001,2026-06-10,1234567,A1,x\n"


@pytest.fixture
def desk(client_of: Callable[..., Client], back_office: User) -> Client:
    return client_of(back_office)


def upload(desk: Client, text: str = LINES, **values: str):
    file = io.BytesIO(text.encode("cp932"))
    file.name = "売上.csv"
    return desk.post("/imports/create/", {"kind": "revenue", "file": file, **values})


def read(desk: Client, text: str = LINES, **values: str) -> Import:
    upload(desk, text, **values)
    import_ = Import.objects.latest("pk")
    assert import_.job_id is not None
    jobs.run(import_.job_id, now=NOW)
    return import_


def test_an_upload_leads_to_its_own_page_which_asks_until_it_is_read(desk: Client) -> None:
    a_customer(code="0001")
    response = upload(desk)
    import_ = Import.objects.get()
    assert response["Location"] == f"/imports/{import_.pk}/"
    assert 'hx-trigger="every 1s"' in desk.get(response["Location"]).content.decode()
    jobs.run(import_.job_id, now=NOW)
    fragment = desk.get(response["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in fragment
    assert "<html" not in fragment


def test_the_preview_says_what_was_understood_and_what_would_change(
    desk: Client, back_office: User
) -> None:
    a_customer(code="0001")
    a_closed_month(NOW.date().replace(month=6, day=1), by=back_office)
    page = desk.get(f"/imports/{read(desk).pk}/").content.decode()
    for words in ("CP932", "メモ", "使わなかった列", "1,235", "締めた月が変わります", "取り込む"):
        assert words in page


def test_of_many_unknown_columns_the_page_names_the_first(desk: Client) -> None:
    a_customer(code="0001")
    header, line = LINES.splitlines()
    unknown = ",".join(f"x{n}" for n in range(2_019))
    import_ = read(desk, f"{header},{unknown}\n{line}\n")
    page = desk.get(f"/imports/{import_.pk}/").content.decode()
    assert "x18" in page
    assert "x19" not in page
    assert "ほか2,000件" in page


def test_the_page_says_how_many_amounts_are_rounded(desk: Client) -> None:
    a_customer(code="0001")
    whole = desk.get(f"/imports/{read(desk).pk}/").content.decode()
    assert "端数" not in whole
    finer = read(desk, LINES.replace("1234567", "1234567.5"))
    assert "端数のある金額が1行" in desk.get(f"/imports/{finer.pk}/").content.decode()


def test_months_and_corrections_are_in_full_yen(desk: Client) -> None:
    a_customer(code="0001")
    first = read(desk, LINES.replace("1234567", "33000"))
    desk.post(f"/imports/{first.pk}/apply/")
    first.refresh_from_db()
    jobs.run(first.job_id, now=NOW)
    second = read(desk, LINES.replace("1234567", "32800"))
    page = desk.get(f"/imports/{second.pk}/").content.decode()
    cells = [f'<td class="num">{figure}</td>' for figure in ("33,000", "32,800", "−200")]
    assert "".join(cells) in page, "by month"
    assert page.count("".join(cells[:2])) == 2, "by month and as a correction"
    assert "差 <small>円</small>" in page


def test_on_a_shared_screen_there_are_no_amounts(desk: Client) -> None:
    a_customer(code="0001")
    import_ = read(desk)
    desk.post(reverse("firm:screen_share"), {"on": "1"})
    page = desk.get(f"/imports/{import_.pk}/").content.decode()
    assert "1,235" not in page
    assert "1,234,567" not in page
    assert "取り込む" in page


def test_refused_lines_can_be_downloaded(desk: Client) -> None:
    import_ = read(desk)
    page = desk.get(f"/imports/{import_.pk}/").content.decode()
    assert "取り込めない行が1行あります" in page
    report = b"".join(desk.get(f"/imports/{import_.pk}/errors/").streaming_content)
    assert "コード「0001」の顧客がありません。" in report.decode("utf-8-sig")


def test_the_page_says_where_the_download_is_cut_short(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "REPORTED_LINES", 50)
    header = LINES.splitlines()[0]
    lines = "".join(f"9999,2026-06-10,1,A{n},\n" for n in range(51))
    import_ = read(desk, f"{header}\n{lines}")
    page = desk.get(f"/imports/{import_.pk}/").content.decode()
    assert "51件のうち、ファイルに入っているのは最初の50件だけです。" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"replace_from": "2026-04-01"}, "初日と末日"),
        ({"replace_from": "2026-04-02", "replace_to": "2026-04-01"}, "始まりより前"),
        (
            {"kind": "customers", "replace_from": "2026-04-01", "replace_to": "2026-04-30"},
            "売上と対応記録だけ",
        ),
        ({"kind": "people"}, "people"),
        ({"source": "x" * 41}, "40"),
    ],
)
def test_a_form_that_cannot_be_answers_422_and_says_why(
    desk: Client, values: dict[str, str], words: str
) -> None:
    response = upload(desk, **values)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Import.objects.exists()


def test_the_last_day_of_the_period_counts(desk: Client) -> None:
    import_ = read(desk, replace_from="2026-04-01", replace_to="2026-09-30")
    assert import_.replace_until.isoformat() == "2026-10-01"
    assert "2026/09/30" in desk.get(f"/imports/{import_.pk}/").content.decode()


def test_an_import_can_be_applied_and_left_only_by_post(desk: Client) -> None:
    a_customer(code="0001")
    import_ = read(desk)
    assert desk.get(f"/imports/{import_.pk}/apply/").status_code == 405
    desk.post(f"/imports/{import_.pk}/leave/")
    import_.refresh_from_db()
    assert import_.state == Import.State.LEFT
    desk.post(f"/imports/{import_.pk}/apply/")
    import_.refresh_from_db()
    assert import_.state == Import.State.LEFT


def test_the_api_uploads_reads_and_applies(desk: Client) -> None:
    a_customer(code="0001")
    file = io.BytesIO(LINES.encode())
    file.name = "ledger.csv"
    answer = desk.post(
        "/api/v1/imports", {"kind": "revenue", "file": file, "replace": "2026-04..2026-09"}
    )
    assert answer.status_code == 202
    body = answer.json()
    assert (body["state"], body["replace_until"]) == ("reading", "2026-10-01")
    jobs.run(body["job"], now=NOW)
    address = f"/api/v1/imports/{body['id']}"
    assert desk.get(address).json()["summary"]["figures"]["added"]["lines"] == 1
    answer = desk.post(f"{address}/apply", content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (202, "applying")
    jobs.run(answer.json()["job"], now=NOW)
    assert desk.get(address).json()["state"] == "applied"
    assert desk.post(f"{address}/leave", content_type="application/json").status_code == 409


def test_the_api_refuses_what_it_does_not_know(desk: Client) -> None:
    answer = desk.post("/api/v1/imports", {"kind": "revenue", "sauce": "x"})
    assert answer.status_code == 400
    assert set(answer.json()) >= {"sauce"}
