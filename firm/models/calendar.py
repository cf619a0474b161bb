"""The firm's days: national holidays, days of its own, months the back office has closed, and the
hours during which somebody works.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from firm.business_time import MINUTES_A_DAY


class Holiday(models.Model):
    """A national holiday, taken from the `holidays` library and editable afterwards."""

    country = models.CharField(max_length=2)
    day = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "day"], name="holiday_once_a_day")
        ]
        ordering = ["day"]


class CompanyDay(models.Model):
    """A day on which the firm is closed although it is no national holiday."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["day"]


class ClosedMonth(models.Model):
    """A month whose figures the back office has closed. `month` is its first day."""

    month = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month"], condition=Q(reopened_at__isnull=True), name="month_closed_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="closed_month_is_a_first"),
        ]
        ordering = ["-month"]


class WorkCalendar(models.Model):
    """Hours during which somebody works: a zone, weekly hours in versions, shifts and days off of
    its own. One calendar is the firm's. CalendarDay tells its days in `[told_since, told_until)`.
    """

    name = models.CharField(max_length=80, unique=True)
    zone = models.CharField(max_length=64)
    is_firms = models.BooleanField(default=False)
    told_since = models.DateField()
    told_until = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_firms"], condition=Q(is_firms=True), name="one_calendar_is_the_firms"
            ),
            models.CheckConstraint(
                condition=Q(told_until__gte=F("told_since")), name="calendar_told_forward"
            ),
        ]
        ordering = ["-is_firms", "name"]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """What repeats every week from `effective_from` until the next version; never edited.

    `country` says whose national holidays are off, empty nobody's.
    """

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="versions")
    effective_from = models.DateField()
    country = models.CharField(max_length=2, blank=True)
    off_on_company_days = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "effective_from"], name="calendar_version_once_a_day"
            )
        ]
        ordering = ["effective_from"]


def hours_range(*, name: str) -> models.CheckConstraint:
    """What firm.business_time.Hours takes: an end before the start runs over midnight."""
    return models.CheckConstraint(
        condition=Q(opens__gte=0, opens__lt=MINUTES_A_DAY, closes__gte=0, closes__lte=MINUTES_A_DAY)
        & ~Q(opens=F("closes")),
        name=name,
    )


class CalendarHours(models.Model):
    """Minutes after midnight of a weekday, Monday = 0: hours, or a break in them."""

    version = models.ForeignKey(CalendarVersion, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    is_break = models.BooleanField(default=False)
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            hours_range(name="calendar_hours_range"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="calendar_hours_weekday"),
        ]
        ordering = ["weekday", "is_break", "opens"]


class CalendarShift(models.Model):
    """Hours that replace the weekly ones of one date; a date may have several."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="shifts")
    day = models.DateField()
    name = models.CharField(max_length=80)
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            hours_range(name="calendar_shift_range"),
            models.UniqueConstraint(
                fields=["calendar", "day", "opens"], name="calendar_shift_begins_once"
            ),
        ]
        ordering = ["day", "opens"]


class CalendarDayOff(models.Model):
    """A holiday of this calendar alone, such as a customer's."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="days_off")
    day = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_off_once")
        ]
        ordering = ["day"]


class CalendarDay(models.Model):
    """A calendar worked out for SQL: business time, and what holidays take, in minutes that
    passed since the midnight of the firm's zone. Rows of a day don't overlap.
    """

    calendar = models.ForeignKey(
        WorkCalendar, on_delete=models.CASCADE, related_name="days", db_index=False
    )
    day = models.DateField()
    is_holiday = models.BooleanField(default=False)
    open_minute = models.PositiveSmallIntegerField()
    close_minute = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(close_minute__gt=F("open_minute")), name="calendar_day_forward"
            )
        ]
        indexes = [
            models.Index(
                fields=["calendar", "day"],
                include=["is_holiday", "open_minute", "close_minute"],
                name="calendar_day_hours",
            )
        ]
