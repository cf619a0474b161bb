"""Tier rules, nights and standings under /api/v1, read-only; codes, never words."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView

from firm import access
from firm.api import Holds
from firm.dates import today
from firm.models import JobRun
from firm.roles import Right
from tiering.models import Evaluation, RuleSet, TierRule
from tiering.runs import jobs
from tiering.versions import Status, status_of


class TierRuleSerializer(serializers.ModelSerializer):
    """`enter` and `keep` in the base currency (threshold) or per cent (share)."""

    code = serializers.CharField(source="tier.code")
    name = serializers.CharField(source="tier.name")
    name_en = serializers.CharField(source="tier.name_en")

    class Meta:
        model = TierRule
        fields = ["code", "name", "name_en", "rank", "enter", "keep"]


class RuleSetSerializer(serializers.ModelSerializer):
    status = serializers.SerializerMethodField()
    tiers = TierRuleSerializer(many=True)

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

    def get_status(self, rule_set: RuleSet) -> Status:
        return status_of(rule_set, on=today())


def _published() -> QuerySet[RuleSet]:
    return RuleSet.objects.filter(state=RuleSet.State.PUBLISHED).prefetch_related("tiers__tier")


class RuleSets(ListAPIView):
    """Every published version of the tier rules, the latest first."""

    serializer_class = RuleSetSerializer
    sort = "-number"

    def get_queryset(self) -> QuerySet[RuleSet]:
        return _published()


class RuleSetDetail(RetrieveAPIView):
    """One published version."""

    serializer_class = RuleSetSerializer

    def get_queryset(self) -> QuerySet[RuleSet]:
        return _published()


class TierFiguresSerializer(serializers.Serializer):
    """`enter` and `keep` are amounts in the base currency, also under the share method."""

    code = serializers.CharField()
    rank = serializers.IntegerField()
    customers = serializers.IntegerField()
    enter = serializers.CharField(allow_null=True)
    keep = serializers.CharField(allow_null=True)
    revenue = serializers.CharField(
        allow_null=True, help_text="null where the reader may not see the firm's revenue"
    )


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
    def get_tiers(self, evaluation: Evaluation) -> list[dict[str, Any]]:
        """From the top; revenue only for people who may see that of the whole firm."""
        has_revenue = access.scope(self.context["request"]).may(Right.FIRM_REVENUE)
        return [
            {
                "code": code,
                "rank": held["rank"],
                "customers": held["customers"],
                "enter": held["enter"],
                "keep": held["keep"],
                "revenue": held["revenue"] if has_revenue else None,
            }
            for code, held in sorted(
                evaluation.counts["tiers"].items(), key=lambda item: item[1]["rank"]
            )
        ]


class RunSerializer(serializers.ModelSerializer):
    evaluations = EvaluationSerializer(many=True)
    requested_by = serializers.IntegerField(source="requested_by_id", allow_null=True)

    class Meta:
        model = JobRun
        fields = [
            "id",
            "kind",
            "business_date",
            "state",
            "attempt",
            "progress_done",
            "progress_total",
            "error",
            "requested_by",
            "created_at",
            "started_at",
            "finished_at",
            "evaluations",
        ]


class Runs(ListAPIView):
    """Nights and replays, the latest first."""

    permission_classes = [Holds(Right.READ_RUNS)]
    serializer_class = RunSerializer
    sort = "-created_at"

    def get_queryset(self) -> QuerySet[JobRun]:
        return jobs()


class RunDetail(RetrieveAPIView):
    """One run, its progress and its evaluations."""

    permission_classes = [Holds(Right.READ_RUNS)]
    serializer_class = RunSerializer

    def get_queryset(self) -> QuerySet[JobRun]:
        return jobs()


class Evaluations(ListAPIView):
    """The evaluations that changed something, the latest first."""

    permission_classes = [Holds(Right.READ_RUNS)]
    serializer_class = EvaluationSerializer
    sort = "-id"

    def get_queryset(self) -> QuerySet[Evaluation]:
        return Evaluation.objects.all()
