"""Contracts: one row a contract over a template; single terms are for the page.

A row is a contract of its customer and template. A new one starts from the template; of one that
is here the row changes what it says and leaves the rest: the same start again is a correction, a
later one a revision.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils import translation

from customers.actions.contracts import (
    RevisionData,
    correct_revision,
    revise_contract,
    sign_contract,
)
from customers.contracts.forms import line_of
from customers.contracts.kinds import Kind, Period, TermLine
from customers.contracts.templates import start_of
from customers.imports.windows import week_of
from customers.imports.work import (
    Work,
    execute,
    refuse,
    refuse_twice,
    refuse_unknown_customers,
    rows,
)
from customers.models import Contract, ContractRevision, Customer
from firm.actions import add_calendar
from firm.models import WorkCalendar

FATES = ("added", "changed", "unchanged")


@dataclass(frozen=True)
class _Row:
    """A staged line with what it means; `revision` is the contract's last one, if any."""

    customer: Customer
    name: str
    template: str
    valid_from: Any
    valid_to: Any
    data: RevisionData
    terms: tuple[TermLine, ...]
    contract: Contract | None
    revision: ContractRevision | None

    @property
    def fate(self) -> str:
        if self.revision is None:
            return "added"
        same = (self.valid_from, self.valid_to, self.data) == (
            self.revision.valid_from,
            self.revision.valid_to,
            RevisionData.of(self.revision),
        ) and [line_of(term) for term in self.revision.terms.all()] == list(self.terms)
        return "unchanged" if same else "changed"


def check(work: Work) -> None:
    refuse_unknown_customers()
    refuse_twice("template", "customer_code, template")
    refuse(
        "valid_to",
        "ends_before_it_begins",
        "SELECT line, '{}'::jsonb AS data FROM import_staged WHERE valid_to <= valid_from",
    )
    refuse(
        "window",
        "unknown_window",
        """SELECT line, jsonb_build_object('value', "window") AS data FROM import_staged
            WHERE "window" = ANY(%(unknown)s)""",
        unknown=_unknown_windows(),
    )
    refuse(
        "valid_from",
        "revision_begins_earlier",
        """
        SELECT s.line, jsonb_build_object('value', s.valid_from, 'date', last.valid_from) AS data
          FROM import_staged s
          JOIN customers_customer c ON c.code = s.customer_code
          JOIN LATERAL (
               SELECT r.valid_from FROM customers_contractrevision r
                 JOIN customers_contract k ON k.id = r.contract_id
                WHERE k.customer_id = c.id AND k.template = s.template
                ORDER BY r.valid_from DESC LIMIT 1) last ON s.valid_from < last.valid_from
        """,
    )


def plan(work: Work) -> dict[str, Any]:
    """Counts of added, changed (revised or corrected) and unchanged contracts."""
    counted = dict.fromkeys(FATES, 0)
    for row in _rows():
        counted[row.fate] += 1
    execute("CREATE TEMP TABLE import_lines ON COMMIT DROP AS SELECT line FROM import_staged")
    return {fate: {"lines": lines} for fate, lines in counted.items()}


def write(work: Work) -> None:
    _add_calendars(work)
    for row in _rows():
        if row.fate == "unchanged":
            continue
        said: dict[str, Any] = {
            "data": row.data,
            "terms": row.terms,
            "by": work.by,
            "now": work.now,
        }
        period: dict[str, Any] = {"valid_from": row.valid_from, "valid_to": row.valid_to}
        if row.contract is None or row.revision is None:
            sign_contract(
                customer=row.customer, name=row.name, template=row.template, **period, **said
            )
        elif row.valid_from == row.revision.valid_from:
            correct_revision(revision=row.revision, **period, **said)
        else:
            revise_contract(contract=row.contract, **period, **said)


def _add_calendars(work: Work) -> None:
    """Hours by weekday that nobody has named yet, as calendars called what they are."""
    windows = rows('SELECT DISTINCT "window" FROM import_staged WHERE "window" IS NOT NULL')
    known = set(WorkCalendar.objects.values_list("name", flat=True))
    for name in {row["window"] for row in windows} - known:
        week = week_of(name)
        assert week is not None  # `check` refuses the others
        add_calendar(
            name=name,
            zone=settings.FIRM_TIME_ZONE,
            week=week,
            country=settings.FIRM_COUNTRY,
            off_on_company_days=True,
            by=work.by,
            now=work.now,
        )


