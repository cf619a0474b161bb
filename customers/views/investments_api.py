"""/api/v1: investments of a customer: begun, changed, extended, judged."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers import actions
from customers.giving.investing import USED, Shown, investments_of
from customers.models import Investment
from customers.models.goodwill import LONGEST_CAP
from customers.reach import customer_of, investments_in_reach
from firm import access
from firm.api import DayField, StrictSerializer, body_of, versioned
from firm.dates import today
from firm.idempotency import idempotent
from firm.models import User
from firm.money import LARGEST
from firm.roles import Right


class InvestmentSerializer(serializers.Serializer):
    """`expected_return` is null without `revenue`; `beyond` counts against the contract."""

    id = serializers.IntegerField(source="investment.pk")
    title = serializers.CharField(source="investment.title")
    expectation = serializers.CharField(source="investment.expectation")
    expected_return = serializers.DecimalField(
        source="investment.expected_return",
        max_digits=18,
        decimal_places=4,
        allow_null=True,
        help_text="net; needs `revenue`",
    )
    cap_minutes = serializers.IntegerField(source="investment.cap_minutes")
    used_minutes = serializers.IntegerField(source="usage.used")
    beyond_minutes = serializers.IntegerField(source="usage.beyond")
    starts_on = serializers.DateField(source="investment.starts_on")
    review_on = serializers.DateField(source="investment.review_on")
    owner = serializers.IntegerField(source="investment.owner_id")
    state = serializers.ChoiceField(Investment.State.choices, source="investment.state")
    verdict = serializers.CharField(source="investment.verdict")
    is_overdue = serializers.BooleanField()

    def to_representation(self, instance: Shown) -> dict[str, Any]:
        shown = super().to_representation(instance)
        may_see = access.scope(self.context["request"]).may(Right.REVENUE)
        return shown if may_see else {**shown, "expected_return": None}


def _money(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=16, decimal_places=4, min_value=0, max_value=LARGEST, **kwargs
    )


def _person(**kwargs: Any) -> serializers.PrimaryKeyRelatedField:
    return serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), **kwargs)


class NewInvestmentSerializer(StrictSerializer):
    title = serializers.CharField(max_length=120)
    expectation = serializers.CharField(max_length=300)
    expected_return = _money(default=None, allow_null=True)
    cap_minutes = serializers.IntegerField(min_value=1, max_value=LONGEST_CAP)
    starts_on = DayField(default=None, allow_null=True)
    review_on = DayField()
    owner = _person(default=None, allow_null=True)


class InvestmentChangeSerializer(StrictSerializer):
    title = serializers.CharField(max_length=120, required=False)
    expectation = serializers.CharField(max_length=300, required=False)
    expected_return = _money(allow_null=True, required=False)
    owner = _person(required=False)


class InvestmentExtensionSerializer(StrictSerializer):
    review_on = DayField()
    reason = serializers.CharField(max_length=300)
    cap_minutes = serializers.IntegerField(
        min_value=1, max_value=LONGEST_CAP, default=None, allow_null=True
    )


class VerdictSerializer(StrictSerializer):
    state = serializers.ChoiceField(
        [Investment.State.PAID_BACK.value, Investment.State.STOPPED.value]
    )
    reason = serializers.CharField(max_length=300)


class CustomerInvestments(APIView):
    """The customer's investments, open ones first; POST begins another one."""

    @extend_schema(responses=InvestmentSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        rows = investments_of(customer_of(request, pk), on=today())
        shown = InvestmentSerializer(rows, many=True, context={"request": request})
        return versioned(request, shown.data)

    @extend_schema(request=NewInvestmentSerializer, responses={201: InvestmentSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        customer = customer_of(request, pk, may=Right.RECORD_WORK)
        said = body_of(request, NewInvestmentSerializer)
        found = actions.open_investment(customer=customer, **said, **_who(request))
        return _answer(request, found.pk, status=201)


class InvestmentDetail(APIView):
    @extend_schema(responses=InvestmentSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return _answer(request, _investment(request, pk).pk)

    @extend_schema(request=InvestmentChangeSerializer, responses=InvestmentSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        found = _investment(request, pk, may=Right.RECORD_WORK)
        said = body_of(request, InvestmentChangeSerializer)
        actions.change_investment(investment=found, **said, **_who(request))
        return _answer(request, pk)


class InvestmentExtension(APIView):
    """It goes on until another review."""

    @extend_schema(request=InvestmentExtensionSerializer, responses=InvestmentSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        found = _investment(request, pk, may=Right.RECORD_WORK)
        said = body_of(request, InvestmentExtensionSerializer)
        actions.extend_investment(investment=found, **said, **_who(request))
        return _answer(request, pk)


class InvestmentVerdict(APIView):
    """It has paid back, or is stopped: for good."""

    @extend_schema(request=VerdictSerializer, responses=InvestmentSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        found = _investment(request, pk, may=Right.RECORD_WORK)
        said = body_of(request, VerdictSerializer)
        actions.judge_investment(investment=found, **said, **_who(request))
        return _answer(request, pk)


def _who(request: Request) -> dict[str, Any]:
    return {"by": access.reader(request), "now": timezone.now()}


def _answer(request: Request, pk: int, *, status: int = 200) -> Response:
    shown = Shown(Investment.objects.annotate(used_minutes=USED).get(pk=pk), today())
    data = InvestmentSerializer(shown, context={"request": request}).data
    return Response(data, status=status)


def _investment(request: Request, pk: int, *, may: Right | None = None) -> Investment:
    return get_object_or_404(investments_in_reach(request, may=may), pk=pk)
