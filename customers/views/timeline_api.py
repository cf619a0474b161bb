"""/api/v1/customers/…/timeline: what happened with a customer, the newest first."""

import datetime

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.reach import customer_of
from customers.timeline import groups, timeline_of
from firm.api import CursorPages, day_in
from firm.dates import today


class EventSerializer(serializers.Serializer):
    """`kind` is the group it can be asked for by, `what` and the rest are in the reader's
    language. Without `has_time` only the day of `at` is known.
    """

    id = serializers.CharField(source="ref")
    kind = serializers.CharField(source="group.code")
    at = serializers.DateTimeField()
    has_time = serializers.BooleanField(source="told.has_time")
    what = serializers.CharField(source="told.kind")
    title = serializers.CharField(source="told.title")
    detail = serializers.CharField(source="told.detail")
    quote = serializers.CharField(source="told.quote")
    who = serializers.CharField(source="told.who")
    marks = serializers.ListField(source="told.marks", child=serializers.CharField())


class CustomerTimeline(APIView):
    """To whoever has the file; 404 for others."""

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, description="of one kind alone"),
            OpenApiParameter("as_of", datetime.date, description="up to this day"),
            OpenApiParameter("after", str, description="the cursor of the page before"),
            OpenApiParameter("limit", int, description="from 1 to 200, else 50"),
        ],
        responses=inline_serializer(
            "TimelinePage",
            {
                "results": EventSerializer(many=True),
                "next": serializers.URLField(allow_null=True),
            },
        ),
    )
    def get(self, request: Request, pk: int) -> Response:
        customer_of(request, pk)
        query = request.query_params
        kind, codes = query.get("kind", ""), [group.code for group in groups()]
        if kind and kind not in codes:
            raise ParseError(_("`kind` is one of %(kinds)s.") % {"kinds": ", ".join(codes)})
        pages = CursorPages()
        pages.request = request
        page = timeline_of(
            pk,
            until=day_in(request, "as_of") or today(),
            group=kind,
            after=query.get("after", ""),
            size=pages.limit_of(request),
        )
        pages.after = page.after
        return pages.get_paginated_response(EventSerializer(page.events, many=True).data)
