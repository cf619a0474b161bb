"""/api/v1: my own load, my section's, and one person's as far as their manager may see it."""

import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actions.burden import record_looks
from customers.service_log.burden import ALONE, Load, loads_of, section_of
from customers.views.my_log import load_of_mine, looks_at, looks_at_sum, own_months
from firm import access
from firm.api import DayField, holds
from firm.dates import add_months, first_of_month, today
from firm.models import User
from firm.roles import Right

MONTH = OpenApiParameter("month", str, description="2026-07; this month where it is left out")


class LoadSerializer(serializers.Serializer):
    """Minutes. `outside` and `holiday` are of the work with a time of day."""

    logged = serializers.IntegerField()
    outside = serializers.IntegerField(help_text="outside the customers' support hours")
    holiday = serializers.IntegerField()


class MonthLoadSerializer(LoadSerializer):
    month = serializers.DateField()


class LookSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    who = serializers.CharField(source="actor.name")
    code = serializers.CharField()


class MineSerializer(serializers.Serializer):
    months = MonthLoadSerializer(many=True)
    looks = LookSerializer(many=True, help_text="who was shown figures of mine, the latest first")


class SectionSerializer(serializers.Serializer):
    month = serializers.DateField()
    people = serializers.IntegerField()
    whole = LoadSerializer(allow_null=True, help_text="null where it would be one person's")


class MyLog(APIView):
    """What I logged in the last six months, and who looked at it."""

    permission_classes = [holds(Right.RECORD_WORK)]

    @extend_schema(responses=MineSerializer)
    def get(self, request: Request) -> Response:
        person = access.reader(request)
        months = [{"month": month, **vars(load)} for month, load in own_months(person)]
        return Response(MineSerializer({"months": months, "looks": looks_at(person)}).data)


class SectionLog(APIView):
    """The sum of the people whose nearest superior I am, and of myself. Each look is on record."""

    permission_classes = [holds(Right.SEE_JUNIORS_FILES)]

    @extend_schema(parameters=[MONTH], responses=SectionSerializer)
    def get(self, request: Request) -> Response:
        month = _month(request)
        reader, scope = access.reader(request), access.scope(request)
        found = load_of_mine(reader, scope, month=month)
        record_looks(looks=looks_at_sum(found), month=month, by=reader, now=timezone.now())
        shown = {"month": month, "people": len(found.people), "whole": found.whole}
        return Response(SectionSerializer(shown).data)


class PersonLoad(APIView):
    """My own; of another person only as their nearest superior and above ten hours outside
    support hours in the month. Everybody else is answered with 404.
    """

    @extend_schema(parameters=[MONTH], responses=MonthLoadSerializer)
    def get(self, request: Request, pk: int) -> Response:
        person, month = get_object_or_404(User, pk=pk), _month(request)
        loads = loads_of([person.pk], since=month, until=add_months(month, 1))
        load = loads.get((person.pk, month), Load())
        reader = access.reader(request)
        if person != reader:
            section = section_of(reader.pk, access.scope(request).people, on=today())
            if person.pk not in section or load.beyond <= ALONE:
                raise Http404
            looks = [("load_seen", person.pk)]
            record_looks(looks=looks, month=month, by=reader, now=timezone.now())
        return Response(MonthLoadSerializer({"month": month, **vars(load)}).data)


def _month(request: Request) -> datetime.date:
    text = request.query_params.get("month", "")
    return DayField().run_validation(f"{text}-01") if text else first_of_month(today())
