"""The 120 customers and their contacts, without their revenue."""

import datetime
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from math import exp
from statistics import NormalDist

from escalation.demo import SEED, company, names
from escalation.demo.stories import PLANTED, Planted
from firm.dates import add_months, first_of_month

CUSTOMERS = 120
SIGMA = 1.42  # of the logarithm of the annual revenue
# Yen a year before each monthly fee is rounded to 5,000; the rounded ones make 160.8M.
ANNUAL_TOTAL = 160_000_000
SMALLEST_FEE = 10_000

INDUSTRIES = {
    names.MANUFACTURING: 26,
    names.HEALTH: 17,
    names.RETAIL: 22,
    names.PROPERTY: 17,
    names.PROFESSIONS: 14,
    names.PUBLIC: 7,
    names.IT: 17,
}
OWNERS = {
    "sato": 18,
    "kobayashi": 32,
    "ito": 30,
    "yamamoto": 20,
    "nakamura": 8,
    "yoshida": 6,
    "watanabe": 6,
}
# How many customers the senior account manager has by rank, planted ones included: 1 S, 3 A,
# 6 B and 8 C, and none of the smallest.
SENIOR = "sato"
SENIOR_CUSTOMERS = ((range(1, 15), 4), (range(15, 43), 6), (range(43, 92), 8))
BACKUPS = {
    "sato": "kobayashi",
    "kobayashi": "sato",
    "ito": "watanabe",
    "yamamoto": "yoshida",
    "nakamura": "kobayashi",
    "yoshida": "yamamoto",
    "watanabe": "ito",
}
DEPARTMENTS = {
    "sato": company.SALES_1,
    "kobayashi": company.SALES_1,
    "nakamura": company.SALES_1,
    "ito": company.SALES_2,
    "watanabe": company.SALES_2,
    "yamamoto": company.OPERATIONS,
    "yoshida": company.OPERATIONS,
}
RETAINER = "運用リテイナー"  # what the fourteen largest have
SERVICES = {"保守": 57, RETAINER: 24, "SaaS・ホスティング": 25, "プロジェクト": 14}
CLOSING_DAYS = {"末": 74, "20": 28, "25": 10, "15": 4, "10": 4}
PAYMENT_TERMS = {"翌月末払い": 84, "翌々月末払い": 24, "翌月20日払い": 12}
REGULATED, REGULATED_TAG = 21, "取適法の可能性あり"


@dataclass(frozen=True)
class DemoContact:
    name: str
    name_kana: str
    department: str
    title: str
    phone: str
    mobile: str
    email: str
    key_person: bool
    decider: bool


@dataclass(frozen=True)
class DemoCustomer:
    """`fee` is the yen of a usual month; `rank` the place by it, 1 the largest."""

    rank: int
    code: str
    name: str
    name_kana: str
    industry: str
    owner: str
    backup: str
    service: str
    fee: int
    phone: str
    email: str
    postal_code: str
    address: str
    city: str
    started_on: datetime.date
    ended_on: datetime.date | None
    parent: str
    closing_day: str
    payment_terms: str
    tags: tuple[str, ...]
    contacts: tuple[DemoContact, ...]
    planted: Planted | None

    @property
    def department(self) -> str:
        return DEPARTMENTS[self.owner]


def monthly_fees() -> list[int]:
    """Yen a month by rank: a lognormal read off at its 120 quantiles, rounded to 5,000."""
    normal = NormalDist()
    weights = [
        exp(SIGMA * normal.inv_cdf((rank - 0.5) / CUSTOMERS)) for rank in range(CUSTOMERS, 0, -1)
    ]
    per_weight = ANNUAL_TOTAL / 12 / sum(weights)
    return [max(SMALLEST_FEE, round(per_weight * weight / 5000) * 5000) for weight in weights]


def generate_customers(last_month: datetime.date) -> list[DemoCustomer]:
    """All 120, the oldest customer first, as seen after `last_month`, the last closed one."""
    ranks = range(1, CUSTOMERS + 1)
    started = _started(last_month)
    codes = {
        rank: f"K-{n:04d}" for n, rank in enumerate(sorted(ranks, key=started.__getitem__), start=1)
    }
    industries = _dealt("industry", INDUSTRIES, {r: p.industry for r, p in PLANTED.items()})
    owners = _owners()
    services = _dealt("service", SERVICES, dict.fromkeys(range(1, 15), RETAINER))
    closing_days = _dealt("closing day", CLOSING_DAYS, {})
    payment_terms = _dealt("payment terms", PAYMENT_TERMS, {})
    invented = _invented_names(industries)
    with_backup, regulated = _with_backup(), _regulated()
    fees = monthly_fees()
    places, people = random.Random(f"{SEED} places"), _Contacts()
    customers = []
    for rank in sorted(ranks, key=codes.__getitem__):
        planted = PLANTED.get(rank)
        name, kana = (planted.name, planted.name_kana) if planted else invented[rank]
        city, postal_code = places.choice(names.CITIES)
        quarter = places.choice(names.QUARTERS)
        number = int(codes[rank][2:])
        tags = [REGULATED_TAG] if rank in regulated else []
        tags += [f"終了理由：{planted.reason}"] if planted and planted.reason else []
        customers.append(
            DemoCustomer(
                rank=rank,
                code=codes[rank],
                name=name,
                name_kana=kana,
                industry=industries[rank],
                owner=owners[rank],
                backup=BACKUPS[owners[rank]] if rank in with_backup else "",
                service=services[rank],
                fee=fees[rank - 1],
                phone=f"03-0000-{1000 + number}",
                email=f"info.{number:04d}@example.jp",
                postal_code=postal_code,
                city=city,
                address=f"{quarter}{places.randint(1, 9)}-{places.randint(1, 20)}",
                started_on=started[rank],
                ended_on=_ended(planted, last_month),
                parent=planted.parent if planted else "",
                closing_day=closing_days[rank],
                payment_terms=payment_terms[rank],
                tags=tuple(tags),
                contacts=tuple(people.at(rank, number, industries[rank])),
                planted=planted,
            )
        )
    return customers


