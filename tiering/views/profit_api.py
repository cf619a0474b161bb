"""/api/v1/customers/…/profit: what serving one customer brings."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm.api import holds, versioned
from firm.dates import first_of_month, today
from firm.roles import Right
from tiering.profit import profit_of
from tiering.reach import customer_of
from tiering.views.api import AmountField, PercentField


class ProfitSerializer(serializers.Serializer):
    """`minutes` and what follows from them are null where no work is recorded, the loaded figures
    also where a loaded rate was missing.
    """

    revenue = AmountField()
    expenses = AmountField(help_text="direct expenses noted with the revenue")
    minutes = serializers.IntegerField(allow_null=True)
    direct = AmountField(help_text="cost of time, pay alone")
    loaded = AmountField(help_text="cost of time with the overhead")
    margin = AmountField()
    loaded_margin = AmountField()


class MonthSerializer(ProfitSerializer):
    month = serializers.DateField()


class LifetimeSerializer(serializers.Serializer):
    """`value` = `margin` (mean annual, loaded) x `years`, which is 1 ÷ churn, at most 7."""

    value = AmountField()
    margin = AmountField()
    years = serializers.DecimalField(max_digits=6, decimal_places=4)
    churn = PercentField(help_text="of the customers of the tier, a year")
    ended = serializers.IntegerField(help_text="of the tier in two years")
    staying = serializers.IntegerField()


class CustomerProfitSerializer(serializers.Serializer):
    year = ProfitSerializer(help_text="the last twelve whole months")
    year_before = ProfitSerializer()
    months = MonthSerializer(many=True, help_text="24, the oldest first")
    lifetime = LifetimeSerializer(allow_null=True)


class ProfitOfCustomer(APIView):
    """Revenue, expenses, cost of time and margin of a customer whose file one has."""

    permission_classes = [holds(Right.MARGIN)]

    @extend_schema(responses=CustomerProfitSerializer)
    def get(self, request: Request, pk: int) -> Response:
        found = profit_of(customer_of(request, pk), until=first_of_month(today()))
        months = [{"month": month, **ProfitSerializer(one).data} for month, one in found.months]
        data = {
            "year": found.year,
            "year_before": found.year_before,
            "months": months,
            "lifetime": found.lifetime,
        }
        return versioned(request, CustomerProfitSerializer(data).data)
