"""Six months of the service log, by the contracts in force.

Every customer's hours are its fee's times a ratio (`ratios`), cut into entries of a lognormal
length and spread over its days. Then some lie in the evening or on a day off, come through a
channel that is not agreed, or are given for nothing; last they are dealt out among the people
(`rota`). The stories' own entries are planted (`log_stories`).
"""

import datetime
import random
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import log

from customers.models import Activity, Channel, Contract, ScopeTerm
from escalation.demo import SEED, log_words, rota
from escalation.demo.contracts import DemoContract
from escalation.demo.entries import COUNTED, STEP, Cause, DemoEntry, DemoFavor, Kind, Span, chosen
from escalation.demo.log_stories import GIVEN_BY_STORY, TOLD_IN_FULL, WITHIN_BOUNDS, planted
from escalation.demo.ratios import HEAVY, hours_paid, ratios
from escalation.demo.stories import GINREI, TOTO
from firm.business_time import ONE_DAY
from firm.dates import first_of_month

MEDIAN, SIGMA = 50, 0.77  # minutes of an entry
SHORTEST, LONGEST = 15, 480
EVENINGS, HOLIDAYS = 143, 99
FAVORS, DELIGHT = 396, 9
WRONG_CHANNELS = 133
NOTHING_PROPOSED = 96  # days, of story 1
DAYS_OFF_AHEAD = 6  # weekends and holidays that an entry may move to
MEETING, USUAL_MEETINGS = "meeting", 2  # a month
MEETS_FROM_FEE = 60_000  # whoever pays this much a month meets us
Term = ScopeTerm.Kind
IN, OUT = Activity.Direction.IN, Activity.Direction.OUT
UNAGREED = ((Channel.PHONE, 0.55), (Channel.PRIVATE_CHAT, 0.35), (Channel.CHAT, 0.1))
# Causes of work by their likelihood.
CAUSES = {
    Cause.IN_CONTRACT: 0.72,
    Cause.CUSTOMER_WISH: 0.25,
    Cause.INCIDENT: 0.01,
    Cause.OWN_REASON: 0.015,
    Cause.INTERNAL: 0.005,
}


def generate_activities(agreed: Sequence[DemoContract], span: Span) -> list[DemoEntry]:
    """By day; the same days give the same entries."""
    by_rank = {one.customer.rank: one for one in agreed}
    given = ratios(agreed, span)
    entries = [
        entry
        for rank, ratio in given.items()
        if by_rank[rank].customer.name not in TOLD_IN_FULL
        for entry in _usual(by_rank[rank], ratio, span)
    ]
    stories = planted({one.customer.name: one for one in agreed}, span)
    heavy = {rank for rank, ratio in given.items() if ratio >= HEAVY}
    _without_proposals(entries, span)
    _through_other_channels(entries, stories)
    _out_of_hours(entries, stories, heavy, span)
    _for_nothing(entries, stories, heavy, span)
    return rota.dealt_out([*entries, *stories], span)


def _usual(agreed: DemoContract, ratio: float, span: Span) -> Iterator[DemoEntry]:
    customer = agreed.customer
    chance = random.Random(f"{SEED} log {customer.rank}")
    days, weights = span.served(customer), span.weights()
    passed = list(accumulate(weights[day] for day in days))
    lengths = list(_lengths(round(60 * ratio * hours_paid(customer, span)), chance))
    units: Counter[tuple[datetime.date, str]] = Counter()
    for place, minutes in enumerate(lengths):
        # Spread evenly, each at some place of its share of the time.
        day = days[bisect(passed, (place + chance.random()) / len(lengths) * passed[-1])]
        meets = units[first_of_month(day), MEETING] < _most(agreed, MEETING, ratio)
        entry = _entry(agreed, day, minutes, chance, meets=meets)
        unit = (first_of_month(day), MEETING if entry.kind == Kind.MEETING else entry.work_item)
        if unit[1] and units[unit] >= _most(agreed, unit[1], ratio):
            entry.work_item = ""
        else:
            units[unit] += 1
        yield entry


def _lengths(total: int, chance: random.Random) -> Iterator[int]:
    """Minutes of the entries; together the total, to the step."""
    left = round(total / STEP) * STEP
    while left > 0:
        length = chance.lognormvariate(log(MEDIAN), SIGMA)
        minutes = min(left, max(SHORTEST, min(LONGEST, round(length / STEP) * STEP)))
        left -= minutes
        yield minutes


