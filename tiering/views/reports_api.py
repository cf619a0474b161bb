"""/api/v1/reports: the figures of the reports, of the customers in the reader's reach."""

import datetime

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm import access
from firm.api import holds, versioned
from firm.roles import Right
from tiering import overview
from tiering.overview import Overview, Reach, evaluated
from tiering.reports import concentration as concentrated
from tiering.reports import coverage as covering
from tiering.reports import flow as flowing
from tiering.reports.forms import FlowForm
from tiering.views.api import AmountField, PercentField


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


class TierCoverageSerializer(serializers.Serializer):
    """Active customers in the reader's reach; `rate` is covered ÷ active in per cent."""

    reach = serializers.ChoiceField(choices=[(Reach.FIRM.value, ""), (Reach.OWN.value, "")])
    rate = PercentField()
    active = serializers.IntegerField()
    covered = serializers.IntegerField(help_text="with a tier from complete data")
    not_evaluated = serializers.IntegerField()
    no_revenue = serializers.IntegerField(help_text="evaluated without any revenue entry")
    no_owner = serializers.IntegerField(help_text="overlaps with the others")
    no_backup = serializers.IntegerField(help_text="overlaps with the others")


class CoverageReport(APIView):
    """How many active customers have a tier from complete data, and what the others lack."""

    permission_classes = [holds(Right.REVENUE)]

    @extend_schema(responses=TierCoverageSerializer)
    def get(self, request: Request) -> Response:
        scope = access.scope(request)
        report = covering.coverage(scope)
        counts = {line.value: customers for line, customers in report.counts.items()}
        data = {"reach": overview.reach_of(scope).value, "rate": report.rate, **counts}
        return versioned(request, TierCoverageSerializer(data).data)


class FlowCellSerializer(serializers.Serializer):
    """Tier codes; `before` is null for customers not evaluated yet on the earlier date."""

    before = serializers.CharField(allow_null=True)
    after = serializers.CharField()
    customers = serializers.IntegerField()


class FlowSerializer(serializers.Serializer):
    reach = serializers.ChoiceField(choices=[(Reach.FIRM.value, ""), (Reach.OWN.value, "")])
    start = serializers.DateField()
    end = serializers.DateField()
    tier = serializers.ChoiceField(choices=flowing.Held.choices)
    tiers = serializers.ListField(child=serializers.CharField(), help_text="codes from the top")
    cells = FlowCellSerializer(many=True)


class FlowReport(APIView):
    """The tiers that held on two dates, `from` and `until`; the last year where left out. `tier`
    says which: the earned one, or the one in force by overrides and payment stops.
    """

    permission_classes = [holds(Right.REVENUE)]

    @extend_schema(
        parameters=[
            OpenApiParameter("from", datetime.date),
            OpenApiParameter("until", datetime.date),
            OpenApiParameter("tier", str, enum=flowing.Held.values),
        ],
        responses=FlowSerializer,
    )
    def get(self, request: Request) -> Response:
        form, scope = FlowForm.asked(request.query_params), access.scope(request)
        if not form.is_asked:
            raise serializers.ValidationError(
                {name: [*found] for name, found in form.errors.items()}
            )
        found = flowing.flow(scope, start=form.start, end=form.end, held=form.held)
        codes: dict[int, str | None] = {level.tier: level.chip.code for level in found.levels}
        cells = [
            {"before": codes.get(before), "after": codes[after], "customers": customers}
            for (before, after), customers in sorted(found.cells.items())
        ]
        data = {
            "reach": overview.reach_of(scope).value,
            "start": found.start,
            "end": found.end,
            "tier": found.held.value,
            "tiers": list(codes.values()),
            "cells": cells,
        }
        return versioned(request, FlowSerializer(data).data)
