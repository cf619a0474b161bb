"""/api/v1: tier rules, evaluations, and where a customer stands; read-only, codes and numbers."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm import access
from firm.api import holds, versioned
from firm.dates import today
from firm.roles import Right
from tiering.explanations import Explanation, explain
from tiering.guards import MarginGuard
from tiering.in_force import Source
from tiering.models import Evaluation, RuleSet
from tiering.reach import customer_of
from tiering.share_line import exactly
from tiering.standings import Held, latest_evaluation, tier_on
from tiering.versions import Status, status_of
from tiering.views.criteria_api import (
    ConditionSerializer,
    TierCriterionSerializer,
    WaySerializer,
)


class AmountField(serializers.DecimalField):
    """An amount of the base currency; null where the reader may not see the revenue."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, allow_null=True, **kwargs)


class PercentField(serializers.DecimalField):
    """0 to 100; null where there is nothing to be a part of."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=9, decimal_places=4, allow_null=True, **kwargs)


class TierRuleSerializer(serializers.Serializer):
    """`enter` and `keep` in the base currency (threshold) or per cent (share)."""

    code = serializers.CharField(source="tier.code")
    name = serializers.CharField(source="tier.name")
    name_en = serializers.CharField(source="tier.name_en")
    enter = AmountField()
    keep = AmountField()
    criteria = TierCriterionSerializer(many=True, source="criteria.all")


class RuleSetSerializer(serializers.ModelSerializer):
    """One published version; `effective_until` is the first day on which it no longer holds."""

    status = serializers.SerializerMethodField()
    tiers = TierRuleSerializer(many=True, help_text="from the top")

    class Meta:
        model = RuleSet
        fields = [
            "id",
            "number",
            "name",
            "status",
            "method",
            "window_months",
            "window_end",
            "grace_evaluations",
            "drop",
            "nonpositive",
            "month_close",
            "note",
            "effective_from",
            "effective_until",
            "published_at",
            "tiers",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=Status.choices))
    def get_status(self, rule_set: RuleSet) -> str:
        return status_of(rule_set, on=today()).value


def _published() -> QuerySet[RuleSet]:
    published = RuleSet.objects.filter(state=RuleSet.State.PUBLISHED)
    return published.prefetch_related("tiers__tier", "tiers__criteria")


class RuleSets(ListAPIView):
    """Every published version of the tier rules, the latest first."""

    serializer_class = RuleSetSerializer
    sort = "-number"

    def get_queryset(self) -> QuerySet[RuleSet]:
        return _published()


class RuleSetDetail(APIView):
    @extend_schema(responses=RuleSetSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return versioned(request, RuleSetSerializer(get_object_or_404(_published(), pk=pk)).data)


class TierFiguresSerializer(serializers.Serializer):
    """`enter` and `keep` are amounts, also under the share method."""

    code = serializers.CharField()
    customers = serializers.IntegerField()
    enter = AmountField()
    keep = AmountField()
    revenue = AmountField()


class EvaluationSerializer(serializers.ModelSerializer):
    run = serializers.IntegerField(source="job_id")
    rule_set = serializers.IntegerField(source="rule_set_id")
    supersedes = serializers.IntegerField(source="supersedes_id", allow_null=True)
    customers = serializers.IntegerField(source="counts.customers")
    entries = serializers.IntegerField(source="counts.entries", help_text="ledger lines read")
    first = serializers.IntegerField(source="counts.first", help_text="first evaluations")
    upgraded = serializers.IntegerField(source="counts.upgraded")
    downgraded = serializers.IntegerField(source="counts.downgraded")
    grace = serializers.IntegerField(source="counts.grace")
    tiers = serializers.SerializerMethodField()

    class Meta:
        model = Evaluation
        fields = [
            "id",
            "run",
            "as_of",
            "business_date",
            "known_from",
            "cutoff",
            "rule_set",
            "engine_version",
            "is_replay",
            "is_ahead",
            "supersedes",
            "evaluated_at",
            "customers",
            "entries",
            "first",
            "upgraded",
            "downgraded",
            "grace",
            "tiers",
        ]

    @extend_schema_field(TierFiguresSerializer(many=True))
    def get_tiers(self, evaluation: Evaluation) -> Any:
        """From the top; revenue only for people who may see that of the whole firm."""
        has_revenue = access.scope(self.context["request"]).may(Right.FIRM_REVENUE)
        figures = sorted(evaluation.counts["tiers"].items(), key=lambda item: item[1]["rank"])
        rows = [
            {"code": code, **held, "revenue": held["revenue"] if has_revenue else None}
            for code, held in figures
        ]
        return TierFiguresSerializer(rows, many=True).data


class Evaluations(ListAPIView):
    """Passes over all customers, the latest first."""

    permission_classes = [holds(Right.READ_RUNS)]
    serializer_class = EvaluationSerializer
    queryset = Evaluation.objects.all()
    sort = "-id"


class CriterionSerializer(serializers.Serializer):
    """A tier of the version; `reached` is the revenue's own threshold."""

    code = serializers.CharField(source="tier.code")
    enter = AmountField()
    keep = AmountField()
    reached = serializers.BooleanField()
    passed = serializers.BooleanField()
    conditions = ConditionSerializer(many=True)