def _most(agreed: DemoContract, name: str, ratio: float) -> int:
    """How many of a counted thing there are in a month: more than agreed where all is more."""
    terms = [
        term
        for term in agreed.start.terms
        if (term.kind == Term.MEETINGS if name == MEETING else term.name == name)
    ]
    amount = next((term.amount for term in terms), None) or USUAL_MEETINGS
    return amount + 2 if ratio >= HEAVY else amount


def _entry(
    agreed: DemoContract,
    day: datetime.date,
    minutes: int,
    chance: random.Random,
    *,
    meets: bool,
) -> DemoEntry:
    draw = chance.random()
    is_met = agreed.customer.fee >= MEETS_FROM_FEE
    if is_met and meets and minutes >= 45 and draw < 0.12:
        return DemoEntry(
            agreed, day, minutes, chance.choice(log_words.MEETING), kind=Kind.MEETING,
            contact=_contact(agreed, chance),
        )  # fmt: skip
    if is_met and 0.12 <= draw < 0.13:
        return DemoEntry(
            agreed, day, minutes, chance.choice(log_words.PROPOSAL), kind=Kind.PROPOSAL,
            cause=Cause.SALES, contact=0,
        )  # fmt: skip
    if minutes <= 45 and draw < 0.7:
        return _contact_entry(agreed, day, minutes, chance)
    cause = chance.choices(list(CAUSES), list(CAUSES.values()))[0]
    note = chance.choice(log_words.WORK[cause])
    return DemoEntry(
        agreed, day, minutes, note, cause=cause,
        work_item=_work_item(agreed, note, minutes, chance) if cause in COUNTED else "",
    )  # fmt: skip


def _contact_entry(
    agreed: DemoContract, day: datetime.date, minutes: int, chance: random.Random
) -> DemoEntry:
    direction = IN if chance.random() < 0.65 else OUT
    words = log_words.CONTACT_IN if direction == IN else log_words.CONTACT_OUT
    contact = _contact(agreed, chance)
    inquiries = agreed.template == Contract.Template.SAAS and direction == IN
    return DemoEntry(
        agreed, day, minutes, _said(chance.choice(words), agreed, contact), kind=Kind.CONTACT,
        channel=chance.choice(_channels(agreed)), direction=direction, contact=contact,
        cause=Cause.CUSTOMER_WISH if direction == IN and chance.random() < 0.3
        else Cause.IN_CONTRACT,
        work_item=_counted_name(agreed) if inquiries else "",
    )  # fmt: skip


def _contact(agreed: DemoContract, chance: random.Random) -> int:
    """The person we talk to, now and then another one."""
    contacts = agreed.customer.contacts
    if chance.random() < 0.75:
        return next(place for place, contact in enumerate(contacts) if contact.key_person)
    return chance.randrange(len(contacts))


def _said(words: str, agreed: DemoContract, contact: int | None) -> str:
    name = agreed.customer.contacts[contact or 0].name.split()[0]
    return words.format(contact=name)


def _channels(agreed: DemoContract) -> list[str]:
    named = [term.channel for term in agreed.start.terms if term.channel]
    return [one for one in named if one != Channel.MEETING] or [Channel.MAIL]


def _counted_name(agreed: DemoContract) -> str:
    counts = (term.name for term in agreed.start.terms if term.kind == Term.COUNT)
    return next(counts, "")


def _work_item(agreed: DemoContract, note: str, minutes: int, chance: random.Random) -> str:
    """The monthly report, small corrections and production tickets; the inquiries of SaaS are
    contacts.
    """
    if note == log_words.REPORT:
        kinds = (term.name for term in agreed.start.terms if term.kind == Term.DELIVERABLE)
        return next(kinds, "")
    if agreed.template == Contract.Template.SAAS or minutes > 120 or chance.random() > 0.5:
        return ""
    return _counted_name(agreed)


def _without_proposals(entries: list[DemoEntry], span: Span) -> None:
    """Story 1: nobody has proposed anything to the largest customer for a long time."""
    chance = random.Random(f"{SEED} proposals")
    since = span.t - NOTHING_PROPOSED * ONE_DAY
    for entry in entries:
        if entry.customer.name == TOTO and entry.kind == Kind.PROPOSAL and entry.day > since:
            entry.kind, entry.cause, entry.contact = Kind.WORK, Cause.IN_CONTRACT, None
            entry.note = chance.choice(log_words.WORK[Cause.IN_CONTRACT])


