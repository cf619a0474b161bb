"""/api/v1/reports/allocation: shares of revenue, hours and margin, and averaging by month."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm import access
from firm.api import holds, versioned
from firm.roles import Right
from tiering.overview import Reach, evaluated
from tiering.reports import allocation as allocated
from tiering.reports.allocation import Allocation, Share, Verdict
from tiering.reports.averaging import averaging
from tiering.views.api import AmountField, PercentField
from tiering.views.reports_api import ReachSerializer, reach_of


class RatioField(serializers.DecimalField):
    """Null where there is nothing to divide by, or no work is recorded."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=4, allow_null=True, **kwargs)


class ShareSerializer(serializers.Serializer):
    """`key`: the tier's rank, or the pk of department or person; null: small departments together.
    Hours and margins are null where no work is recorded, margins for who may not see them.
    """

    key = serializers.IntegerField(allow_null=True)
    customers = serializers.IntegerField()
    revenue = AmountField()
    revenue_share = PercentField()
    minutes = serializers.IntegerField(allow_null=True)
    hours_share = PercentField()
    margin_share = RatioField(help_text="per cent; above 100 where others lose money")
    fairness = RatioField(help_text="share of the hours ÷ share of the revenue")
    verdict = serializers.ChoiceField(choices=[one.value for one in Verdict], allow_null=True)


class AveragingSerializer(serializers.Serializer):
    month = serializers.DateField(source="first")
    index = RatioField(help_text="hours for each customer, top tier ÷ lowest")
    fairness = RatioField(help_text="of the top tier")


class AllocationSerializer(ReachSerializer):
    tiers = ShareSerializer(many=True)
    departments = ShareSerializer(many=True, help_text="of the whole firm only")
    people = ShareSerializer(many=True, help_text="oneself and those one manages")
    averaging = AveragingSerializer(many=True, help_text="of the whole firm only")


class AllocationReport(APIView):
    """Where the hours go, in the window of the last evaluation."""

    permission_classes = [holds(Right.REVENUE)]

    @extend_schema(responses=AllocationSerializer)
    def get(self, request: Request) -> Response:
        tiers, scope = evaluated(request), access.scope(request)
        found, is_firm = allocated.allocation(scope, tiers.evaluation), tiers.reach is Reach.FIRM
        with_margin = scope.may(Right.MARGIN)
        data = {
            **reach_of(tiers),
            "tiers": _rows(found, found.tiers, with_margin=with_margin),
            "departments": _rows(found, found.departments, with_margin=with_margin)
            if is_firm
            else [],
            "people": _rows(found, found.people, with_margin=with_margin),
            "averaging": averaging(tiers.evaluation).months if is_firm else [],
        }
        return versioned(request, AllocationSerializer(data).data)


def _rows(found: Allocation, shares: list[Share], *, with_margin: bool) -> list[dict[str, Any]]:
    return [
        {
            "key": share.key,
            "customers": share.part.customers,
            "revenue": share.part.revenue,
            "revenue_share": share.revenue,
            "minutes": share.part.minutes if found.has_hours else None,
            "hours_share": share.hours,
            "margin_share": share.margin if with_margin and found.has_hours else None,
            "fairness": share.fairness,
            "verdict": share.verdict,
        }
        for share in shares
    ]