def _started(last_month: datetime.date) -> dict[int, datetime.date]:
    """Two to sixteen years ago, but for those planted as new; the largest are old customers."""
    chance = random.Random(f"{SEED} started")
    started = {}
    for rank in range(1, CUSTOMERS + 1):
        planted = PLANTED.get(rank)
        if planted and planted.started is not None:
            months, day = planted.started, chance.randint(1, 6)
        else:
            months, day = chance.randint(72 if rank <= 14 else 26, 192), chance.randint(1, 28)
        started[rank] = add_months(first_of_month(last_month), -months).replace(day=day)
    return started


def _ended(planted: Planted | None, last_month: datetime.date) -> datetime.date | None:
    """The last day of the last invoiced month."""
    if planted is None or planted.ended is None:
        return None
    return add_months(first_of_month(last_month), 1 - planted.ended) - datetime.timedelta(days=1)


def _dealt(what: str, quota: dict[str, int], fixed: dict[int, str]) -> dict[int, str]:
    """Values by rank: `fixed` ones first, the rest of each quota shuffled over the others."""
    left = Counter(quota) - Counter(fixed.values())
    values = list(left.elements())
    random.Random(f"{SEED} {what}").shuffle(values)
    free = [rank for rank in range(1, CUSTOMERS + 1) if rank not in fixed]
    return fixed | dict(zip(free, values, strict=True))


def _owners() -> dict[int, str]:
    fixed = {rank: planted.owner for rank, planted in PLANTED.items()}
    chance = random.Random(f"{SEED} senior")
    for ranks, count in SENIOR_CUSTOMERS:
        free = [rank for rank in ranks if rank not in fixed]
        missing = count - sum(fixed.get(rank) == SENIOR for rank in ranks)
        fixed |= dict.fromkeys(chance.sample(free, missing), SENIOR)
    return _dealt("owner", OWNERS, fixed)


def _with_backup() -> set[int]:
    """Everyone in the three higher tiers; a pool looks after most of the others."""
    smaller = range(43, CUSTOMERS + 1)
    return set(range(1, 43)) | set(random.Random(f"{SEED} backup").sample(smaller, 30))


def _regulated() -> set[int]:
    """Customers whose orders may fall under the subcontracting act: larger than we are."""
    fixed = {rank for rank, planted in PLANTED.items() if planted.is_regulated}
    free = [rank for rank in range(1, 61) if rank not in fixed]
    return fixed | set(random.Random(f"{SEED} regulated").sample(free, REGULATED - len(fixed)))


def _invented_names(industries: dict[int, str]) -> dict[int, names.Name]:
    """A stem with a suffix of the industry; a stem comes back only with another industry."""
    chance = random.Random(f"{SEED} names")
    stems: list[names.Name] = []
    suffixes = {industry: cycle(words) for industry, words in names.SUFFIXES.items()}
    used: set[tuple[str, str]] = set()
    invented = {}
    for rank in range(1, CUSTOMERS + 1):
        if rank in PLANTED:
            continue
        industry = industries[rank]
        if len(stems) < 8:
            stems += chance.sample(names.STEMS, len(names.STEMS))
        stem = next(stem for stem in stems if (stem[0], industry) not in used)
        stems.remove(stem)
        used.add((stem[0], industry))
        suffix = next(suffixes[industry])
        invented[rank] = (stem[0] + suffix[0], stem[1] + suffix[1])
    return invented


class _Contacts:
    """One to four people a customer, with telephone numbers that follow each other."""

    def __init__(self) -> None:
        self.chance = random.Random(f"{SEED} contacts")
        self.number = 0

    def at(self, rank: int, customer: int, industry: str) -> Iterator[DemoContact]:
        count = self._count(rank)
        surnames = self.chance.sample(names.SURNAMES, count)
        given_names = self.chance.sample(names.GIVEN_NAMES, count)
        for place, (surname, given) in enumerate(zip(surnames, given_names, strict=True)):
            department, title = names.POSITIONS[industry][place]
            self.number += 1
            yield DemoContact(
                name=f"{surname[0]} {given[0]}",
                name_kana=f"{surname[1]} {given[1]}",
                department=department,
                title=title,
                phone=f"03-0000-{2000 + self.number}",
                mobile=f"090-0000-{2000 + self.number}" if self.chance.random() < 0.4 else "",
                email=f"{names.LETTERS[surname[0]]}.{customer:04d}@example.jp",
                # The person we talk to is the second one, who is not the one who decides.
                key_person=place == min(1, count - 1),
                decider=place == 0,
            )

    def _count(self, rank: int) -> int:
        if rank <= 14:
            return self.chance.choice((3, 4, 4))
        if rank <= 42:
            return self.chance.choice((2, 3, 3, 4))
        return self.chance.choice((1, 1, 2, 2, 2))
