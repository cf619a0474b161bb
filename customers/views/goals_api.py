"""/api/v1: goals of a customer: set, changed, reached, dropped, opened again."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers import actions
from customers.giving.forms import GOAL_FIELDS
from customers.models import Contact, Goal
from customers.reach import customer_of, goal_of
from firm import access
from firm.api import DayField, StrictSerializer, body_of, versioned
from firm.idempotency import idempotent
from firm.roles import Right


class GoalSerializer(serializers.ModelSerializer):
    class Meta:
        model = Goal
        fields = ["id", *GOAL_FIELDS, "state", "outcome"]


class GoalChangeSerializer(StrictSerializer):
    """What is left out stays as it is."""

    purpose = serializers.CharField(max_length=200, required=False)
    measure = serializers.CharField(max_length=120, required=False)
    baseline = serializers.CharField(max_length=40, allow_blank=True, required=False)
    current = serializers.CharField(max_length=40, allow_blank=True, required=False)
    target = serializers.CharField(max_length=40, required=False)
    due_on = DayField(allow_null=True, required=False)
    agreed_with = serializers.PrimaryKeyRelatedField(
        queryset=Contact.objects.all(), allow_null=True, required=False
    )
    agreed_on = DayField(allow_null=True, required=False)
    review_on = DayField(allow_null=True, required=False)


class NewGoalSerializer(GoalChangeSerializer):
    purpose = serializers.CharField(max_length=200)
    measure = serializers.CharField(max_length=120)
    target = serializers.CharField(max_length=40)


class EndSerializer(StrictSerializer):
    """`outcome` says how one sees that it is reached, or why it is dropped."""

    state = serializers.ChoiceField(Goal.State.choices)
    outcome = serializers.CharField(max_length=200, default="", allow_blank=True)


class CustomerGoals(APIView):
    """Goals of a customer, the earliest due first; POST sets another one."""

    @extend_schema(responses=GoalSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        rows = customer_of(request, pk).goals.order_by("due_on", "pk")
        return versioned(request, GoalSerializer(rows, many=True).data)

    @extend_schema(request=NewGoalSerializer, responses={201: GoalSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        customer = customer_of(request, pk, may=Right.RECORD_WORK)
        found = actions.set_goal(
            customer=customer, **body_of(request, NewGoalSerializer), **_who(request)
        )
        return Response(GoalSerializer(found).data, status=201)


class GoalDetail(APIView):
    @extend_schema(responses=GoalSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(GoalSerializer(goal_of(request, pk)).data)

    @extend_schema(request=GoalChangeSerializer, responses=GoalSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        found = goal_of(request, pk, may=Right.RECORD_WORK)
        actions.change_goal(goal=found, **body_of(request, GoalChangeSerializer), **_who(request))
        return Response(GoalSerializer(goal_of(request, pk)).data)


class GoalState(APIView):
    """Reached, dropped with the reason, or open again."""

    @extend_schema(request=EndSerializer, responses=GoalSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        found = goal_of(request, pk, may=Right.RECORD_WORK)
        said = body_of(request, EndSerializer)
        who: dict[str, Any] = {"goal": found, **_who(request)}
        match said["state"]:
            case Goal.State.REACHED:
                ended = actions.reach_goal(outcome=said["outcome"], **who)
            case Goal.State.DROPPED:
                ended = actions.drop_goal(outcome=said["outcome"], **who)
            case _open:
                ended = actions.reopen_goal(**who)
        return Response(GoalSerializer(ended).data)


def _who(request: Request) -> dict[str, Any]:
    return {"by": access.reader(request), "now": timezone.now()}
