"""Bringing the demo firm in, through the real actions, imports and nightly runs.

Each step is whole by itself and leaves out what is there, so that a load that was interrupted
goes on where it stopped.
"""

import datetime
import io
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actions import (
    RevisionData,
    add_contact,
    bring_in_past_checks,
    create_customer,
    import_now,
    record_explained,
    sign_contract,
)
from customers.actions.cost_rates import set_cost_rate
from customers.models import (
    Activity,
    Contract,
    Customer,
    Import,
    RevenueEntry,
    ScopeInquiry,
)
from escalation.demo import company, nights
from escalation.demo.benefits import MONTHS, generate_uses
from escalation.demo.contracts import PRICE_BEYOND, DemoContract, generate_contracts
from escalation.demo.customers import DemoCustomer, generate_customers
from escalation.demo.entries import Span
from escalation.demo.inquiries import generate_inquiries
from escalation.demo.revenue import as_csv, closed_months, generate_revenue
from escalation.demo.service_log import LogWriter
from firm.actions import (
    add_calendar,
    add_days,
    add_person,
    close_month,
    department_at,
    end_post,
    give_post,
    set_bill_rate,
)
from firm.business_time import ONE_DAY
from firm.calendar import business_days
from firm.dates import add_months, firm_date, firm_zone
from firm.models import ClosedMonth, CompanyDay, Department, Firm, PostHolding, User
from firm.refusals import Refused
from firm.work_calendars import ensure_firm_calendar
from tiering.actions import record_use
from tiering.models import BenefitUse, Evaluation, Override, RuleSet

SOURCE = "demo"
RULES = Path(__file__).with_name("rules.json")
PUBLISHER = "takahashi"
FIRST_NIGHT = 12  # index of the month whose first is the first night with a full window
OFFICE_OPENS = datetime.time(9)
LONG_AGO_YEARS = 3
LONGEST_BREAK = 30  # days
MONTHS_WITH_FLAGS = 12  # so that everybody sees them


@dataclass(frozen=True)
class Plan:
    """`t` is the last business day before that of loading, so that the whole of it is over."""

    now: datetime.datetime
    t: datetime.date
    months: list[datetime.date]
    customers: list[DemoCustomer]

    @property
    def span(self) -> Span:
        """The six months up to `t`, which is the last business day of them."""
        first = add_months(self.t, -MONTHS)
        worked = business_days(since=first, until=self.t + ONE_DAY)
        days = [first + n * ONE_DAY for n in range((self.t - first).days + 1)]
        return Span(
            office=[day for day in days if day in worked],
            off=[day for day in days if day not in worked],
        )

    @property
    def nights(self) -> tuple[datetime.date, datetime.date]:
        """The firsts of the first and the last month a night is run for."""
        return self.months[FIRST_NIGHT], add_months(self.months[-1], 1)


def plan_for(now: datetime.datetime) -> Plan:
    today = firm_date(now)
    days = business_days(since=today - LONGEST_BREAK * ONE_DAY, until=today)
    # The firm's own days off are not in the calendar until they are loaded.
    t = max(days.difference(company.company_days(min(days), max(days) + ONE_DAY)))
    months = closed_months(today)
    return Plan(now=now, t=t, months=months, customers=generate_customers(months[-1]))


def is_loaded() -> bool:
    return (
        Firm.objects.filter(is_demo=True).exists()
        and Evaluation.objects.filter(as_of__gte=_last_night_of_demo()).exists()
        and Override.objects.exists()
    )


def _last_night_of_demo() -> datetime.date:
    latest = ClosedMonth.objects.order_by("-month").values_list("month", flat=True).first()
    return add_months(latest, 1) if latest else datetime.date.max


def check_can_load() -> None:
    """The demo and a firm of one's own never share a database."""
    if Firm.objects.filter(is_demo=True).exists():
        return
    for model in (User, Customer, Import, RuleSet):
        if model.objects.exists():
            raise Refused(
                _(
                    "This place holds your own data. Start the demo in another one:"
                    " DATA=some/dir make run"
                )
            )


