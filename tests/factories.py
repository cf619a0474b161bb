"""Situations as plain functions: each writes rows and returns the one it is named after.

They write to the tables themselves, so that a test can start from any state; what it tests goes
through the actions.
"""

import datetime
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pgtrigger
from django.contrib.auth.hashers import make_password

from customers.actions.contracts import RevisionData, sign_contract
from customers.contracts.kinds import TermLine
from customers.models import (
    Activity,
    ActivitySlice,
    Contact,
    Contract,
    Customer,
    CustomerSnapshot,
    Favor,
    Goal,
    Import,
    Investment,
    RevenueEntry,
    SearchKey,
)
from firm import text
from firm.dates import firm_date
from firm.models import (
    ClosedMonth,
    CostRate,
    Department,
    JobRun,
    Post,
    PostHolding,
    Premium,
    User,
)
from tiering.models import Benefit, BenefitUse, RuleSet, Service, ServiceLevel, Tier, TierRule

# Wednesday, 15 July 2026, 10:00 in Tokyo.
NOW = datetime.datetime(2026, 7, 15, 1, 0, tzinfo=datetime.UTC)
LONG_AGO = datetime.date(2020, 4, 1)
PASSWORD = "correct horse battery"
# Hashed once: a slow hash per person would be most of the suite's time.
_PASSWORD_HASH = make_password(PASSWORD, hasher="pbkdf2_sha256")

_numbers = itertools.count(1)


def a_department(path: str) -> Department:
    """`営業部/第一課`, with the departments above it."""
    parent = None
    for name in path.split("/"):
        parent, _ = Department.objects.get_or_create(name=name, parent=parent)
    assert parent is not None
    return parent


def a_post(
    person: User | None,
    role: str,
    *,
    department: str = "",
    since: datetime.date = LONG_AGO,
    until: datetime.date | None = None,
) -> Post:
    """A post and its holder; `person=None` leaves it vacant."""
    post = Post.objects.create(
        role=role, department=a_department(department) if department else None
    )
    if person is not None:
        PostHolding.objects.create(person=person, post=post, held_from=since, held_until=until)
    return post


def a_person(
    name: str = "",
    *,
    role: str = "",
    department: str = "",
    email: str | None = None,
    **values: Any,
) -> User:
    """Somebody who can sign in with PASSWORD, with one post where a role is given."""
    number = next(_numbers)
    person = User.objects.create(
        name=name or f"社員 {number}",
        email=email or f"person-{number}@example.jp",
        password=_PASSWORD_HASH,
        **values,
    )
    if role:
        a_post(person, role, department=department)
    return person


def a_customer(
    name: str = "",
    *,
    code: str = "",
    kana: str = "",
    phone: str = "",
    owner: User | None = None,
    backup: User | None = None,
    department: Department | None = None,
    tier_rank: int | None = None,
    trailing_revenue: Decimal | int = 0,
    cost_to_serve: Decimal | int = 0,
    status: str = "active",
    **values: Any,
) -> Customer:
    """A customer with the snapshot row that lists and search read."""
    number = next(_numbers)
    customer = Customer.objects.create(
        code=code or f"C{number:05}",
        name=name or f"株式会社テスト{number}",
        name_kana=kana,
        phone=phone,
        owner=owner,
        backup=backup,
        department=department,
        status=status,
        **values,
    )
    search_key = text.search_key(code=customer.code, name=customer.name, kana=kana, phones=[phone])
    SearchKey.objects.create(customer=customer, search_key=search_key)
    CustomerSnapshot.objects.create(
        customer=customer,
        code=customer.code,
        name=customer.name,
        sort_key=text.sort_key(name=customer.name, kana=kana),
        search_key=search_key,
        owner=owner,
        backup=backup,
        department=department,
        status=status,
        tier_rank=tier_rank,
        earned_rank=tier_rank,
        trailing_revenue=trailing_revenue,
        cost_to_serve=cost_to_serve,
    )
    return customer


