"""/api/v1/cost-premiums: what an hour costs more by when it is worked."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actions.premiums import remove_premiums, set_premiums
from firm.access import reader
from firm.api import DayField, StrictSerializer, body_of, holds
from firm.idempotency import idempotent
from firm.models import Premium
from firm.roles import Right


def _share() -> Any:
    return serializers.IntegerField(min_value=0, max_value=Premium.MOST)


class PremiumSerializer(serializers.ModelSerializer):
    """Per cent of the cost rate; `night` adds to the others."""

    class Meta:
        model = Premium
        fields = ["id", "valid_from", "after_hours", "holiday", "night"]


class NewPremiumSerializer(StrictSerializer):
    valid_from = DayField()
    after_hours = _share()
    holiday = _share()
    night = _share()


class CostPremiums(APIView):
    """The latest first; before the earliest 25, 35 and 25 hold. POST sets them from a day on, or
    puts that day's right; work that is logged already is costed anew in the background.
    """

    permission_classes = [holds(Right.COST_RATES)]

    @extend_schema(responses=PremiumSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(PremiumSerializer(Premium.objects.all(), many=True).data)

    @extend_schema(request=NewPremiumSerializer, responses={201: PremiumSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        body = body_of(request, NewPremiumSerializer)
        premium = set_premiums(by=reader(request), now=timezone.now(), **body)
        return Response(PremiumSerializer(premium).data, status=201)


class CostPremiumRemoval(APIView):
    permission_classes = [holds(Right.COST_RATES)]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Those before them hold on."""
        premium = get_object_or_404(Premium, pk=pk)
        remove_premiums(premium=premium, by=reader(request), now=timezone.now())
        return Response(status=204)