def load(*, now: datetime.datetime) -> bool:
    """Returns False where the demo is here already."""
    check_can_load()
    if is_loaded():
        return False
    plan = plan_for(now)
    for step in (
        _add_people,
        _add_days,
        _add_customers,
        _sign_contracts,
        _import_revenue,
        _close_months,
        _write_log,
        _keep_checks,
    ):
        step(plan)
    _publish_rules(plan)
    _give_benefits(plan)
    nights.run(*plan.nights, t=plan.t, now=plan.now)
    return True


@transaction.atomic
def _add_people(plan: Plan) -> None:
    """The firm's name first: from then on everything here is the demo's."""
    if User.objects.exists():
        return
    Firm.objects.filter(pk=1).update(
        name=company.NAME, is_demo=True, flags_since=add_months(plan.t, -MONTHS_WITH_FLAGS)
    )
    since = datetime.date(plan.t.year - LONG_AGO_YEARS, 4, 1)
    for path in company.DEPARTMENTS:
        department_at(path=path, by=None, now=plan.now)
    for person in company.PEOPLE:
        user = add_person(
            name=person.name,
            name_kana=person.name_kana,
            email=person.email,
            cost_grade=person.grade,
            by=None,
            now=plan.now,
        )
        for post in person.posts:
            _give(user, post, since=since, now=plan.now)
    _leave_vacant(plan, since=since)
    for grade, (direct, loaded) in company.COST_RATES.items():
        set_cost_rate(
            grade=grade, valid_from=since, direct=direct, loaded=loaded, by=None, now=plan.now
        )
    set_bill_rate(valid_from=since, amount=Decimal(company.BILL_RATE), by=None, now=plan.now)


def _give(
    user: User, post: company.DemoPost, *, since: datetime.date, now: datetime.datetime
) -> PostHolding:
    return give_post(
        person=user,
        role=post.role,
        department=department_at(path=post.department, by=None, now=now),
        title=post.title,
        since=since,
        by=None,
        now=now,
    )


def _leave_vacant(plan: Plan, *, since: datetime.date) -> None:
    """The manager of the first section had the second one, too, until some months ago."""
    left_on = add_months(plan.t.replace(day=1), -7)
    manager = User.objects.get(email=company.person(company.LEFT_BY).email)
    for post in company.VACANT_POSTS:
        holding = _give(manager, post, since=since, now=plan.now)
        end_post(holding=holding, by=None, now=_opening(left_on))


@transaction.atomic
def _add_days(plan: Plan) -> None:
    if CompanyDay.objects.exists():
        return
    days = company.company_days(plan.months[0], add_months(plan.t, 14))
    add_days(days=days, calendar=None, by=None, now=plan.now)
    ensure_firm_calendar(now=plan.now)
    for name, (week, keeps_days_off) in company.CALENDARS.items():
        add_calendar(
            name=name,
            zone=settings.FIRM_TIME_ZONE,
            week=week,
            country=settings.FIRM_COUNTRY if keeps_days_off else "",
            off_on_company_days=keeps_days_off,
            by=None,
            now=plan.now,
        )


@transaction.atomic
def _add_customers(plan: Plan) -> None:
    if Customer.objects.exists():
        return
    people = {user.email: user for user in User.objects.all()}
    departments = {department.path: department for department in Department.objects.all()}
    # A parent company comes before its children.
    made: dict[str, Customer] = {}
    for customer in sorted(plan.customers, key=lambda customer: bool(customer.parent)):
        backup = company.person(customer.backup).email if customer.backup else ""
        made[customer.name] = create_customer(
            code=customer.code,
            name=customer.name,
            name_kana=customer.name_kana,
            phone=customer.phone,
            email=customer.email,
            postal_code=customer.postal_code,
            address=customer.address,
            city=customer.city,
            country="日本",
            industry=customer.industry,
            department=departments[customer.department],
            owner=people[company.person(customer.owner).email],
            backup=people.get(backup),
            status=Customer.Status.INACTIVE if customer.ended_on else Customer.Status.ACTIVE,
            parent=made.get(customer.parent),
            started_on=customer.started_on,
            ended_on=customer.ended_on,
            closing_day=customer.closing_day,
            payment_terms=customer.payment_terms,
            tags=list(customer.tags),
            by=None,
            now=plan.now,
        )
        _add_contacts(made[customer.name], customer, now=plan.now)