def a_contact(customer: Customer, name: str = "", **values: Any) -> Contact:
    return Contact.objects.create(
        customer=customer, name=name or f"担当 {next(_numbers)}", **values
    )


def a_contract(
    customer: Customer,
    *,
    name: str = "保守",
    template: str = "maintenance",
    valid_from: datetime.date = LONG_AGO,
    valid_to: datetime.date | None = None,
    terms: Sequence[TermLine] = (TermLine("hours", amount=600, period="month"),),
    **values: Any,
) -> Contract:
    """A contract with one revision, ten hours a month where nothing else is said."""
    return sign_contract(
        customer=customer,
        name=name,
        template=template,
        valid_from=valid_from,
        valid_to=valid_to,
        data=RevisionData(**values),
        terms=terms,
        by=None,
        now=NOW,
    )


def a_cost_rate(
    grade: str = "主任",
    *,
    valid_from: datetime.date = LONG_AGO,
    direct: int = 6_000,
    loaded: int = 9_000,
) -> CostRate:
    return CostRate.objects.create(grade=grade, valid_from=valid_from, direct=direct, loaded=loaded)


def some_premiums(
    *,
    valid_from: datetime.date = LONG_AGO,
    after_hours: int = 25,
    holiday: int = 35,
    night: int = 25,
) -> Premium:
    return Premium.objects.create(
        valid_from=valid_from, after_hours=after_hours, holiday=holiday, night=night
    )


def an_import(kind: str = "revenue", *, now: datetime.datetime = NOW, **values: Any) -> Import:
    """An import that has been applied; entries hang on one."""
    return Import.objects.create(
        kind=kind,
        state=Import.State.APPLIED,
        created_at=now,
        applied_at=now,
        applied_no=Import.objects.next_applied_no(),
        **values,
    )


def an_entry(
    customer: Customer,
    date: datetime.date,
    amount: Decimal | int | str,
    *,
    import_ref: Import | None = None,
    **values: Any,
) -> RevenueEntry:
    """A live ledger line of its own document, by an import of its own unless one is given."""
    amount = Decimal(amount)
    return RevenueEntry.objects.create(
        customer=customer,
        date=date,
        amount=amount,
        original_amount=values.pop("original_amount", amount),
        currency=values.pop("currency", "JPY"),
        source=values.pop("source", "default"),
        document_no=values.pop("document_no", f"D{next(_numbers)}"),
        import_ref=import_ref or an_import(),
        **values,
    )


def an_activity(
    customer: Customer,
    day: datetime.date,
    *,
    staff: User,
    minutes: int = 60,
    cost: Decimal | int = 0,
    cause: str = "in_contract",
    **values: Any,
) -> Activity:
    """Logged work within one day, with its slice."""
    activity = Activity.objects.create(
        customer=customer, staff=staff, day=day, minutes=minutes, cause=cause, **values
    )
    ActivitySlice.objects.create(
        activity=activity, customer=customer, day=day, minutes=minutes, cost=cost
    )
    return activity


def some_goodwill(
    customer: Customer,
    day: datetime.date,
    *,
    staff: User,
    minutes: int = 60,
    usual_price: Decimal | int = 12_000,
    why: str = "お試し",
    **values: Any,
) -> Favor:
    """An entry that was given for nothing."""
    entry = an_activity(customer, day, staff=staff, minutes=minutes, cause="customer_wish")
    return Favor.objects.create(activity=entry, usual_price=usual_price, why=why, **values)


def an_investment(customer: Customer, *, owner: User, **values: Any) -> Investment:
    """Ten hours at most, to be reviewed in a month, unless something else is said."""
    made = {
        "title": "導線の見直し",
        "expectation": "来期の受注",
        "cap_minutes": 600,
        "starts_on": firm_date(NOW),
        "review_on": firm_date(NOW) + datetime.timedelta(days=30),
        "created_at": NOW,
        **values,
    }
    return Investment.objects.create(customer=customer, owner=owner, created_by=owner, **made)


