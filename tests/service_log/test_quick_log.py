"""The quick log without JavaScript, and as the fragments of its dialog."""

import datetime
import json
import re
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.actions import read_purpose
from customers.models import Activity, Favor
from customers.service_log.lengths import BadLength, read_minutes
from customers.service_log.purpose import VERSION
from firm.dates import today
from tests.factories import a_contact, a_contract, a_customer, an_activity

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
IN_CONTRACT = {"cause": "in_contract", "minutes": "45", "when": "now"}


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", kana="アオバショウジ", code="K-7", owner=account_manager)


@pytest.fixture
def client(client_of, account_manager, now):
    read_purpose(version=VERSION, by=account_manager, now=now)
    return client_of(account_manager)


def record(client, customer, **values):
    fragment = values.pop("fragment", {})
    return client.post(
        "/log/create/", {"customer": customer.pk, **IN_CONTRACT, **values}, **fragment
    )


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("90", 90), ("９０", 90), ("1.5h", 90), ("1.5", 90), ("1:30", 90), ("1時間半", 90),
     (".5h", 30), ("2h", 120), ("1h05", 65), ("45分", 45), ("0", 0)],
)  # fmt: skip
def test_lengths_are_read_as_people_type_them(typed, minutes):
    assert read_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["", "soon", "1:75", "-15", "1.5.5", "12345"])
def test_what_is_no_length_is_told(typed):
    with pytest.raises(BadLength):
        read_minutes(typed)


def test_before_the_first_entry_one_reads_the_purpose_and_comes_back(
    client_of, account_manager, customer
):
    client = client_of(account_manager)
    wanted = f"/log/new/?customer={customer.pk}"
    response = client.get(wanted)
    assert response.headers["Location"].startswith("/log/purpose/?next=")
    page = client.get(response.headers["Location"])
    assert "順位" in page.content.decode()
    assert record(client, customer).status_code == 409
    assert not Activity.objects.exists()
    back = client.post("/log/purpose/read/", {"next": wanted})
    assert back.headers["Location"] == wanted
    assert record(client, customer).status_code == 302


def test_the_purpose_takes_the_dialogs_place(client_of, account_manager, customer):
    client = client_of(account_manager)
    text = client.get("/log/new/", **HTMX).content.decode()
    assert "<html" not in text
    assert "/log/purpose/read/" in text


def test_nobody_is_sent_elsewhere_after_reading(client_of, account_manager):
    response = client_of(account_manager).post(
        "/log/purpose/read/", {"next": "https://evil.example/"}
    )
    assert response.headers["Location"] == "/log/new/"


def test_an_entry_takes_customer_cause_and_minutes(client, customer, account_manager):
    response = record(client, customer)
    entry = Activity.objects.get()
    assert response.headers["Location"] == f"/log/{entry.pk}/"
    assert (entry.staff, entry.minutes, entry.cause) == (account_manager, 45, "in_contract")
    ended = entry.started_at + datetime.timedelta(minutes=45)
    assert datetime.timedelta(0) <= timezone.now() - ended < datetime.timedelta(minutes=2)


def test_a_form_that_is_sent_twice_is_recorded_once(client, customer):
    form = client.get(f"/log/new/?customer={customer.pk}").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', form).group(1)
    first, again = (record(client, customer, once=once, minutes=m) for m in ("45", "90"))
    entry = Activity.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/log/{entry.pk}/"
    assert entry.minutes == 45
    assert "0.75 h" in client.get(again.headers["Location"]).content.decode()
    assert once not in client.get(f"/log/new/?customer={customer.pk}").content.decode()


def test_without_its_key_a_form_that_is_sent_twice_is_recorded_twice(client, customer):
    """Negative control: it is the key that tells."""
    record(client, customer)
    record(client, customer)
    assert Activity.objects.count() == 2


def test_the_key_of_a_form_is_its_persons_own(
    client, client_of, customer, section_manager, account_manager, now
):
    key = str(uuid.uuid4())
    record(client, customer, once=key)
    read_purpose(version=VERSION, by=section_manager, now=now)
    record(client_of(section_manager), customer, once=key)
    staff = Activity.objects.values_list("staff", flat=True)
    assert set(staff) == {account_manager.pk, section_manager.pk}


def test_in_the_dialog_a_toast_leads_to_the_entry(client, customer):
    response = record(
        client, customer, fragment={**HTMX, "HTTP_HX_CURRENT_URL": "http://testserver/customers/"}
    )
    happened = json.loads(response.headers["HX-Trigger"])
    assert response.status_code == 204
    assert happened["toast"]["href"] == f"/log/{Activity.objects.get().pk}/"
    assert "0.75 h" in happened["toast"]["text"]
    assert happened["close-modal"]


