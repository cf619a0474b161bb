"""Which passes a run has to do: in order of evaluation date, none left out."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Max

from firm.business_time import ONE_DAY
from firm.models import JobRun
from firm.refusals import Refused
from firm.wording import error_text
from tiering.calendar import Closing, as_of_on, closings
from tiering.engine.evaluate import Pass
from tiering.models import Evaluation, RuleSet

NIGHTLY = "nightly"  # one business date; keyed by it
REPLAY = "replay"  # several, in one commit
DETECTION = "detection"  # what follows a night; not among KINDS, it evaluates no tier
KINDS = (NIGHTLY, REPLAY)


class NothingToEvaluate(Refused):
    """A refusal that a job keeps as code and data (firm/wording.py)."""

    def __init__(self, code: str, **dates: datetime.date) -> None:
        self.error = {"code": code} | {name: str(date) for name, date in dates.items()}
        super().__init__(error_text(self.error))


@dataclass(frozen=True)
class Book:
    """What a plan is made from. `versions` are those published up to a number pinned at the
    start of the run, so that a version published meanwhile does not enter into it.
    """

    versions: list[RuleSet]
    today: datetime.date
    latest: Evaluation | None  # of the latest date, except for nights still to come

    @cached_property
    def closings(self) -> list[Closing]:
        return closings()

    @cached_property
    def latest_night(self) -> datetime.date:
        """The last business date evaluated up to today, whether or not it changed anything."""
        return _latest_night(self.today)

    def is_overtaken(self, date: datetime.date) -> bool:
        """Whether a later night has been evaluated."""
        return date < self.today and date < self.latest_night

    def rules_on(self, date: datetime.date) -> RuleSet | None:
        """Of the versions that have begun, the one published last."""
        begun = [
            version
            for version in self.versions
            if version.effective_from is not None and version.effective_from <= date
        ]
        return begun[-1] if begun else None

    def as_of_on(self, date: datetime.date) -> datetime.date | None:
        rules = self.rules_on(date)
        if rules is None:
            return None
        by_hand = rules.month_close != RuleSet.MonthClose.CALENDAR
        return as_of_on(date, rules=rules, closings=self.closings if by_hand else [])


def latest_number() -> int:
    """The number of the version published last; 0 where there is none."""
    return RuleSet.objects.aggregate(last=Max("number"))["last"] or 0


def open_book(*, today: datetime.date, up_to: int | None = None) -> Book:
    """The versions up to this number (by default all), and which months were closed when."""
    number = latest_number() if up_to is None else up_to
    versions = RuleSet.objects.filter(state=RuleSet.State.PUBLISHED, number__lte=number)
    return Book(
        versions=list(versions.order_by("number")),
        today=today,
        latest=Evaluation.objects.real().defer("counts").order_by("as_of", "pk").last(),
    )


def check_can_run(*, date: datetime.date, book: Book) -> None:
    """Refuses a night for which nothing can be evaluated, or which later ones have overtaken."""
    as_of = check_is_evaluable(date=date, book=book)
    latest = book.latest
    if latest is None:
        return
    if as_of < latest.as_of:
        raise NothingToEvaluate("night_overtaken", date=date, as_of=as_of, latest=latest.as_of)
    rules = book.rules_on(date)
    if rules is not None and rules.pk != latest.rule_set_id and book.is_overtaken(date):
        raise NothingToEvaluate("night_of_former_rules", date=date)


def check_is_evaluable(*, date: datetime.date, book: Book) -> datetime.date:
    """The date's `as_of`; refuses where no rules are in force or no month is closed."""
    if book.rules_on(date) is None:
        raise NothingToEvaluate("no_rules_in_force", date=date)
    as_of = book.as_of_on(date)
    if as_of is None:
        raise NothingToEvaluate("no_month_closed", date=date)
    return as_of


def night(date: datetime.date, *, book: Book) -> list[Pass]:
    """The night of a business date, after the evaluation dates missing before it."""
    check_can_run(date=date, book=book)
    latest = book.latest.as_of if book.latest else None
    own, rules = book.as_of_on(date), book.rules_on(date)
    assert own is not None
    assert rules is not None
    nights = _first_nights(book, latest + ONE_DAY, date) if latest else []
    missing = [found for found in nights if latest is None or latest < found[0] < own]
    return [
        *(_pass(book, *found) for found in missing),
        _pass(book, own, rules, date, is_replay=book.is_overtaken(date)),
    ]


def replay(first: datetime.date, last: datetime.date, *, book: Book) -> list[Pass]:
    """Every evaluation date of the nights from `first` to `last`, and every one recorded after
    the first of them, as these nights would have evaluated it.
    """
    start = check_is_evaluable(date=first, book=book)
    recorded = {
        evaluation.as_of: evaluation
        for evaluation in Evaluation.objects.filter(as_of__gte=start)
        .exclude(is_ahead=True, business_date__lte=book.today)
        .select_related("rule_set")
        .order_by("pk")
    }
    begin = min(first, book.latest.as_of + ONE_DAY) if book.latest else first
    end = max([last, *(evaluation.business_date for evaluation in recorded.values())])
    nights = _first_nights(book, begin, end + ONE_DAY)
    planned = {as_of for as_of, _rules, _day in nights}
    nights += [
        (as_of, evaluation.rule_set, evaluation.business_date)
        for as_of, evaluation in recorded.items()
        if as_of not in planned
    ]
    real = {as_of for as_of, evaluation in recorded.items() if not evaluation.is_ahead}
    passes = [_pass(book, *found, is_replay=found[0] in real) for found in nights]
    return sorted(passes, key=lambda one: (one.is_ahead, one.as_of, one.business_date))


def _pass(
    book: Book,
    as_of: datetime.date,
    rules: RuleSet,
    business_date: datetime.date,
    *,
    is_replay: bool = False,
) -> Pass:
    """A replay counts from the day of its making: what held before is not changed by it."""
    return Pass(
        as_of=as_of,
        business_date=business_date,
        known_from=max(book.today, business_date) if is_replay else business_date,
        rules=rules,
        is_replay=is_replay,
        is_ahead=business_date > book.today,
    )


def _first_nights(
    book: Book, start: datetime.date, end: datetime.date
) -> list[tuple[datetime.date, RuleSet, datetime.date]]:
    """Of the nights in `[start, end)`, the first for each evaluation date and version. A night
    whose evaluation date lies before that of an earlier one is left out.
    """
    found: dict[tuple[datetime.date, int], tuple[datetime.date, RuleSet, datetime.date]] = {}
    highest = datetime.date.min
    for day in _days(start, end):
        rules, as_of = book.rules_on(day), book.as_of_on(day)
        if rules is not None and as_of is not None and as_of >= highest:
            highest = as_of
            found.setdefault((as_of, rules.pk), (as_of, rules, day))
    return list(found.values())


def _days(start: datetime.date, end: datetime.date) -> Iterator[datetime.date]:
    for number in range((end - start).days):
        yield start + datetime.timedelta(days=number)


def _latest_night(today: datetime.date) -> datetime.date:
    nights = (
        JobRun.objects.filter(kind=NIGHTLY, state=JobRun.State.DONE, business_date__lte=today)
        .exclude(counts__has_key="skipped")
        .aggregate(last=Max("business_date"))["last"]
    )
    evaluated = Evaluation.objects.real().aggregate(last=Max("business_date"))["last"]
    return max(
        (date for date in (nights, evaluated) if date is not None), default=datetime.date.min
    )