def _unknown_windows() -> list[str]:
    """Neither a calendar's name nor hours by weekday."""
    written = rows('SELECT DISTINCT "window" FROM import_staged WHERE "window" IS NOT NULL')
    known = set(WorkCalendar.objects.values_list("name", flat=True))
    return [
        row["window"]
        for row in written
        if row["window"] not in known and not week_of(row["window"])
    ]


def _rows() -> list[_Row]:
    """The lines with the contracts they are about, in the language of the firm."""
    staged = rows("SELECT * FROM import_staged ORDER BY line")
    codes = {row["customer_code"] for row in staged}
    customers = Customer.objects.filter(code__in=codes).in_bulk(field_name="code")
    calendars = {calendar.name: calendar for calendar in WorkCalendar.objects.all()}
    contracts = {
        (contract.customer_id, contract.template): contract
        for contract in Contract.objects.filter(customer__in=customers.values())
        .prefetch_related("revisions__terms__calendar")
        .order_by("-pk")
    }
    with translation.override(settings.LANGUAGE_CODE):
        return [_row(row, customers[row["customer_code"]], calendars, contracts) for row in staged]


def _row(
    staged: dict[str, Any],
    customer: Customer,
    calendars: dict[str, WorkCalendar],
    contracts: dict[tuple[int, str], Contract],
) -> _Row:
    template = staged["template"]
    contract = contracts.get((customer.pk, template))
    # Their order is from the latest start on.
    revision = next(iter(contract.revisions.all()), None) if contract else None
    given = {name: value for name, value in staged.items() if value is not None}
    if revision is None:
        data, terms = _started(template, given)
    else:
        data, terms = RevisionData.of(revision), [line_of(term) for term in revision.terms.all()]
    said = {"monthly_fee": given["monthly_fee"]}
    if "renewal_notice" in given:
        said["notice_days"] = given["renewal_notice"]
    if "valid_to" in given:
        said["renews_on"] = given["valid_to"]
    return _Row(
        customer=customer,
        name=contract.name if contract else str(Contract.Template(template).label),
        template=template,
        valid_from=given["valid_from"],
        valid_to=given.get("valid_to", revision.valid_to if revision else None),
        data=replace(data, **said),
        terms=_terms(terms, given, calendars),
        contract=contract,
        revision=revision,
    )


def _started(template: str, given: dict[str, Any]) -> tuple[RevisionData, list[TermLine]]:
    """A new contract; items that the row counts stand in place of the template's."""
    start = start_of(template, hours=given.get("hours"))
    terms = [
        term for term in start.terms if term.kind != Kind.COUNT or not given.get("count_items")
    ]
    data = RevisionData(
        carry_over=start.carry_over, carry_cap=start.carry_cap, carry_months=start.carry_months
    )
    return data, terms


def _terms(
    terms: list[TermLine], given: dict[str, Any], calendars: dict[str, WorkCalendar]
) -> tuple[TermLine, ...]:
    """The terms with what the row says put in its place, or at the end."""
    wanted = [
        TermLine(Kind.COUNT, name=name, amount=amount, period=Period.MONTH)
        for name, amount in json.loads(given.get("count_items", "{}")).items()
    ]
    if "hours" in given:
        wanted.append(TermLine(Kind.HOURS, amount=given["hours"], period=Period.MONTH))
    if "answer" in given:
        wanted.append(TermLine(Kind.RESPONSE, amount=given["answer"]))
    if "window" in given:
        # Hours by weekday become a calendar when the lines are written.
        calendar = calendars.get(given["window"]) or WorkCalendar(name=given["window"])
        wanted.append(TermLine(Kind.SUPPORT_HOURS, calendar=calendar))
    by_identity = {term.identity: term for term in terms}
    for term in wanted:
        stood = by_identity.get(term.identity, term)
        by_identity[term.identity] = replace(
            stood, amount=term.amount, calendar=term.calendar or stood.calendar
        )
    return tuple(by_identity.values())
