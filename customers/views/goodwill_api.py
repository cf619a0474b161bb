"""/api/v1: goodwill work of a customer, summed up and piece by piece, and the mark on an entry."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers import actions
from customers.giving import register
from customers.models import Activity
from customers.reach import customer_of, entry_of
from customers.service_log.entries import live_favor
from firm import access
from firm.api import StrictSerializer, body_of, day_in
from firm.dates import today
from firm.models import User
from firm.money import LARGEST
from firm.roles import Right

SINCE = OpenApiParameter("since", datetime.date, description="from the beginning where left out")
UNTIL = OpenApiParameter("until", datetime.date, description="inclusive; today where left out")


class GoodwillSerializer(serializers.Serializer):
    """One piece of goodwill work; `usual_price` is null without `price`."""

    entry = serializers.IntegerField(source="pk")
    day = serializers.DateField()
    minutes = serializers.IntegerField()
    note = serializers.CharField()
    category = serializers.CharField(source="favor.category")
    why = serializers.CharField(source="favor.why")
    usual_price = serializers.DecimalField(
        source="favor.usual_price",
        max_digits=18,
        decimal_places=4,
        allow_null=True,
        help_text="net; needs `price`",
    )
    customer_knows = serializers.BooleanField(source="favor.customer_knows")
    told = serializers.IntegerField(source="favor.told_id", allow_null=True)
    from_budget = serializers.BooleanField(source="favor.from_budget")

    def to_representation(self, instance: Activity) -> dict[str, Any]:
        shown = super().to_representation(instance)
        may_see = access.scope(self.context["request"]).may(Right.PRICE)
        return shown if may_see else {**shown, "usual_price": None}


class ExpectedSerializer(serializers.Serializer):
    category = serializers.CharField()
    times = serializers.IntegerField()


class GoodwillSumSerializer(serializers.Serializer):
    """`becoming_expected`: given three times or more in the three months up to `until`."""

    since = serializers.DateField(allow_null=True)
    until = serializers.DateField()
    count = serializers.IntegerField()
    minutes = serializers.IntegerField()
    budget_minutes = serializers.IntegerField(help_text="of them from the goodwill budget")
    unknown = serializers.IntegerField(help_text="of them, how many the customer does not know of")
    usual_price = serializers.DecimalField(
        max_digits=18, decimal_places=4, allow_null=True, help_text="net; needs `price`"
    )
    becoming_expected = ExpectedSerializer(many=True)


class MarkSerializer(StrictSerializer):
    """Without `usual_price` it is the minutes at the contract's or the firm's hourly price."""

    usual_price = serializers.DecimalField(
        max_digits=16, decimal_places=4, min_value=0, max_value=LARGEST, required=False
    )
    why = serializers.CharField(max_length=200)
    category = serializers.CharField(max_length=80, default="", allow_blank=True)
    customer_knows = serializers.BooleanField(default=False)
    told = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.active(), default=None, allow_null=True
    )
    from_budget = serializers.BooleanField(default=False)


class CustomerGoodwill(ListAPIView):
    """Goodwill work of a customer, the latest first."""

    serializer_class = GoodwillSerializer
    sort = "-day"

    @extend_schema(parameters=[SINCE, UNTIL])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Activity]:
        customer = customer_of(self.request, self.kwargs["pk"])
        since, until = _period(self.request)
        return register.given_to(customer.pk, since=since, until=until).select_related("favor")


class CustomerGoodwillSum(APIView):
    @extend_schema(parameters=[SINCE, UNTIL], responses=GoodwillSumSerializer)
    def get(self, request: Request, pk: int) -> Response:
        customer = customer_of(request, pk)
        since, until = _period(request)
        found = register.sum_of(register.given_to(customer.pk, since=since, until=until))
        expected = register.expected_by(customer.pk, on=until)
        data = {
            **vars(found),
            "since": since,
            "until": until,
            "becoming_expected": [{"category": name, "times": n} for name, n in expected],
        }
        if not access.scope(request).may(Right.PRICE):
            data["usual_price"] = None
        return Response(GoodwillSumSerializer(data).data)


class ActivityGoodwill(APIView):
    """The mark on an entry. PUT sets or changes it, DELETE takes it off."""

    @extend_schema(request=MarkSerializer, responses=GoodwillSerializer)
    def put(self, request: Request, pk: int) -> Response:
        entry = entry_of(request, pk, may=Right.RECORD_WORK)
        said, favor = body_of(request, MarkSerializer), live_favor(entry)
        who: dict[str, Any] = {"by": access.reader(request), "now": timezone.now()}
        if favor is None:
            actions.mark_goodwill(activity=entry, **said, **who)
        else:
            actions.change_goodwill(favor=favor, **said, **who)
        return Response(
            GoodwillSerializer(
                entry_of(request, pk, may=Right.RECORD_WORK), context={"request": request}
            ).data
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        favor = live_favor(entry_of(request, pk, may=Right.RECORD_WORK))
        if favor is None:
            raise Http404
        actions.unmark_goodwill(favor=favor, by=access.reader(request), now=timezone.now())
        return Response(status=204)


def _period(request: Request) -> tuple[datetime.date | None, datetime.date]:
    return day_in(request, "since"), day_in(request, "until") or today()
