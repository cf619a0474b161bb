"""The benefits given in the last six months: two customers as their stories have it, the others
by chance, and a paper report that hardly anybody asks for. What the goodwill budget was used for
stands in the service log.
"""

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from escalation.demo import SEED
from escalation.demo.customers import DemoCustomer
from escalation.demo.stories import GINREI, TOTO
from firm.dates import fiscal_period

MONTHS = 6
REVIEW, PROPOSAL = "review_meeting", "proposal"
VISIT, EXECUTIVE, REPORT = "on-site-visit", "executive-visit", "paper-report"
# The last place by revenue of each tier, and how likely a customer of it was given what.
LIKELY = {
    4: {REVIEW: 1.0, PROPOSAL: 1.0, VISIT: 1.0, EXECUTIVE: 0.5},
    14: {REVIEW: 0.8, PROPOSAL: 0.7, VISIT: 0.5},
    42: {REVIEW: 0.45, PROPOSAL: 0.35},
}
NOTES = {
    REVIEW: ("半期の実績と次の課題を確認", "アクセス状況と改善案を報告", "来期の計画を相談"),
    PROPOSAL: ("問い合わせ導線の見直しを提案", "更新作業の定例化を提案", "表示速度の改善を提案"),
    VISIT: ("操作説明で訪問", "年度更新の打ち合わせで訪問"),
    EXECUTIVE: ("ごあいさつと来期の相談",),
    REPORT: ("紙で郵送",),
}
# Places by revenue of those who still have the report sent: 4% of the active customers.
REPORT_READERS = (9, 24, 37, 88, 101)


@dataclass(frozen=True)
class DemoUse:
    """Given once on the day, by the owner."""

    customer: DemoCustomer
    service: str
    day: datetime.date
    note: str


def generate_uses(customers: list[DemoCustomer], days: Sequence[datetime.date]) -> list[DemoUse]:
    """In the order of their days. `days` are the business days of six months, the last one T."""
    chance = random.Random(f"{SEED} benefits")
    uses = [
        use
        for customer in customers
        if customer.ended_on is None and customer.started_on < days[0]
        for use in (*_by_tier(customer, days, chance), *_reports(customer, days))
    ]
    return sorted(uses, key=lambda use: use.day)


def _by_tier(
    customer: DemoCustomer, days: Sequence[datetime.date], chance: random.Random
) -> Iterator[DemoUse]:
    if customer.name == TOTO:
        # No review and no proposal for months; then the promise that was missed.
        yield DemoUse(customer, EXECUTIVE, days[-3], "お詫びと回復計画の説明")
        return
    if customer.name == GINREI:
        yield from _well_looked_after(customer, days)
        return
    likely = next((LIKELY[last] for last in LIKELY if customer.rank <= last), {})
    for service, probability in likely.items():
        if chance.random() < probability:
            note = chance.choice(NOTES[service])
            yield DemoUse(customer, service, chance.choice(days), note)


def _well_looked_after(customer: DemoCustomer, days: Sequence[datetime.date]) -> Iterator[DemoUse]:
    """Two of four reviews of this fiscal year, and a proposal."""
    year, _end = fiscal_period(days[-1], months=12)
    of_year = [day for day in days if day >= year] or days[-1:]
    for third, note in zip((1, 2), NOTES[REVIEW], strict=False):
        yield DemoUse(customer, REVIEW, of_year[len(of_year) * third // 3], note)
    yield DemoUse(customer, PROPOSAL, of_year[-1], "予約ページの改修を提案")


def _reports(customer: DemoCustomer, days: Sequence[datetime.date]) -> Iterator[DemoUse]:
    if customer.rank not in REPORT_READERS:
        return
    firsts = {(day.year, day.month): day for day in reversed(days)}
    for day in sorted(firsts.values())[1:]:
        yield DemoUse(customer, REPORT, day, NOTES[REPORT][0])
