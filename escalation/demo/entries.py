"""An entry of the demo's service log while it is being made, and the days it may lie on."""

import datetime
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from customers.models import Activity
from escalation.demo.contracts import DemoContract
from escalation.demo.customers import DemoCustomer
from firm.business_time import ONE_DAY
from firm.dates import add_months, first_of_month

Cause = Activity.Cause
Kind = Activity.Kind
STEP = 15  # minutes
# What a customer asks for and what lies in the contract: the causes that count everywhere.
COUNTED = (Cause.IN_CONTRACT, Cause.CUSTOMER_WISH)


@dataclass(frozen=True)
class DemoFavor:
    why: str
    category: str
    customer_knows: bool
    from_budget: bool = False


@dataclass
class DemoEntry:
    """`start` is the minute of the day, None where nobody wrote one; `contact` the place of the
    customer's contact; `staff` "" until it is dealt out. What is planted is left as it is.
    """

    agreed: DemoContract
    day: datetime.date
    minutes: int
    note: str
    cause: str = Cause.IN_CONTRACT
    kind: str = Kind.WORK
    channel: str = ""
    direction: str = ""
    contact: int | None = None
    work_item: str = ""
    start: int | None = None
    staff: str = ""
    investment: str = ""
    favor: DemoFavor | None = None
    planted: bool = False

    @property
    def customer(self) -> DemoCustomer:
        return self.agreed.customer

    @property
    def initiator(self) -> str:
        if self.kind != Kind.CONTACT:
            return ""
        return Activity.Initiator.CUSTOMER if self.direction == "in" else Activity.Initiator.US

    @property
    def is_contact_in(self) -> bool:
        return self.kind == Kind.CONTACT and self.direction == Activity.Direction.IN


@dataclass(frozen=True)
class Span:
    """The six months up to the last business day: office days, and the days off between them."""

    office: Sequence[datetime.date]
    off: Sequence[datetime.date] = field(default=())

    @property
    def t(self) -> datetime.date:
        return self.office[-1]

    def back(self, days: int) -> datetime.date:
        """So many office days before the last one."""
        return self.office[max(0, len(self.office) - 1 - days)]

    def served(self, customer: DemoCustomer) -> list[datetime.date]:
        """The office days on which this was a customer."""
        return [
            day
            for day in self.office
            if day >= customer.started_on
            and (customer.ended_on is None or day <= customer.ended_on)
        ]

    def months(self) -> dict[datetime.date, list[datetime.date]]:
        """The office days by month, the last month first."""
        found: dict[datetime.date, list[datetime.date]] = {}
        for day in reversed(self.office):
            found.setdefault(first_of_month(day), []).insert(0, day)
        return found

    def weights(self) -> dict[datetime.date, float]:
        """By office day, the part of a month it stands for: what is agreed a month is used in each
        alike, however many office days it has.
        """
        found: dict[datetime.date, float] = {}
        for month, days in self.months().items():
            following = add_months(month, 1)
            covered = min(following, self.t + ONE_DAY) - max(month, self.office[0])
            found |= dict.fromkeys(days, covered / (following - month) / len(days))
        return found


def chosen(
    entries: Iterable[DemoEntry],
    count: int,
    chance: random.Random,
    weight: Callable[[DemoEntry], float],
) -> list[DemoEntry]:
    """So many of the entries by chance; twice the weight is about twice as likely."""
    drawn = [(chance.random() ** (1 / weight(entry)), n, entry) for n, entry in enumerate(entries)]
    return [entry for _key, _n, entry in sorted(drawn, key=lambda one: one[:2])[-count:]]
