"""/api/v1/reports: the figures of the reports, of the customers in the reader's reach."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm import access
from firm.api import holds, versioned
from firm.roles import Right
from tiering.overview import Overview, Reach, evaluated
from tiering.reports import concentration as concentrated
from tiering.views.api import AmountField


class PercentField(serializers.DecimalField):
    """0 to 100; null where there is nothing to be a part of."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_digits=9, decimal_places=4, allow_null=True, **kwargs)  # type: ignore[arg-type]


class ReachSerializer(serializers.Serializer):
    """Whose customers the figures are of, and by which evaluation."""

    reach = serializers.ChoiceField(choices=[(Reach.FIRM.value, ""), (Reach.OWN.value, "")])
    evaluation = serializers.IntegerField()
    as_of = serializers.DateField()


class StretchSerializer(serializers.Serializer):
    """Customers by descending revenue, both places included."""

    first = serializers.IntegerField()
    last = serializers.IntegerField()
    customers = serializers.IntegerField()
    part = PercentField(help_text="of the customers with revenue")
    revenue = AmountField()
    share = PercentField(help_text="of the revenue")
    running = PercentField()
    lowest = AmountField(help_text="revenue of the customer at the last place")


class TierShareSerializer(serializers.Serializer):
    code = serializers.CharField(source="rule.tier.code")
    customers = serializers.IntegerField()
    revenue = AmountField()
    share = PercentField()
    running = PercentField()


class ConcentrationSerializer(ReachSerializer):
    customers = serializers.IntegerField(help_text="with revenue")
    without = serializers.IntegerField(help_text="evaluated, without revenue")
    total = AmountField()
    hhi = PercentField(help_text="sum of the squared shares, up to 10,000")
    tenths = StretchSerializer(many=True)
    tops = StretchSerializer(many=True)
    tiers = TierShareSerializer(many=True)


class ConcentrationReport(APIView):
    """How revenue is concentrated; of the whole firm, or of the customers one may see."""

    permission_classes = [holds(Right.REVENUE)]

    @extend_schema(responses=ConcentrationSerializer)
    def get(self, request: Request) -> Response:
        tiers = evaluated(request)
        report = concentrated.concentration(access.scope(request))
        data = {
            **reach_of(tiers),
            **vars(report),
            "tiers": concentrated.tier_shares(report, tiers),
        }
        return versioned(request, ConcentrationSerializer(data).data)


def reach_of(tiers: Overview) -> dict[str, object]:
    return {
        "reach": tiers.reach.value,
        "evaluation": tiers.evaluation.pk,
        "as_of": tiers.evaluation.as_of,
    }
