"""What each kind of term needs: one table, by which lines are checked and forms are laid out."""

from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from customers.models.contract import MOST_MINUTES, Channel, ScopeTerm
from firm.models import WorkCalendar
from firm.refusals import Refused

Kind = ScopeTerm.Kind
Period = ScopeTerm.Period
LONGER = (Period.MONTH, Period.QUARTER, Period.HALF, Period.YEAR)
EVERY = (Period.WEEK, *LONGER)
MOST_COUNT = 10_000
MOST_EXAMPLES = 20


@dataclass(frozen=True)
class Shape:
    """`unit` says what the amount counts: minutes (written in hours), business minutes, times;
    empty where the kind has no amount.
    """

    unit: str = ""
    periods: tuple[ScopeTerm.Period, ...] = ()
    named: bool = False
    with_channel: bool = False


SHAPES: dict[str, Shape] = {
    Kind.HOURS: Shape(unit="minutes", periods=LONGER),
    Kind.COUNT: Shape(unit="times", periods=EVERY, named=True),
    Kind.SUPPORT_HOURS: Shape(),
    Kind.RESPONSE: Shape(unit="business_minutes"),
    Kind.CHANNEL: Shape(with_channel=True),
    Kind.CONTACT_MOST: Shape(unit="times", periods=(Period.WEEK, Period.MONTH)),
    Kind.CONTACT_LEAST: Shape(unit="times", periods=EVERY),
    Kind.MEETINGS: Shape(unit="times", periods=EVERY),
    Kind.DELIVERABLE: Shape(unit="times", periods=EVERY, named=True),
    Kind.REVISIONS: Shape(unit="times"),
    Kind.EXCLUSION: Shape(named=True),
}


@dataclass(frozen=True)
class TermLine:
    """One term as somebody wrote it, not yet of a revision; the columns are ScopeTerm's."""

    kind: str
    name: str = ""
    amount: int | None = None
    period: str = ""
    channel: str = ""
    emergency: bool = False
    calendar: WorkCalendar | None = None
    included: tuple[str, ...] = field(default=())
    excluded: tuple[str, ...] = field(default=())

    @property
    def identity(self) -> tuple[str, str]:
        """What stands once in a revision."""
        return self.kind, self.name if SHAPES[self.kind].named else self.channel


def checked(lines: list[TermLine]) -> list[TermLine]:
    """The lines without what their kind has no use for. Raises Refused with the first thing that
    is wrong.
    """
    found: dict[tuple[str, str], TermLine] = {}
    for line in lines:
        one = _checked(line)
        if one.identity in found:
            raise Refused(_("“%(term)s” stands there twice.") % {"term": _title(one)})
        found[one.identity] = one
    return list(found.values())


def _checked(line: TermLine) -> TermLine:
    shape = SHAPES.get(line.kind)
    if shape is None:
        raise Refused(_("“%(kind)s” is no kind of contract term.") % {"kind": line.kind})
    line = replace(
        line,
        name=line.name.strip() if shape.named or line.kind == Kind.MEETINGS else "",
        amount=line.amount if shape.unit else None,
        period=line.period if shape.periods else "",
        channel=line.channel if shape.with_channel else "",
        calendar=line.calendar if line.kind == Kind.SUPPORT_HOURS else None,
        included=_examples(line.included),
        excluded=_examples(line.excluded),
    )
    title = {"term": _title(line)}
    if shape.named and not line.name:
        raise Refused(_("“%(term)s” needs a name.") % title)
    if shape.with_channel and line.channel not in Channel.values:
        raise Refused(_("“%(term)s” needs one of the known channels.") % title)
    if shape.periods and line.period not in shape.periods:
        raise Refused(_("“%(term)s” needs a period that suits it.") % title)
    if shape.unit:
        most = MOST_COUNT if shape.unit == "times" else MOST_MINUTES
        if line.amount is None or not 0 <= line.amount <= most:
            raise Refused(
                _("The amount of “%(term)s” must be a whole number from 0 to %(most)s.")
                % {**title, "most": f"{most:,}"}
            )
    return line


def _examples(texts: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(text.strip() for text in texts if text.strip())
    if len(found) > MOST_EXAMPLES or any(len(text) > 120 for text in found):
        raise Refused(
            _("A term has at most %(most)s examples of up to 120 characters.")
            % {"most": MOST_EXAMPLES}
        )
    return found


def _title(line: TermLine) -> str:
    label = str(Kind(line.kind).label)
    return f"{label}: {line.name}" if line.name else label
