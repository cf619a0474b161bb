"""A file from the accounting program, from the page into the ledger."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import RevenueEntry
from firm import jobs
from firm.models import User
from tests.factories import a_customer

pytestmark = pytest.mark.django_db(transaction=True)

FILE = """売上明細,,,,
取引先コード,計上日,売上金額,伝票番号,品名
㈱①髙～,R8.7.10,"△１，２３４",№１,保守～㈱
㈱①髙～,令和8年7月11日,"￥5,000",№２,保守①
合計,,"3,766",,
"""


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "kept"


@pytest.fixture
def _worker(db: None) -> Iterator[None]:
    """Does the jobs that wait, as the real worker would on a poke."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.2):
            for job in jobs.open_jobs(now=timezone.now()):
                jobs.run(job.pk, now=timezone.now())
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.mark.usefixtures("_worker")
def test_a_cp932_file_comes_in_through_the_page(
    page_of: Callable[..., Page], back_office: User, tmp_path: Path
) -> None:
    a_customer("㈱髙島", code="㈱①髙～")
    path = tmp_path / "売上.csv"
    path.write_bytes(FILE.replace("\n", "\r\n").encode("cp932"))

    page = page_of(back_office)
    page.goto("/imports/")
    page.get_by_role("link", name="新しく取り込む").first.click()
    page.get_by_role("radio", name="売上").check()
    page.get_by_label("ファイル", exact=True).set_input_files(path)
    page.get_by_role("button", name="ファイルを読み込む").click()

    expect(page.get_by_text("CSV、CP932 (Shift_JIS)、カンマ区切り")).to_be_visible(timeout=20_000)
    expect(page.get_by_text(re.compile("合計行.*5行目"))).to_be_visible()
    assert not RevenueEntry.objects.exists()
    page.get_by_role("button", name="取り込む").click()
    expect(page.get_by_text("取り込み済み")).to_be_visible(timeout=20_000)

    entries = RevenueEntry.objects.order_by("date")
    assert [(e.amount, e.document_no, e.service) for e in entries] == [
        (-1234, "№１", "保守～㈱"),
        (5000, "№２", "保守①"),
    ]
