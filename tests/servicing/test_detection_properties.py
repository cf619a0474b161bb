"""Each kind's statement sees what the plain rules see, over random customers."""

import datetime
from decimal import Decimal
from random import Random

import pytest

from customers.contracts.kinds import TermLine
from customers.models import Activity, ActivitySlice, Customer, Favor, QuietWeek
from customers.service_log.slices import write_slices
from firm.actions import add_company_days, set_bill_rate
from firm.dates import firm_zone
from tests.consumption.books import FIRST, a_book, day_between
from tests.examples import examples
from tests.factories import NOW, a_benefit, a_contract, a_customer, a_level, a_rule_set
from tests.firm.test_work_calendars import a_calendar
from tests.servicing.findings import a_finding
from tests.servicing.nights import a_night, in_tier, last_seen
from tests.servicing.oracle import Night, fee_of, yen
from tiering.models import BenefitUse, Finding, FindingKind, SettledPart
from tiering.servicing.kinds import MEASURES
from tiering.servicing.rules import STANDARD

pytestmark = pytest.mark.django_db

CUSTOMERS = 12
NIGHTS = (datetime.date(2026, 7, 16), datetime.date(2026, 7, 1), datetime.date(2026, 8, 1))
HOLIDAYS = (datetime.date(2026, 6, 24), datetime.date(2026, 6, 30))
EXCLUDED = "写真撮影"


@pytest.mark.parametrize("seed", range(examples(2)))
def test_a_night_sees_what_the_plain_rules_see(seed, account_manager, administrator, now):
    draw = Random(seed)
    calendars = [a_calendar("窓口", by=administrator, now=now)]
    rules = tiers(draw, administrator)
    set_bill_rate(valid_from=FIRST, amount=Decimal(12_000), by=administrator, now=now)
    customers = []
    for _ in range(CUSTOMERS):
        customer = a_book(draw, staff=account_manager, calendars=calendars)
        more_of(draw, customer, rules, staff=account_manager)
        customers.append(customer)
    add_company_days(
        first=HOLIDAYS[0], last=HOLIDAYS[1], name="夏季休業", by=administrator, now=now
    )
    settled_by_customer(draw, customers)
    night = draw.choice(NIGHTS)
    a_night(night)
    assert compared(customers, night) >= 10, "kinds to compare"
    assert a_night(night).written == 0


def tiers(draw: Random, administrator):
    rules = a_rule_set(by=administrator, month_close="calendar", effective_from=FIRST)
    a_benefit()
    for tier in ("A", "B"):
        a_level(rules, tier, "contact_interval", draw.choice([1, 2, 4]))
        a_level(rules, tier, "proposal", draw.choice([1, 2]), per="quarter")
        a_level(rules, tier, "paper-report", 3, per="quarter")
    a_level(rules, "A", "review_meeting", 1, per="half")
    a_level(rules, "A", "allowance_case", 60)
    a_level(rules, "A", "allowance_quarter", 120)
    return rules


def more_of(draw: Random, customer: Customer, rules, *, staff) -> None:
    """What the books of consumption don't need: costs, categories, tiers, uses, quiet weeks."""
    lines = [TermLine("exclusion", EXCLUDED)]
    if draw.random() < 0.3:
        period = draw.choice(["week", "month", "quarter"])
        lines.append(TermLine("contact_least", amount=draw.choice([1, 2]), period=period))
    a_contract(customer, name="別紙", terms=lines, valid_from=day_between(draw, FIRST, NIGHTS[0]))
    # The first promise is that of the rules, from FIRST on.
    in_tier(customer, draw.choice("ABC"), rules=rules, since=day_between(draw, FIRST, NIGHTS[0]))
    if draw.random() < 0.5:
        a_burst(draw, customer, staff=staff)
    for entry in Activity.objects.filter(customer=customer):
        if draw.random() < 0.1:
            Activity.objects.filter(pk=entry.pk).update(work_item=EXCLUDED)
        Favor.objects.filter(activity=entry).update(category=draw.choice(["", "操作説明"]))
        cost = Decimal(draw.randint(1, 200))
        for piece in ActivitySlice.objects.filter(activity=entry):
            piece.cost = cost * piece.minutes
            piece.save(update_fields=["cost"])
    for service in ("review_meeting", "proposal"):
        if draw.random() < 0.4:
            day = day_between(draw, FIRST, NIGHTS[0])
            BenefitUse.objects.create(
                customer=customer, service=service, day=day, quantity=1, recorded_at=NOW
            )
    if draw.random() < 0.2:
        monday = datetime.date(2026, 6, 29)
        QuietWeek.objects.create(
            customer=customer, week=monday, confirmed_by=staff, confirmed_at=NOW
        )


def a_burst(draw: Random, customer: Customer, *, staff) -> None:
    """Many contacts of a few weeks, some of them messages of one conversation."""
    made = []
    for _ in range(draw.randint(5, 30)):
        day = day_between(draw, datetime.date(2026, 6, 15), datetime.date(2026, 7, 20))
        clock = datetime.time(draw.randint(7, 21), draw.choice([0, 30]))
        activity = Activity.objects.create(
            customer=customer, staff=staff, day=day, minutes=draw.choice([5, 40]), kind="contact",
            started_at=datetime.datetime.combine(day, clock, firm_zone()), cause="in_contract",
            channel=draw.choice(["phone", "visit", "private_chat"]),
            direction=draw.choice(["in", "out"]), thread=draw.choice(["", "", "A"]),
        )  # fmt: skip
        made.append(activity.pk)
    write_slices(Activity.objects.filter(pk__in=made))


def settled_by_customer(draw: Random, customers: list[Customer]) -> None:
    """Parts that another customer's flags, resolved long ago, have settled."""
    elsewhere = a_finding(a_customer(), state="resolved", resolution="billed")
    for customer in customers:
        for kind in FindingKind.values:
            if draw.random() < 0.3:
                month = datetime.date(2026, draw.randint(4, 7), 1)
                SettledPart.objects.create(
                    customer=customer, kind=kind, month=month, finding=elsewhere, settled_at=NOW,
                    quantity=draw.choice([1, 2, 30, 600]),
                )  # fmt: skip


def compared(customers: list[Customer], night: datetime.date) -> int:
    """How many kinds were seen of anybody."""
    kinds = set()
    for customer in customers:
        expected = Night(customer, night, STANDARD).expected()
        found = {one.kind: one for one in Finding.objects.filter(customer=customer)}
        assert set(found) == set(expected), f"customer {customer.pk}"
        kinds |= set(found)
        for kind, one in expected.items():
            row, seen = found[kind], last_seen(found[kind])
            assert (row.quantity, row.is_preliminary) == (one.quantity, one.is_preliminary), kind
            assert seen.values["by_month"] == one.by_month, kind
            assert seen.evidence == one.evidence, kind
            if MEASURES[FindingKind(kind)].points:
                assert (row.loss, row.forgone_fee) == (0, 0)
            else:
                # A cost ends where the digits of a division do.
                assert abs(row.loss - yen(one.cost)) <= 1, kind
                assert abs(row.forgone_fee - yen(fee_of(one.minutes, on=row.last_day))) <= 1, kind
    return len(kinds)
