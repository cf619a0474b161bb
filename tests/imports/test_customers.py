"""Customers, their contacts and people from files."""

import pytest

from customers.models import Contact, Customer, CustomerSnapshot, Import
from firm.models import AuditEvent, Department, User
from firm.roles import Role
from firm.scope import scope_of
from tests.factories import NOW, a_customer, a_person
from tests.imports.conftest import Written, bring, lines_of, reasons

pytestmark = pytest.mark.django_db


def test_a_customer_comes_with_its_snapshot(written: Written) -> None:
    bring("customers", written("顧客コード,顧客名,フリガナ,電話番号", "C1,㈱髙島,タカシマ,03-1234"))
    snapshot = CustomerSnapshot.objects.get()
    assert (snapshot.code, snapshot.name) == ("C1", "㈱髙島")
    assert snapshot.sort_key == "タカシマ"
    assert "031234" in snapshot.search_key


def test_repeating_a_file_of_customers_changes_nothing(written: Written) -> None:
    path = written(
        "code,name,owner,department,parent_code,tags,started_on,contact_name",
        "C1,親,渡辺 隆,営業部/第一課,,VIP、製造,2020-04-01,窓口 花子",
        "C2,子,渡辺 隆,営業部／第一課,C1,,,",
    )
    bring("customers", path)
    before = list(Customer.objects.order_by("code").values())
    again = bring("customers", path)
    assert lines_of(again.summary["figures"], "added", "changed", "unchanged") == (0, 0, 2)
    assert list(Customer.objects.order_by("code").values()) == before
    assert Contact.objects.get().name == "窓口 花子"


def test_a_column_the_file_has_not_stays_and_an_empty_cell_empties(written: Written) -> None:
    a_customer("アルファ", code="C1", phone="03-1", city="東京")
    import_ = bring("customers", written("code,name,city", "C1,アルファ商事,"))
    customer = Customer.objects.get()
    assert (customer.name, customer.phone, customer.city) == ("アルファ商事", "03-1", "")
    assert import_.summary["figures"]["changed_columns"] == {"name": 1, "city": 1}
    assert "アルファ商事" in CustomerSnapshot.objects.get().search_key


def test_a_cell_that_no_column_can_hold_is_refused(written: Written) -> None:
    import_ = bring("customers", written("code,name,tags,status", "1,A,重\0点,取引\0中"))
    assert reasons(import_) == [
        (2, "status", "control_character"),
        (2, "tags", "control_character"),
    ]


def test_an_owner_that_is_no_user_is_created_inactive_and_listed(written: Written) -> None:
    known = a_person("中村 直樹", email="nakamura@example.jp")
    import_ = bring(
        "customers",
        written(
            "code,name,owner,backup",
            "C1,A,Jane Peacock,Nakamura@example.jp",
            "C2,B,new@example.jp,中村 直樹",
        ),
    )
    assert import_.summary["figures"]["new_people"]["names"] == ["Jane Peacock", "new@example.jp"]
    first, second = Customer.objects.order_by("code")
    assert (first.owner.name, first.owner.email, first.owner.is_active) == (
        "Jane Peacock",
        None,
        False,
    )
    assert second.owner.email == "new@example.jp"
    assert first.backup == second.backup == known
    assert CustomerSnapshot.objects.get(code="C1").owner == first.owner


def test_a_name_of_several_people_is_refused(written: Written) -> None:
    a_person("佐藤 美咲", email="a@example.jp")
    a_person("佐藤 美咲", email="b@example.jp")
    import_ = bring("customers", written("code,name,owner", "C1,A,佐藤 美咲"))
    assert reasons(import_) == [(2, "owner", "name_of_several")]


def test_a_department_is_created_along_its_path_and_listed(written: Written) -> None:
    import_ = bring("customers", written("code,name,department", "C1,A,営業部/第一課"))
    assert import_.summary["figures"]["new_departments"]["names"] == ["営業部/第一課"]
    assert Customer.objects.get().department.path == "営業部/第一課"
    assert Department.objects.count() == 2


def test_a_parent_may_stand_further_down_but_not_above_itself(written: Written) -> None:
    bring("customers", written("code,name,parent_code", "C1,子,C2", "C2,親,"))
    assert Customer.objects.get(code="C1").parent.code == "C2"
    loop = bring("customers", written("code,name,parent_code", "C2,親,C1"))
    assert reasons(loop) == [(2, "parent_code", "own_parent")]
    itself = bring("customers", written("code,name,parent_code", "C3,孫,C3"))
    assert reasons(itself) == [(2, "parent_code", "own_parent")]
    unknown = bring("customers", written("code,name,parent_code", "C3,孫,C9"))
    assert reasons(unknown) == [(2, "parent_code", "unknown_customer")]