def a_goal(customer: Customer, *, by: User, **values: Any) -> Goal:
    made = {
        "purpose": "代理店からの問い合わせを増やす",
        "measure": "問い合わせ率",
        "target": "2.0%",
        **values,
    }
    return Goal.objects.create(customer=customer, set_at=NOW, set_by=by, changed_at=NOW, **made)


TIERS = [
    ("S", "プレミア", "Premier"),
    ("A", "アドバンス", "Plus"),
    ("B", "スタンダード", "Standard"),
    ("C", "ベーシック", "Core"),
]


def a_rule_set(
    *,
    by: User,
    effective_from: datetime.date = LONG_AGO,
    enter: tuple[int | str, ...] = (7_000_000, 2_800_000, 900_000),
    keep: tuple[int | str, ...] | None = None,
    tiers: list[tuple[str, str, str]] = TIERS,
    now: datetime.datetime = NOW,
    **values: Any,
) -> RuleSet:
    """A published version with the tiers from the top; the last one has no bounds."""
    rule_set = RuleSet.objects.create(
        number=next(_numbers),
        name=values.pop("name", "ランク基準"),
        state=RuleSet.State.PUBLISHED,
        method=values.pop("method", RuleSet.Method.THRESHOLD),
        effective_from=effective_from,
        created_at=now,
        published_at=now,
        published_by=by,
        **values,
    )
    bounds = [*zip(enter, keep or enter, strict=True), (None, None)]
    for rank, ((code, name, name_en), (bound, kept)) in enumerate(
        zip(tiers, bounds, strict=True), start=1
    ):
        tier, _ = Tier.objects.get_or_create(code=code, defaults={"name": name, "name_en": name_en})
        # A published version's tiers are final for everybody but the tests' situations.
        with pgtrigger.ignore("tiering.TierRule:published_tiers_are_final"):
            TierRule.objects.create(rule_set=rule_set, tier=tier, rank=rank, enter=bound, keep=kept)
    return rule_set


def a_job(kind: str = "nightly", *, now: datetime.datetime = NOW, **values: Any) -> JobRun:
    """A job that waits for a worker."""
    return JobRun.objects.create(kind=kind, created_at=now, **values)


def a_closed_month(month: datetime.date, *, by: User, now: datetime.datetime = NOW) -> ClosedMonth:
    return ClosedMonth.objects.create(month=month, closed_at=now, closed_by=by)


def a_level(
    rule_set: RuleSet,
    tier: str,
    service: str,
    amount: int | None = None,
    *,
    choice: str = "",
    per: str = "",
) -> ServiceLevel:
    """What a tier (by its code) brings of a standard service or of a benefit (by its code)."""
    benefit = None if service in Service.values else Benefit.objects.get(code=service)
    # A published version's levels are final for everybody but the tests' situations.
    with pgtrigger.ignore("tiering.ServiceLevel:published_levels_are_final"):
        return ServiceLevel.objects.create(
            rule_set=rule_set,
            tier=Tier.objects.get(code=tier),
            service="" if benefit else service,
            benefit=benefit,
            amount=amount,
            choice=choice,
            per=per,
        )


def a_benefit(
    name: str = "月次紙レポート", *, code: str = "paper-report", **values: str
) -> Benefit:
    return Benefit.objects.create(code=code, name=name, **values)


def a_draft(of: RuleSet | None = None, *, now: datetime.datetime = NOW) -> RuleSet:
    """An unpublished version, with the tiers of another one where it is given."""
    draft = RuleSet.objects.create(name="案", method=RuleSet.Method.THRESHOLD, created_at=now)
    for rule in of.tiers.all() if of else []:
        rule.pk, rule.rule_set = None, draft
        rule._state.adding = True
        rule.save()
    return draft


def a_benefit_use(
    customer: Customer, *, service: str = "review_meeting", now: datetime.datetime = NOW
) -> BenefitUse:
    return BenefitUse.objects.create(
        customer=customer, service=service, day=firm_date(now), quantity=1, recorded_at=now
    )
