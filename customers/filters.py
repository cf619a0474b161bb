"""The filters of the customer list: a GET form whose address holds every choice."""

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from customers.listing import DEFAULT_SORT, SEARCH_SORT, Question
from customers.models import Customer, CustomerSnapshot
from customers.search import Search
from firm.dates import today
from firm.models import Department
from firm.scope import Scope

MINE = "me"
RANKS = [(rank, str(rank)) for rank in range(1, 10)]
# More people than this make no usable menu: then it offers oneself and the people below.
PEOPLE_OFFERED = 200

FLAGS = {"over": _("Over-served"), "under": _("Under-served")}
SORTS = {
    "-revenue": _("Revenue, highest first"),
    "revenue": _("Revenue, lowest first"),
    "name": _("Name"),
    "-name": _("Name, descending"),
    "code": _("Code"),
    "-code": _("Code, descending"),
    "tier": _("Service tier, highest first"),
    "-tier": _("Service tier, lowest first"),
}


class CustomerFilter(django_filters.FilterSet):
    """The form. Its own queryset knows department, status and another person as the owner; how
    the rest is answered depends on the order, and is for customers.listing to say.
    """

    q = django_filters.CharFilter(label=_("Search"), max_length=200, method="left_to_the_list")
    tier = django_filters.TypedMultipleChoiceFilter(
        label=_("Service tier"),
        field_name="tier_rank",
        choices=RANKS,
        coerce=int,
        method="left_to_the_list",
        widget=forms.CheckboxSelectMultiple,
    )
    owner = django_filters.ChoiceFilter(
        label=_("Account manager"), empty_label=_("Everyone"), method="of_owner"
    )
    department = django_filters.ChoiceFilter(
        label=_("Department"), empty_label=_("All"), method="in_branch"
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=Customer.Status.choices, empty_label=_("All")
    )
    flags = django_filters.ChoiceFilter(
        label=_("Over & under"), choices=list(FLAGS.items()), empty_label=_("All"), method="flagged"
    )
    sort = django_filters.ChoiceFilter(
        label=_("Sort by"), choices=list(SORTS.items()), empty_label=None, method="left_to_the_list"
    )

    class Meta:
        model = CustomerSnapshot
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, scope: Scope) -> None:
        super().__init__(data, CustomerSnapshot.objects.all())
        self.scope = scope
        self.departments, people = _menus(scope, chosen=data.get("owner", ""))
        departments = _paths(self.departments)
        # As functions, which Django's fields do not copy choice by choice.
        self.filters["department"].extra["choices"] = lambda: departments
        self.filters["owner"].extra["choices"] = lambda: [(MINE, _("My customers")), *people]

    @property
    def question(self) -> Question:
        """What is asked for, of a valid form."""
        chosen = self.form.cleaned_data
        search = Search.of(chosen["q"])
        return Question(
            rows=self.qs,
            sort=chosen["sort"] or (SEARCH_SORT if search else DEFAULT_SORT),
            search=search,
            tiers=tuple(sorted(chosen["tier"])),
            of_person=self.scope.person_id if chosen["owner"] == MINE else None,
        )

    def left_to_the_list(
        self, rows: QuerySet[CustomerSnapshot], name: str, value: Any
    ) -> QuerySet[CustomerSnapshot]:
        return rows

    def of_owner(
        self, rows: QuerySet[CustomerSnapshot], name: str, value: str
    ) -> QuerySet[CustomerSnapshot]:
        return rows if value == MINE else rows.filter(owner=int(value))

    def flagged(
        self, rows: QuerySet[CustomerSnapshot], name: str, value: str
    ) -> QuerySet[CustomerSnapshot]:
        flagged = import_string(settings.FLAGGED_CUSTOMERS)
        return rows.filter(pk__in=flagged(self.scope, value, on=today()))

    def in_branch(
        self, rows: QuerySet[CustomerSnapshot], name: str, value: str
    ) -> QuerySet[CustomerSnapshot]:
        """A department stands for all below it."""
        branch = {int(value)}
        while (
            below := {
                department.pk for department in self.departments if department.parent_id in branch
            }
            - branch
        ):
            branch |= below
        return rows.filter(department__in=branch)


# Those near the reader first: the others are left out where they are too many.
_MENUS = """
SELECT 'department', id, name, parent_id FROM firm_department
UNION ALL
(SELECT 'person', id, name, NULL FROM firm_user
  ORDER BY id = ANY(%(near)s) DESC, name_kana, name LIMIT %(most)s)
"""


def _menus(scope: Scope, *, chosen: str) -> tuple[list[Department], list[tuple[str, str]]]:
    """All departments and the people to choose from, asked for at once."""
    near = {*scope.people, int(chosen)} if is_id(chosen) else scope.people
    with connection.cursor() as cursor:
        cursor.execute(_MENUS, {"near": list(near), "most": PEOPLE_OFFERED + 1})
        rows = cursor.fetchall()
    departments, offered = [], []
    for kind, pk, name, parent_id in rows:
        if kind == "department":
            departments.append(Department(pk=pk, name=name, parent_id=parent_id))
        else:
            offered.append((str(pk), name))
    if len(offered) > PEOPLE_OFFERED:
        offered = [choice for choice in offered if int(choice[0]) in near]
    return departments, offered


def is_id(text: str) -> bool:
    return text.isdecimal() and len(text) <= 18


def _paths(departments: list[Department]) -> list[tuple[str, str]]:
    """`営業部/第一課`, by path, without a query a department."""
    by_id = {department.pk: department for department in departments}

    def path(department: Department) -> str:
        above = by_id.get(department.parent_id or 0)
        return f"{path(above)}/{department.name}" if above else department.name

    return sorted(
        ((str(department.pk), path(department)) for department in departments),
        key=lambda choice: choice[1],
    )
