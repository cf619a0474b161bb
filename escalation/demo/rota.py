"""Who did what when: the entries of the log dealt out among the people, one after another a day."""

import datetime
import random
from collections import defaultdict
from collections.abc import Iterator

from escalation.demo import SEED
from escalation.demo.entries import STEP, DemoEntry, Kind, Span

OPENS, CLOSES = 9 * 60, 18 * 60
NOON, AFTERNOON = 12 * 60, 13 * 60
# Beside the customer's owner and backup these do the work of production and support. What they
# do comes from the time sheet of production.
PRODUCTION = ("yamamoto", "yoshida", "kato", "matsumoto", "tamura")
WITHOUT_TIME = 0.12  # of the entries: written into the weekly grid


def dealt_out(entries: list[DemoEntry], span: Span) -> list[DemoEntry]:
    """The same entries with their people and times of day, by day. Planted ones keep their
    time; nobody is in two places at once.
    """
    chance = random.Random(f"{SEED} rota")
    days: dict[datetime.date, list[DemoEntry]] = defaultdict(list)
    for entry in entries:
        days[entry.day].append(entry)
    return [entry for day in sorted(days) for entry in _day(days[day], chance)]


def _day(entries: list[DemoEntry], chance: random.Random) -> Iterator[DemoEntry]:
    chance.shuffle(entries)
    entries.sort(key=lambda entry: entry.start is None)
    free: dict[str, int] = defaultdict(lambda: OPENS)
    taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for entry in entries:
        if entry.start is not None:
            entry.staff = entry.staff or entry.customer.owner
            entry.start = _after(entry.start, entry.minutes, taken[entry.staff])
            taken[entry.staff].append((entry.start, entry.start + entry.minutes))
            continue
        entry.staff = entry.staff or min(
            _people(entry), key=lambda person: (_begin(entry, free[person]) + entry.minutes, person)
        )
        begin = _begin(entry, free[entry.staff])
        end = begin + entry.minutes
        if end > CLOSES:
            continue  # more than a day holds: nobody knows when
        free[entry.staff] = end + chance.choice((0, 0, STEP))
        if entry.planted or chance.random() >= WITHOUT_TIME:
            entry.start = begin
    yield from sorted(entries, key=lambda entry: (entry.start or 0, entry.staff))


def _people(entry: DemoEntry) -> list[str]:
    customer = entry.customer
    people = [one for one in (customer.owner, customer.backup) if one]
    return people if entry.kind != Kind.WORK else [*people, *PRODUCTION]


def _begin(entry: DemoEntry, free: int) -> int:
    """From when on it fits; lunch is only given up for work of half a day."""
    if free < AFTERNOON and free + entry.minutes > NOON and entry.minutes <= 240:
        return AFTERNOON
    return free


def _after(start: int, minutes: int, taken: list[tuple[int, int]]) -> int:
    for begin, end in sorted(taken):
        if start < end and start + minutes > begin:
            start = end
    return start
