"""Whose files are whose, and what each role may do."""

import datetime

import pytest

from customers.models import Customer
from firm.roles import RIGHTS, Right, Role
from firm.scope import scope_of
from tests.factories import a_customer, a_person, a_post

pytestmark = pytest.mark.django_db

# Rights as the design page has them: one line a right, who has it.
EXPECTED = {
    Right.SEE_ALL_FILES: "executive administrator back_office auditor",
    Right.SEE_JUNIORS_FILES: "section_manager department_head executive",
    Right.EDIT_CUSTOMERS: "administrator back_office",
    Right.IMPORT: "administrator back_office",
    Right.CLOSE_MONTHS: "back_office",
    Right.EDIT_CALENDAR: "administrator back_office",
    Right.EDIT_PRICES: "administrator back_office",
    Right.EDIT_RULES: "administrator",
    Right.REVIEW_RULES: "department_head executive administrator",
    Right.REQUEST_OVERRIDE: (
        "account_manager section_manager department_head executive administrator back_office"
    ),
    Right.RECORD_WORK: (
        "account_manager section_manager department_head executive administrator back_office"
    ),
    Right.APPROVE_OVERRIDE: "department_head executive administrator",
    Right.SCORE_CUSTOMERS: "section_manager department_head executive administrator",
    Right.ACCEPT_FLAGS: "section_manager department_head executive administrator",
    Right.GO_LIVE: "executive administrator",
    Right.READ_RUNS: "section_manager department_head executive administrator back_office auditor",
    Right.RUN_NIGHT: "administrator",
    Right.EDIT_PEOPLE: "administrator",
    Right.READ_AUDIT: "administrator auditor",
    Right.PRICE: (
        "account_manager section_manager department_head executive administrator back_office"
    ),
    Right.REVENUE: (
        "account_manager section_manager department_head executive administrator back_office"
        " auditor"
    ),
    Right.FIRM_REVENUE: "section_manager department_head executive administrator back_office",
    Right.MARGIN: "section_manager department_head executive administrator back_office",
    Right.COST_RATES: "executive administrator",
}


@pytest.mark.parametrize("right", Right)
def test_a_right_belongs_to_the_roles_the_design_names(right):
    assert {role.value for role in Role if right in RIGHTS[role]} == set(EXPECTED[right].split())


def files_of(person, today) -> set[str]:
    return set(
        Customer.objects.visible_to(scope_of(person, on=today)).values_list("code", flat=True)
    )


@pytest.fixture
def book(account_manager, stranger):
    """佐藤's customer, one she backs up, one of another department, one of nobody."""
    a_customer(code="OWN", owner=account_manager)
    a_customer(code="BACKED", owner=stranger, backup=account_manager)
    a_customer(code="OTHER", owner=stranger)
    a_customer(code="NOBODY")


@pytest.mark.parametrize(
    ("role", "files"),
    [
        ("account_manager", {"OWN", "BACKED"}),
        ("section_manager", {"OWN", "BACKED"}),
        ("department_head", {"OWN", "BACKED"}),
        ("stranger", {"BACKED", "OTHER"}),
        ("compliance", set()),
        ("executive", {"OWN", "BACKED", "OTHER", "NOBODY"}),
        ("administrator", {"OWN", "BACKED", "OTHER", "NOBODY"}),
        ("back_office", {"OWN", "BACKED", "OTHER", "NOBODY"}),
        ("auditor", {"OWN", "BACKED", "OTHER", "NOBODY"}),
    ],
)
def test_a_file_is_for_owner_backup_their_superiors_and_those_who_see_all(
    book, request, today, role, files
):
    assert files_of(request.getfixturevalue(role), today) == files


def test_a_section_manager_has_no_files_of_the_neighbouring_section(book, today):
    neighbour = a_person(role="section_manager", department="営業部/第二課")
    assert files_of(neighbour, today) == set()


def test_a_department_head_has_the_files_of_every_section_below(today):
    head = a_person(role="department_head", department="本部")
    deep = a_person(role="account_manager", department="本部/東日本/第三課")
    a_customer(code="DEEP", owner=deep)
    assert files_of(head, today) == {"DEEP"}


def test_where_the_sections_post_is_vacant_the_head_still_has_the_files(
    book, department_head, today
):
    a_post(None, "section_manager", department="営業部/第一課")
    assert "OWN" in files_of(department_head, today)


def test_the_named_superior_has_the_files_across_departments(book, stranger, today):
    outsider = a_person(role="section_manager", department="企画部")
    assert files_of(outsider, today) == set()
    stranger.superior = outsider
    stranger.save()
    assert files_of(outsider, today) == {"BACKED", "OTHER"}


def test_two_posts_are_added_up(book, stranger, today):
    a_post(stranger, "section_manager", department="営業部/第一課")
    assert files_of(stranger, today) == {"OWN", "BACKED", "OTHER"}
    assert scope_of(stranger, on=today).may(Right.MARGIN)


def test_a_post_ends_on_the_day_it_is_held_until(book, today):
    former = a_person()
    a_post(former, "executive", until=today)
    assert files_of(former, today) == set()
    assert files_of(former, today - datetime.timedelta(days=1)) != set()


def test_a_disabled_person_has_only_what_hangs_on_the_name(book, executive, today):
    executive.is_active = False
    executive.save()
    assert not scope_of(executive, on=today).rights
    assert files_of(executive, today) == set()
