"""The strategic scores of customers in the API."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import StrategicScore
from customers.models.strategic_score import HIGHEST
from firm.access import reader
from firm.api import DayField, StrictSerializer, body_of, holds
from firm.idempotency import idempotent
from firm.roles import Right
from tiering import actions
from tiering.actions.strategic_fit import Scores
from tiering.reach import customer_of, customers_in_reach


class StrategicScoreSerializer(serializers.ModelSerializer):
    """In force in `[valid_from, valid_until)`; `value` is the mean of the two or three scores."""

    class Meta:
        model = StrategicScore
        fields = [
            "id",
            "customer",
            "alignment",
            "growth",
            "reference",
            "value",
            "theme",
            "reason",
            "valid_from",
            "valid_until",
            "scored_by",
            "scored_at",
            "ended_by",
            "ended_at",
            "ended_reason",
        ]


def _points(**values: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=HIGHEST, **values)


class ScoreSerializer(StrictSerializer):
    alignment = _points()
    growth = _points()
    reference = _points(required=False, allow_null=True)
    theme = serializers.CharField(max_length=40, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=200)
    valid_until = DayField(help_text="the first day without it; 12 months at most")


class WithdrawSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=200)


class StrategicScores(ListAPIView):
    """Of one customer, the latest first. POST scores from today and ends the score in force."""

    serializer_class = StrategicScoreSerializer
    sort = "-id"

    def get_permissions(self) -> list[Any]:
        rights = [holds(Right.SCORE_CUSTOMERS)] if self.request.method == "POST" else []
        return [permission() for permission in (rights or [IsAuthenticated])]

    def get_queryset(self) -> QuerySet[StrategicScore]:
        if getattr(self, "swagger_fake_view", False):
            return StrategicScore.objects.none()
        return StrategicScore.objects.filter(customer=customer_of(self.request, self.kwargs["pk"]))

    @extend_schema(request=ScoreSerializer, responses={201: StrategicScoreSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        found = body_of(request, ScoreSerializer)
        score = actions.score_strategic_fit(
            customer=customer_of(request, pk),
            scores=Scores(found["alignment"], found["growth"], found.get("reference")),
            theme=found.get("theme", ""),
            reason=found["reason"],
            valid_until=found["valid_until"],
            by=reader(request),
            now=timezone.now(),
        )
        return Response(StrategicScoreSerializer(score).data, status=201)


class StrategicScoreWithdraw(APIView):
    permission_classes = [holds(Right.SCORE_CUSTOMERS)]

    @extend_schema(request=WithdrawSerializer, responses=StrategicScoreSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        body = body_of(request, WithdrawSerializer)
        theirs = customers_in_reach(request)
        score = actions.withdraw_strategic_score(
            score=get_object_or_404(StrategicScore, pk=pk, customer__in=theirs),
            reason=body["reason"],
            by=reader(request),
            now=timezone.now(),
        )
        return Response(StrategicScoreSerializer(score).data)