def _add_contacts(made: Customer, customer: DemoCustomer, *, now: datetime.datetime) -> None:
    for contact in customer.contacts:
        add_contact(customer=made, by=None, now=now, **vars(contact))


def _import_revenue(plan: Plan) -> None:
    if RevenueEntry.objects.exists():
        return
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "revenue.csv"
        path.write_bytes(as_csv(generate_revenue(plan.customers, plan.months)))
        import_, refused = import_now(
            kind=Import.Kind.REVENUE, path=path, source=SOURCE, by=None, now=plan.now
        )
    if import_.state != Import.State.APPLIED:
        raise RuntimeError(f"The demo's own revenue was refused: {refused[:3]}")


@transaction.atomic
def _sign_contracts(plan: Plan) -> None:
    if Contract.objects.exists():
        return
    made = Customer.objects.select_related("owner").in_bulk(field_name="code")
    for agreed in generate_contracts(plan.customers, plan.t):
        customer = made[agreed.customer.code]
        contract = sign_contract(
            customer=customer,
            name=agreed.name,
            template=agreed.template,
            valid_from=agreed.customer.started_on,
            valid_to=agreed.customer.ended_on,
            data=_revision_of(agreed),
            terms=agreed.start.terms,
            by=None,
            now=plan.now,
        )
        if agreed.explained_on is not None and agreed.explained_on >= agreed.customer.started_on:
            assert customer.owner is not None  # the generator gives everyone an owner
            revision = contract.revisions.get()
            record_explained(
                revision=revision, on=agreed.explained_on, by=customer.owner, now=plan.now
            )


def _revision_of(agreed: DemoContract) -> RevisionData:
    return RevisionData(
        monthly_fee=agreed.fee,
        price_beyond=PRICE_BEYOND,
        carry_over=agreed.start.carry_over,
        carry_cap=agreed.start.carry_cap,
        carry_months=agreed.start.carry_months,
        renews_on=agreed.renews_on,
        notice_days=agreed.notice_days,
    )


@transaction.atomic
def _close_months(plan: Plan) -> None:
    """On the first of the month after each, so that nights of the past find them closed."""
    if ClosedMonth.objects.exists():
        return
    back_office = User.objects.get(email=company.person("tamura").email)
    for month in plan.months:
        closed_at = min(_opening(add_months(month, 1)), plan.now)
        close_month(month=month, by=back_office, now=closed_at)


@transaction.atomic
def _write_log(plan: Plan) -> None:
    if Activity.objects.exists():
        return
    agreed = generate_contracts(plan.customers, plan.t)
    LogWriter(agreed, plan.span).write(now=plan.now)


@transaction.atomic
def _keep_checks(plan: Plan) -> None:
    if ScopeInquiry.objects.exists():
        return
    customers = Customer.objects.select_related("owner").prefetch_related("contacts")
    by_code = customers.in_bulk(field_name="code")
    checks = generate_inquiries(
        generate_contracts(plan.customers, plan.t),
        plan.span,
        customers=by_code,
        contacts={one.pk: list(one.contacts.all()) for one in by_code.values()},
    )
    bring_in_past_checks(checks=checks, now=plan.now)


def _publish_rules(plan: Plan) -> None:
    if RuleSet.objects.exists():
        return
    call_command(
        "rules",
        "publish",
        str(RULES),
        f"--effective-from={plan.nights[0]}",
        f"--by={company.person(PUBLISHER).email}",
        "--note=お客様の12か月売上で4段階に分ける。大きさで決め、理由を全員に見せる",
        stdout=io.StringIO(),
    )


@transaction.atomic
def _give_benefits(plan: Plan) -> None:
    if BenefitUse.objects.exists():
        return
    made = Customer.objects.select_related("owner").in_bulk(field_name="code")
    for use in generate_uses(plan.customers, plan.span.office):
        customer = made[use.customer.code]
        assert customer.owner is not None  # the generator gives everyone an owner
        record_use(
            customer=customer,
            service=use.service,
            day=use.day,
            quantity=1,
            note=use.note,
            by=customer.owner,
            now=_opening(use.day),
        )


def _opening(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, OFFICE_OPENS, firm_zone())
