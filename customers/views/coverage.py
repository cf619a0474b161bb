"""Logging coverage for managers: by section, and the customers with weeks of nothing."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.reach import check_is_not_shared, customers_in_reach
from customers.service_log.coverage import (
    WEEKS,
    closed_weeks,
    coverage_by_section,
    coverage_of,
    weeks_without,
)
from customers.service_log.pages import log_page
from firm import access
from firm.api import holds, versioned
from firm.dates import today
from firm.exports import table_response
from firm.models import Department
from firm.roles import Right

CHOICES = (4, WEEKS, 13)
MOST_GAPS = 200
MOST_EXPORTED = 10_000


@require_GET
@access.needs(Right.SEE_JUNIORS_FILES)
def coverage(request: HttpRequest) -> HttpResponse:
    theirs, weeks = customers_in_reach(request), _weeks(request)
    context: dict[str, Any] = {
        "coverage": coverage_of(theirs, weeks=weeks),
        "coverage_weeks": len(weeks),
        "sections": _sections(request, weeks),
        "gaps": weeks_without(theirs, weeks=weeks, most=MOST_GAPS),
        "most": MOST_GAPS,
        "choices": CHOICES,
        "first": weeks[0],
        "until": weeks[-1],
    }
    return log_page(request, "customers/logging_coverage.html", context)


@require_GET
@access.needs(Right.SEE_JUNIORS_FILES)
def export(request: HttpRequest) -> HttpResponseBase:
    """A line for each customer and week without anything."""
    check_is_not_shared(request)
    gaps = weeks_without(customers_in_reach(request), weeks=_weeks(request), most=MOST_EXPORTED)
    rows = ([gap.code, gap.name, week] for gap in gaps for week in gap.weeks)
    header = [_("Code"), _("Name"), _("Week from")]
    name = f"{_('Weeks without an entry')} {today():%Y-%m-%d}"
    return table_response(name, header, rows, format=request.GET.get("format", "xlsx"))


def _weeks(request: HttpRequest) -> list[datetime.date]:
    asked = request.GET.get("weeks", "")
    count = int(asked) if asked in map(str, CHOICES) else WEEKS
    return closed_weeks(on=today(), count=count)


def _sections(request: HttpRequest | Request, weeks: list[datetime.date]) -> list[dict[str, Any]]:
    """By the departments' paths; what belongs to none comes last."""
    found = coverage_by_section(customers_in_reach(request), weeks=weeks)
    paths = {row.pk: row.path for row in Department.objects.select_related("parent__parent")}
    lines = [
        {
            "department": section.department,
            "path": paths[section.department] if section.department else "",
            "customers": section.customers,
            "coverage": section.coverage,
        }
        for section in found
    ]
    return sorted(lines, key=lambda line: (not line["path"], line["path"]))


class CoverageSerializer(serializers.Serializer):
    """`share` is null where nothing was logged at all (`no_data`): no figure, and no good one."""

    share = serializers.DecimalField(max_digits=5, decimal_places=4, allow_null=True)
    state = serializers.CharField()
    expected = serializers.IntegerField(help_text="active customers × weeks")
    covered = serializers.IntegerField(help_text="those with an entry or a confirmed nothing")


class SectionCoverageSerializer(serializers.Serializer):
    department = serializers.IntegerField(allow_null=True)
    path = serializers.CharField()
    customers = serializers.IntegerField()
    coverage = CoverageSerializer(
        allow_null=True, help_text="null where fewer than three people look after the customers"
    )


class LoggingCoverageSerializer(serializers.Serializer):
    weeks = serializers.ListField(child=serializers.DateField(), help_text="their Mondays")
    whole = CoverageSerializer()
    sections = SectionCoverageSerializer(many=True)


class LoggingCoverage(APIView):
    """Of the customers whose files one has, over the last closed weeks; never by person."""

    permission_classes = [holds(Right.SEE_JUNIORS_FILES)]

    @extend_schema(
        parameters=[OpenApiParameter("weeks", int, description="1 to 26; 8 where it is left out")],
        responses=LoggingCoverageSerializer,
    )
    def get(self, request: Request) -> Response:
        field = serializers.IntegerField(min_value=1, max_value=26)
        count = field.run_validation(request.query_params.get("weeks", WEEKS))
        weeks = closed_weeks(on=today(), count=count)
        found = {
            "weeks": weeks,
            "whole": coverage_of(customers_in_reach(request), weeks=weeks),
            "sections": _sections(request, weeks),
        }
        return versioned(request, LoggingCoverageSerializer(found).data)
