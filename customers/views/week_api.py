"""/api/v1/log/week: my week as the grid shows it, and saving cells of it."""

import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actions.week import Wish, save_week
from customers.models import Activity
from customers.reach import customers_in_reach
from customers.service_log.purpose import check_purpose_read
from customers.service_log.week import Row, cells_of, sheet_of, week_asked_for
from firm import access
from firm.api import DayField, StrictSerializer, body_of, holds
from firm.business_time import MINUTES_A_DAY
from firm.dates import today
from firm.idempotency import idempotent
from firm.roles import Right

MOST_CELLS = 1000


class WeekCellSerializer(serializers.Serializer):
    """Minutes of mine; `others` of them were logged in other ways than by the grid."""

    customer = serializers.IntegerField()
    day = serializers.DateField()
    cause = serializers.CharField()
    minutes = serializers.IntegerField()
    others = serializers.IntegerField()


class WeekSerializer(serializers.Serializer):
    week = serializers.DateField(help_text="its Monday")
    cells = WeekCellSerializer(many=True, help_text="those with something logged")
    quiet = serializers.ListField(
        child=serializers.IntegerField(), help_text="customers for whom nothing was done"
    )


class WishSerializer(StrictSerializer):
    """What a cell is to show in all; 0 clears what the grid has logged there."""

    customer = serializers.IntegerField()
    day = DayField()
    cause = serializers.ChoiceField(Activity.Cause.choices, default=Activity.Cause.IN_CONTRACT)
    minutes = serializers.IntegerField(min_value=0, max_value=MINUTES_A_DAY)


class SaveWeekSerializer(StrictSerializer):
    week = DayField(help_text="its Monday")
    cells = WishSerializer(many=True, default=list)
    quiet = serializers.ListField(
        child=serializers.IntegerField(), default=list, max_length=MOST_CELLS
    )

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """A cell stands once, on a day of the week."""
        places = [(cell["customer"], cell["day"], cell["cause"]) for cell in wanted["cells"]]
        last = wanted["week"] + datetime.timedelta(days=6)
        if len(set(places)) < len(places) or len(places) > MOST_CELLS:
            raise serializers.ValidationError({"cells": _("Each cell once, up to 1,000.")})
        if wanted["week"].weekday() or any(
            not wanted["week"] <= day <= last for _customer, day, _cause in places
        ):
            raise serializers.ValidationError({"week": _("A Monday, and days of its week.")})
        return wanted


class SavedWeekSerializer(serializers.Serializer):
    recorded = serializers.IntegerField()
    corrected = serializers.IntegerField()
    withdrawn = serializers.IntegerField()


class LogWeek(APIView):
    """My week; POST saves cells of it, all of them or none."""

    permission_classes = [holds(Right.RECORD_WORK)]

    @extend_schema(
        parameters=[OpenApiParameter("week", datetime.date, description="a day of it; else today")],
        responses=WeekSerializer,
    )
    def get(self, request: Request) -> Response:
        day = today()
        week = week_asked_for(request.query_params.get("week", ""), today=day)
        sheet = sheet_of(access.reader(request), access.scope(request), week=week, today=day)
        shown = {
            "week": week,
            "cells": [_cell(row, cell) for row, cell in cells_of(sheet.rows) if cell.text],
            "quiet": [row.customer.pk for row in sheet.rows if row.is_quiet],
        }
        return Response(WeekSerializer(shown).data)

    @extend_schema(request=SaveWeekSerializer, responses=SavedWeekSerializer)
    @idempotent
    def post(self, request: Request) -> Response:
        check_purpose_read(access.reader(request))
        data = body_of(request, SaveWeekSerializer)
        _check_theirs(request, {cell["customer"] for cell in data["cells"]} | {*data["quiet"]})
        saved = save_week(
            week=data["week"],
            wishes=[Wish(**cell, was=cell["cause"]) for cell in data["cells"]],
            quiet=data["quiet"],
            by=access.reader(request),
            now=timezone.now(),
        )
        return Response(SavedWeekSerializer(saved).data)


def _cell(row: Row, cell: Any) -> dict[str, Any]:
    return {
        "customer": row.customer.pk,
        "day": cell.day,
        "cause": row.was,
        "minutes": cell.logged.minutes,
        "others": cell.logged.others,
    }


def _check_theirs(request: Request, customers: set[int]) -> None:
    """404 where a customer's file is not mine."""
    theirs = customers_in_reach(request).filter(pk__in=customers)
    if theirs.count() < len(customers):
        raise Http404
