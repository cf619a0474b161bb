"""/api/v1/calendars: working hours, when something is due, and how work divides."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm import business_time, hours, work_calendars
from firm.access import reader
from firm.actions import add_calendar, add_calendar_version
from firm.api import DayField, StrictSerializer, holds, versioned
from firm.business_time import NoBusinessTime, Week
from firm.calendar_forms import LONGEST_TRY
from firm.dates import EARLIEST, LATEST
from firm.idempotency import idempotent
from firm.models import CalendarVersion, WorkCalendar
from firm.roles import Right

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SpansField(serializers.CharField):
    """`09:00-12:00, 13:00-18:00`; empty is closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=80, allow_blank=True, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        try:
            return hours.read(super().to_internal_value(data))
        except ValueError:
            raise serializers.ValidationError(
                _("Write hours like 09:00-12:00, 13:00-18:00, without overlaps.")
            ) from None


class DaysSerializer(StrictSerializer):
    mon = SpansField()
    tue = SpansField()
    wed = SpansField()
    thu = SpansField()
    fri = SpansField()
    sat = SpansField()
    sun = SpansField()


class WeekSerializer(StrictSerializer):
    """What repeats every week."""

    hours = DaysSerializer()
    breaks = DaysSerializer(required=False)
    country = serializers.CharField(max_length=2, allow_blank=True, default="")
    off_on_company_days = serializers.BooleanField(default=True)

    def values(self) -> dict[str, Any]:
        """As the actions take them."""
        found = dict(self.validated_data)
        spans = [
            tuple(days.get(day, ()) for day in DAYS)
            for days in (found.pop("hours"), found.pop("breaks", {}))
        ]
        return {**found, "week": Week(*spans)}


class VersionSerializer(WeekSerializer):
    effective_from = DayField()


class NewCalendarSerializer(WeekSerializer):
    name = serializers.CharField(max_length=80)
    zone = serializers.CharField(max_length=64)


class CalendarSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    zone = serializers.CharField()
    is_firms = serializers.BooleanField()
    versions = VersionSerializer(many=True)


class DueSerializer(serializers.Serializer):
    due = serializers.DateTimeField(allow_null=True)


class SplitSerializer(serializers.Serializer):
    inside = serializers.IntegerField()
    outside = serializers.IntegerField()
    holiday = serializers.IntegerField()


class MomentField(serializers.CharField):
    """ISO 8601 with an offset; a plus that an address turned into a space is one all the same."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            moment = datetime.datetime.fromisoformat(
                super().to_internal_value(data).replace(" ", "+")
            )
        except ValueError:
            moment = None
        if moment is None or not moment.tzinfo or not EARLIEST <= moment.date() <= LATEST:
            raise serializers.ValidationError(
                _("Write a moment with its offset, like 2026-11-20T17:50:00+09:00.")
            )
        return moment


class DueQuery(StrictSerializer):
    start = MomentField()
    minutes = serializers.IntegerField(min_value=-100_000, max_value=100_000)


class SplitQuery(StrictSerializer):
    start = MomentField()
    end = MomentField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["end"] - attrs["start"] > LONGEST_TRY:
            raise serializers.ValidationError({"end": [_("At most a year goes at once.")]})
        if any(moment.second or moment.microsecond for moment in attrs.values()):
            raise serializers.ValidationError(_("Logged work has whole minutes."))
        return attrs


def _parameters(query: type[serializers.Serializer]) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(name, int if isinstance(field, serializers.IntegerField) else str)
        for name, field in query().fields.items()
    ]


def _query(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    query = serializer(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def _data(calendar: WorkCalendar) -> dict[str, Any]:
    return {
        "id": calendar.pk,
        "name": calendar.name,
        "zone": calendar.zone,
        "is_firms": calendar.is_firms,
        "versions": [_version_data(version) for version in calendar.versions.all()],
    }


def _version_data(version: CalendarVersion) -> dict[str, Any]:
    week = work_calendars.week_of(version)
    return {
        "effective_from": version.effective_from.isoformat(),
        "hours": _days(week.hours),
        "breaks": _days(week.breaks),
        "country": version.country,
        "off_on_company_days": version.off_on_company_days,
    }


def _days(spans: tuple[tuple[business_time.Hours, ...], ...]) -> dict[str, str]:
    return {day: hours.written(spans[number]) for number, day in enumerate(DAYS)}


class EditorsPost(permissions.IsAuthenticated):
    """Everybody reads; who may edit the calendar posts."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        may = request.method != "POST" or holds(Right.EDIT_CALENDAR)().has_permission(request, view)
        return super().has_permission(request, view) and may


class Calendars(ListAPIView):
    """Working hours in versions. POST adds a calendar whose first version has always held."""

    permission_classes = [EditorsPost]

    serializer_class = CalendarSerializer
    queryset = WorkCalendar.objects.prefetch_related("versions__hours")
    sort = "name"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([_data(calendar) for calendar in page or []])

    @extend_schema(request=NewCalendarSerializer, responses={201: CalendarSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        body = NewCalendarSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        calendar = add_calendar(**body.values(), by=reader(request), now=timezone.now())
        return versioned(request, _data(calendar), status=201)


class Calendar(APIView):
    @extend_schema(responses=CalendarSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return versioned(request, _data(get_object_or_404(WorkCalendar, pk=pk)))


class Versions(APIView):
    """Other hours from a day on."""

    permission_classes = [EditorsPost]

    @extend_schema(request=VersionSerializer, responses={201: CalendarSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        calendar = get_object_or_404(WorkCalendar, pk=pk)
        body = VersionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        add_calendar_version(
            calendar=calendar, **body.values(), by=reader(request), now=timezone.now()
        )
        return versioned(request, _data(calendar), status=201)


class Due(APIView):
    """So many business minutes after a moment, or before it where they are negative; null where
    the calendar has not that much within ten years.
    """

    @extend_schema(parameters=_parameters(DueQuery), responses=DueSerializer)
    def get(self, request: Request, pk: int) -> Response:
        calendar = get_object_or_404(WorkCalendar, pk=pk)
        asked = _query(DueQuery, request)
        schedule = work_calendars.schedule_of(calendar)
        work_out = business_time.due_before if asked["minutes"] < 0 else business_time.due_after
        try:
            due = work_out(schedule, asked["start"], abs(asked["minutes"]))
        except NoBusinessTime:
            return Response({"due": None})
        return Response({"due": due.astimezone(ZoneInfo(calendar.zone)).isoformat()})


class Split(APIView):
    """The minutes of logged work within hours, outside and on a holiday."""

    @extend_schema(parameters=_parameters(SplitQuery), responses=SplitSerializer)
    def get(self, request: Request, pk: int) -> Response:
        calendar = get_object_or_404(WorkCalendar, pk=pk)
        asked = _query(SplitQuery, request)
        divided = business_time.split(work_calendars.schedule_of(calendar), **asked)
        return Response(SplitSerializer(divided).data)