def test_bad_cells_and_repeated_codes_are_refused(written: Written) -> None:
    import_ = bring(
        "customers",
        written(
            "code,name,email,status,corporate_number",
            "C1,A,a@example.jp,取引中,7000012050002",
            "C1,B,not an address,謎,123",
            ",C,,,",
            f"{'9' * 41},D,,,",
        ),
    )
    assert reasons(import_) == [
        (3, "code", "stands_twice"),
        (3, "corporate_number", "not_a_corporate_number"),
        (3, "email", "not_an_email"),
        (3, "status", "not_a_code"),
        (4, "code", "required"),
        (5, "code", "too_long"),
    ]
    assert not Customer.objects.exists()


def test_contacts_are_added_and_changed_by_name_and_their_phones_are_found(
    written: Written,
) -> None:
    a_customer("アルファ", code="C1")
    header = "顧客コード,氏名,携帯,キーマン"
    bring("contacts", written(header, "C1,山田 太郎,090-1234-5678,○"))
    contact = Contact.objects.get()
    assert (contact.mobile, contact.key_person, contact.decider) == ("090-1234-5678", True, False)
    assert "09012345678" in CustomerSnapshot.objects.get().search_key
    again = bring("contacts", written(header, "C1,山田 太郎,090-9,"))
    assert lines_of(again.summary["figures"], "added", "changed") == (0, 1)
    assert "09012345678" not in CustomerSnapshot.objects.get().search_key
    assert reasons(bring("contacts", written(header, "C9,X,,"))) == [
        (2, "customer_code", "unknown_customer")
    ]


def test_people_come_with_a_post_and_their_superior(written: Written) -> None:
    path = written(
        "email,氏名,部署,役割,上長メール",
        "sato@example.jp,佐藤 美咲,営業部/第一課,主担当,mori@example.jp",
        "mori@example.jp,森 恵子,,役員,",
    )
    bring("people", path)
    sato = User.objects.get(email="sato@example.jp")
    assert sato.superior.name == "森 恵子"
    assert sato.is_active
    assert not sato.has_usable_password()
    assert scope_of(sato, on=NOW.date()).roles == {Role.ACCOUNT_MANAGER}
    again = bring("people", path)
    assert lines_of(again.summary["figures"], "added", "changed", "unchanged") == (0, 0, 2)


def test_somebody_known_by_name_only_is_joined_and_listed(written: Written) -> None:
    bring("customers", written("code,name,owner", "C1,A,佐藤 美咲"))
    import_ = bring("people", written("email,name", "sato@example.jp,佐藤 美咲"))
    assert import_.summary["figures"]["joined_people"]["names"] == ["佐藤 美咲"]
    owner = Customer.objects.get().owner
    assert (owner.email, owner.is_active) == ("sato@example.jp", True)
    assert User.objects.count() == 1


def test_people_with_gaps_are_refused(written: Written) -> None:
    import_ = bring(
        "people",
        written(
            "email,name,department,role,superior_email",
            "a@example.jp,A,営業部,,",
            "b@example.jp,B,,,nobody@example.jp",
            "c@example.jp,C,,,c@example.jp",
        ),
    )
    assert reasons(import_) == [
        (2, "role", "role_missing"),
        (3, "superior_email", "unknown_person"),
        (4, "superior_email", "own_superior"),
    ]


def test_rates_are_added_and_corrected(written: Written) -> None:
    bring("rates", written("currency,date,rate", "USD,2026-07-01,150.25"))
    again = bring("rates", written("通貨,日付,レート", "usd,2026/7/1,151", "EUR,2026/7/1,165"))
    assert lines_of(again.summary["figures"], "added", "changed") == (1, 1)
    refused = bring("rates", written("currency,date,rate", "JPY,2026-07-01,1", "USD,2026-07-02,0"))
    assert reasons(refused) == [
        (2, "currency", "rate_of_base_currency"),
        (3, "rate", "not_an_exchange_rate"),
    ]


def test_an_import_is_one_event_without_names(written: Written) -> None:
    import_ = bring("customers", written("code,name", "C1,㈱髙島"))
    event = AuditEvent.objects.get(code="import_applied")
    assert event.subject_id == import_.pk
    assert event.data == {
        "kind": "customers",
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
    }
    assert import_.state == Import.State.APPLIED
