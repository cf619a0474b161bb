"""/api/v1/reports/downgrades: customers in the grace period and when their tier ends."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from firm import access
from firm.api import holds
from firm.roles import Right
from tiering.models import Standing
from tiering.overview import evaluated
from tiering.reports import downgrades as planned
from tiering.views.api import AmountField


class DowngradeSerializer(serializers.Serializer):
    """`missing` to keep the tier; null where revenue is not what is missing."""

    customer = serializers.IntegerField(source="customer.pk")
    code = serializers.CharField(source="customer.code")
    tier = serializers.CharField(source="before.code")
    follows = serializers.CharField(source="after.code", help_text="the tier after it")
    falls_on = serializers.DateField()
    month = serializers.IntegerField(help_text="of the grace period")
    months = serializers.IntegerField()
    missing = AmountField()


@extend_schema(parameters=[OpenApiParameter("whose", str, enum=["mine"])])
class Downgrades(ListAPIView):
    """Customers whose file one has, by the date on which their tier ends unless revenue comes in;
    with `whose=mine` those whose account manager or backup one is.
    """

    permission_classes = [holds(Right.REVENUE)]
    serializer_class = DowngradeSerializer
    sort = "below_since"

    def get_queryset(self) -> QuerySet[Standing]:
        mine = self.request.query_params.get("whose") == "mine"
        return planned.in_grace(access.scope(self.request), mine=mine)

    def paginate_queryset(self, queryset: Any) -> Any:
        rows = super().paginate_queryset(queryset)
        return planned.downgrades(list(rows or []), evaluated(self.request))