def test_the_other_causes_need_saying_which(client, customer):
    response = record(client, customer, cause="other", note="打合せ")
    assert response.status_code == 422
    assert "打合せ" in response.content.decode()
    assert record(client, customer, cause="other", other_cause="sales").status_code == 302
    assert Activity.objects.get().cause == "sales"


@pytest.mark.parametrize(
    "slip",
    [{"minutes": ""}, {"minutes": "ながい"}, {"minutes": "25h"}, {"minutes": "0"}, {"cause": ""},
     {"when": "at", "day": "2026-07-15"}, {"when": "day"}, {"when": "day", "day": "2199-01-01"},
     {"once": "twice"}, {"channel": "pigeon"}, {"contact": "999999"}, {"free": "on"}],
)  # fmt: skip
def test_a_slip_is_told_and_nothing_typed_is_lost(client, customer, slip):
    response = record(client, customer, **{"note": "夜の障害対応", **slip})
    assert response.status_code == 422
    assert "夜の障害対応" in response.content.decode()
    assert not Activity.objects.exists()


def test_a_customer_that_is_not_mine_is_not_found(client, stranger):
    theirs = a_customer("秘密商事", owner=stranger)
    assert record(client, theirs).status_code == 404
    text = client.get(f"/log/new/?customer={theirs.pk}").content.decode()
    assert "秘密商事" not in text
    assert "秘密商事" not in client.get("/log/customers/?q=秘密", **HTMX).content.decode()
    assert not Activity.objects.exists()


def test_the_picker_finds_my_customers_and_offers_the_last_ones(client, customer, account_manager):
    found = client.get("/log/customers/?q=あお", **HTMX).content.decode()
    assert f"customer={customer.pk}" in found
    assert "青葉商事" not in client.get("/log/new/").content.decode()
    an_activity(customer, today(), staff=account_manager)
    assert "青葉商事" in client.get("/log/new/").content.decode()


def test_enter_takes_the_first_one_found_in_the_dialog(client, customer, account_manager):
    a_customer("青空工業", kana="アオゾラコウギョウ", owner=account_manager)
    assert "青空工業" in client.get("/log/new/?q=あお").content.decode()  # two: one chooses
    first = client.get("/log/new/?q=あお", **HTMX).content.decode()
    assert 'name="customer"' in first
    only = client.get("/log/new/?q=K-7").content.decode()
    assert f'name="customer" value="{customer.pk}"' in only


def test_on_a_shared_screen_the_picker_names_no_other_customer(client, customer, account_manager):
    an_activity(customer, today(), staff=account_manager)
    client.post("/share/", {"on": "1"})
    session = client.session
    session["screen_share"] = True
    session.save()
    assert "青葉商事" not in client.get("/log/new/").content.decode()
    assert "青葉商事" not in client.get("/log/customers/?q=あお").content.decode()
    assert "青葉商事" in client.get("/log/customers/?q=K-7").content.decode()
    assert 'name="free"' not in client.get(f"/log/new/?customer={customer.pk}").content.decode()


def test_goodwill_is_marked_with_its_usual_price_and_who_knows(client, customer, section_manager):
    a_contract(customer, price_beyond=Decimal(13_000))
    mark = {"free": "on", "why": "年末のお礼", "customer_knows": "on", "told": section_manager.pk}
    assert record(client, customer, minutes="90", **mark).status_code == 302
    favor = Favor.objects.get()
    assert (favor.usual_price, favor.customer_knows, favor.told) == (19_500, True, section_manager)


def test_again_like_last_time_fills_in_what_it_was(client, customer):
    contact = a_contact(customer, "森田")
    record(client, customer, minutes="75", channel="mail", contact=contact.pk, note="月次報告")
    text = client.get(f"/log/new/?customer={customer.pk}&like=last").content.decode()
    assert 'value="75"' in text
    assert 'for="log_minutes">かかった時間</label>' in text, "needed, and not called optional"
    assert "月次報告" in text
    assert f'<option value="{contact.pk}" selected>' in text


def test_the_line_tells_what_the_form_would_mean(client, customer):
    a_contract(customer)
    data = {"customer": customer.pk, **IN_CONTRACT}
    assert "残り10時間" in client.post("/log/line/", data).content.decode()
    assert client.post("/log/line/", {"customer": customer.pk}).content.decode().strip() == ""