class DistanceSerializer(serializers.Serializer):
    """What is missing to the tier above, or left above the tier's own keep threshold; in the
    second case the code is that of the tier that would follow. Null where money alone does not
    decide.
    """

    code = serializers.CharField(source="tier.code")
    amount = AmountField()
    by = serializers.DateField()
    at_line = serializers.BooleanField(
        help_text="share method: to the line as drawn, not counting that own revenue moves it"
    )


class GuardSerializer(serializers.Serializer):
    """The margin guard: in per cent of what was booked; `value` only for who may see margins.

    `cap` is the best tier allowed below the bounds.
    """

    value = serializers.SerializerMethodField(method_name="margin_of")
    enter = PercentField()
    keep = PercentField()
    cap = serializers.CharField(source="cap.code")
    enters = serializers.BooleanField()
    keeps = serializers.BooleanField()

    @extend_schema_field(PercentField())
    def margin_of(self, guard: MarginGuard) -> str | None:
        if guard.value is None or not self.context["may_margin"]:
            return None
        return f"{guard.value:.4f}"


class BasisSerializer(serializers.Serializer):
    """Where the revenue comes from: full, annualised or provisional (so many months projected; none
    where a contract says what a year is worth), of so many customers judged together.
    """

    basis = serializers.ChoiceField(choices=["full", "annualised", "provisional"])
    months = serializers.IntegerField(allow_null=True)
    members = serializers.IntegerField()
    is_dormant = serializers.BooleanField()


class StandingSerializer(serializers.Serializer):
    """What held on a day, and why. The window is `[window_start, window_end)`; until `tier_until`,
    the first day without it, an override or a payment stop holds instead of the earned tier.
    """

    tier = serializers.SerializerMethodField()
    tier_source = serializers.SerializerMethodField()
    tier_until = serializers.SerializerMethodField()
    earned_tier = serializers.CharField(source="earned_tier.code")
    raw_tier = serializers.CharField(source="raw_tier.code")
    reason = serializers.CharField()
    earned_since = serializers.DateField()
    below_since = serializers.DateField(allow_null=True)
    falls_on = serializers.DateField(
        allow_null=True, help_text="the evaluation that ends the grace period if nothing changes"
    )
    evaluation = serializers.IntegerField(source="evaluation.pk")
    as_of = serializers.DateField(source="evaluation.as_of")
    rule_set = serializers.IntegerField(source="rule_set.pk")
    window_start = serializers.DateField(source="start")
    window_end = serializers.DateField(source="end")
    trailing_revenue = AmountField()
    criteria = CriterionSerializer(many=True, help_text="from the top")
    facts = BasisSerializer(allow_null=True)
    guard = GuardSerializer(allow_null=True)
    up = DistanceSerializer(allow_null=True)
    down = DistanceSerializer(allow_null=True)
    ways_up = WaySerializer(many=True, help_text="each alone leads to the tier above")
    ways_down = WaySerializer(many=True, help_text="each alone decides whether the tier is kept")

    @property
    def _held(self) -> Held:
        held: Held = self.context["held"]
        return held

    def get_tier(self, explanation: Explanation) -> str:
        instead = self._held.tier if self._held.source != Source.EARNED else None
        return (instead or explanation.earned_tier).code

    @extend_schema_field(serializers.ChoiceField(choices=Source.choices))
    def get_tier_source(self, explanation: Explanation) -> str:
        return self._held.source.value

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_tier_until(self, explanation: Explanation) -> datetime.date | None:
        return self._held.until


class CustomerStanding(APIView):
    """Where a customer stands on a day, `as_of` (today where it is left out), and why.

    By the nights in the books on that day: replays made later do not count, unless
    `as_known_today` is true. For people who have the customer's file.
    """

    @extend_schema(
        parameters=[
            OpenApiParameter("as_of", datetime.date),
            OpenApiParameter("as_known_today", bool),
        ],
        responses=StandingSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        customer = customer_of(request, pk, may=Right.REVENUE)
        asked = request.query_params
        on = _date(asked.get("as_of", ""))
        found = explain(
            customer.pk,
            on=on,
            as_known_today=_flag(asked.get("as_known_today", "false")),
        )
        if found is None:
            raise NotFound(_("The customer had not been evaluated by that day."))
        found = exactly(found, customer.pk, current=latest_evaluation())
        context = {
            "held": tier_on(customer.pk, on=on),
            "may_margin": access.scope(request).may(Right.MARGIN),
        }
        return versioned(request, StandingSerializer(found, context=context).data)


def _flag(text: str) -> bool:
    return bool(serializers.BooleanField().run_validation(text))


def _date(text: str) -> datetime.date:
    return serializers.DateField().run_validation(text) if text else today()