def _through_other_channels(entries: list[DemoEntry], stories: list[DemoEntry]) -> None:
    chance = random.Random(f"{SEED} channels")
    there = sum(
        entry.channel != ""
        and entry.cause in COUNTED
        and entry.channel not in _channels(entry.agreed)
        for entry in stories
    )
    open_to_it = [
        entry
        for entry in entries
        if entry.is_contact_in and entry.agreed.start.terms and not entry.work_item
        and entry.customer.name not in WITHIN_BOUNDS
    ]  # fmt: skip
    for entry in chosen(open_to_it, WRONG_CHANNELS - there, chance, lambda entry: 1):
        agreed = _channels(entry.agreed)
        others = {channel: part for channel, part in UNAGREED if channel not in agreed}
        entry.channel = chance.choices(list(others), list(others.values()))[0]
        words = chance.choice(log_words.WRONG_CHANNEL[entry.channel])
        entry.note = _said(words, entry.agreed, entry.contact)
        entry.planted = True  # with its time of day


def _out_of_hours(
    entries: list[DemoEntry], stories: list[DemoEntry], heavy: set[int], span: Span
) -> None:
    chance = random.Random(f"{SEED} evenings")
    off = set(span.off)
    evenings = EVENINGS - sum(
        entry.start is not None and entry.start >= 18 * 60 for entry in stories
    )
    holidays = HOLIDAYS - sum(entry.day in off for entry in stories)
    # A story's day off is long enough without.
    told = {entry.day for entry in stories}
    free = [day for day in span.off if day not in told]
    movable = [
        entry
        for entry in entries
        if entry.cause in COUNTED
        and entry.kind == Kind.WORK
        and entry.customer.name not in WITHIN_BOUNDS
        and 30 <= entry.minutes <= 150
        and any(day > entry.day for day in free)
    ]
    found = chosen(movable, evenings + holidays, chance, lambda entry: _weight(entry, heavy))
    chance.shuffle(found)
    # Nobody gives up a whole day off, or an evening for two customers.
    busy: dict[datetime.date, set[str]] = defaultdict(set)
    for entry in stories:
        if entry.start is not None:
            busy[entry.day].add(entry.customer.owner)
    for place, entry in enumerate(found):
        owner = entry.customer.owner
        words = log_words.HOLIDAY if place < holidays else log_words.EVENING
        entry.contact = _contact(entry.agreed, chance)
        entry.note = _said(chance.choice(words), entry.agreed, entry.contact)
        entry.cause, entry.work_item = Cause.CUSTOMER_WISH, ""
        if place < holidays:
            ahead = [day for day in free if day > entry.day][:DAYS_OFF_AHEAD]
            entry.day = chance.choice([day for day in ahead if owner not in busy[day]] or ahead)
            entry.start = 60 * 10 + STEP * chance.randrange(20)
        else:
            ahead = [day for day in span.served(entry.customer) if day >= entry.day]
            entry.day = next((day for day in ahead if owner not in busy[day]), entry.day)
            entry.start = 60 * 18 + STEP * chance.randrange(1, 12)
        busy[entry.day].add(owner)
        entry.planted = True


def _for_nothing(
    entries: list[DemoEntry], stories: list[DemoEntry], heavy: set[int], span: Span
) -> None:
    chance = random.Random(f"{SEED} favors")
    # What 銀嶺ホテルズ is given is its story's alone.
    wished = [
        entry
        for entry in entries
        if entry.cause == Cause.CUSTOMER_WISH
        and entry.customer.name not in WITHIN_BOUNDS | {GINREI}
    ]
    marked = FAVORS - sum(entry.favor is not None for entry in stories) - (DELIGHT - GIVEN_BY_STORY)
    for entry in chosen(wished, marked, chance, lambda entry: _weight(entry, heavy)):
        gift = chance.choice(log_words.GIFTS)
        entry.favor = DemoFavor(gift.why, gift.category, chance.random() < gift.known)
    top = [
        entry
        for entry in entries
        if entry.customer.rank <= 14
        and entry.customer.name != GINREI
        and entry.kind == Kind.WORK
        and entry.cause == Cause.IN_CONTRACT
        and 30 <= entry.minutes <= 90
        and entry.day >= span.back(60)
    ]
    # One customer once, so that none of them is given more than its tier's budget.
    first = {entry.customer.rank: entry for entry in reversed(top)}
    delights = chosen(first.values(), DELIGHT - GIVEN_BY_STORY, chance, lambda entry: 1)
    for place, entry in enumerate(delights):
        gift = log_words.WHY_DELIGHT[place % len(log_words.WHY_DELIGHT)]
        entry.note = log_words.DELIGHT_NOTES[place]
        entry.cause, entry.work_item = Cause.CUSTOMER_WISH, ""
        entry.favor = DemoFavor(gift.why, gift.category, customer_knows=True, from_budget=True)


def _weight(entry: DemoEntry, heavy: set[int]) -> float:
    return 5 if entry.customer.rank in heavy else 1
