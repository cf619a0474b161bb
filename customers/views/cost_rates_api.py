"""/api/v1/cost-rates: what an hour of each grade costs the firm."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actions.cost_rates import LONGEST_GRADE, MOST, remove_cost_rate, set_cost_rate
from firm.access import reader
from firm.api import StrictSerializer, body_of, holds
from firm.idempotency import idempotent
from firm.models import CostRate
from firm.roles import Right


def _amount() -> Any:
    return serializers.DecimalField(min_value=0, max_value=MOST, max_digits=14, decimal_places=4)


class CostRateSerializer(serializers.ModelSerializer):
    """In the base currency, an hour; `loaded` carries the overhead."""

    class Meta:
        model = CostRate
        fields = ["id", "grade", "valid_from", "direct", "loaded"]


class NewCostRateSerializer(StrictSerializer):
    grade = serializers.CharField(max_length=LONGEST_GRADE)
    valid_from = serializers.DateField()
    direct = _amount()
    loaded = _amount()


class CostRates(APIView):
    """By grade, the latest first. POST sets one from a day on, or puts that day's right; work
    that is logged already is costed anew in the background.
    """

    permission_classes = [holds(Right.COST_RATES)]

    @extend_schema(responses=CostRateSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(CostRateSerializer(CostRate.objects.all(), many=True).data)

    @extend_schema(request=NewCostRateSerializer, responses={201: CostRateSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        body = body_of(request, NewCostRateSerializer)
        rate = set_cost_rate(by=reader(request), now=timezone.now(), **body)
        return Response(CostRateSerializer(rate).data, status=201)


class CostRateRemoval(APIView):
    permission_classes = [holds(Right.COST_RATES)]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """The rate before it holds on."""
        rate = get_object_or_404(CostRate, pk=pk)
        remove_cost_rate(rate=rate, by=reader(request), now=timezone.now())
        return Response(status=204)
