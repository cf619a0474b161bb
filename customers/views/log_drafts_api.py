"""/api/v1/log/drafts: my drafts of entries, read from a file, recorded or left out."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actions.drafts import Choice, propose_drafts, settle_drafts
from customers.models import Activity, ActivityDraft
from customers.reach import customers_in_reach
from customers.service_log.drafts import read_file
from customers.service_log.purpose import check_purpose_read
from firm import access
from firm.api import StrictSerializer, body_of, holds
from firm.ics import LARGEST_FILE
from firm.idempotency import idempotent
from firm.roles import Right

MOST = 500


class LogDraftSerializer(serializers.ModelSerializer):
    customer = serializers.IntegerField(source="customer_id", allow_null=True)

    class Meta:
        model = ActivityDraft
        fields = ["id", "source", "customer", "day", "started_at", "minutes", "title"]


class DraftFileSerializer(StrictSerializer):
    file = serializers.FileField(help_text=".ics, .csv, .tsv, .txt or .xlsx, up to 2 MB")

    def validate_file(self, file: Any) -> Any:
        if file.size > LARGEST_FILE:
            too_large = _("The file is larger than %(limit)s MB.")
            raise serializers.ValidationError(too_large % {"limit": LARGEST_FILE >> 20})
        return file


class ProposedSerializer(serializers.Serializer):
    proposed = serializers.IntegerField(help_text="new drafts")
    known = serializers.IntegerField(help_text="proposed before")
    older = serializers.IntegerField(help_text="over three months old, or still to come")
    problems = serializers.ListField(child=serializers.CharField())


class TakenSerializer(StrictSerializer):
    draft = serializers.IntegerField()
    customer = serializers.IntegerField()
    cause = serializers.ChoiceField(Activity.Cause.choices, default=Activity.Cause.IN_CONTRACT)
    minutes = serializers.IntegerField(min_value=1, max_value=24 * 60)


class SettleSerializer(StrictSerializer):
    take = TakenSerializer(many=True, default=list)
    leave_out = serializers.ListField(
        child=serializers.IntegerField(), default=list, max_length=MOST
    )


class SettledSerializer(serializers.Serializer):
    recorded = serializers.IntegerField()


class LogDrafts(APIView):
    """My drafts that wait; POST reads a file of mine and proposes what was not proposed before."""

    permission_classes = [holds(Right.RECORD_WORK)]
    parser_classes = [MultiPartParser]

    @extend_schema(responses=LogDraftSerializer(many=True))
    def get(self, request: Request) -> Response:
        waiting = ActivityDraft.objects.filter(
            person=access.reader(request), state=ActivityDraft.State.WAITING
        )
        return Response(LogDraftSerializer(waiting[:MOST], many=True).data)

    @extend_schema(
        request={"multipart/form-data": DraftFileSerializer}, responses={201: ProposedSerializer}
    )
    def post(self, request: Request) -> Response:
        body = body_of(request, DraftFileSerializer)
        file, person, now = body["file"], access.reader(request), timezone.now()
        found = read_file(
            file.read(), name=file.name, person=person, scope=access.scope(request), now=now
        )
        fresh = propose_drafts(proposals=found.proposals, by=person, now=now)
        counts = {
            "proposed": fresh,
            "known": len(found.proposals) - fresh,
            "older": found.older,
            "problems": found.problems,
        }
        return Response(ProposedSerializer(counts).data, status=201)


class LogDraftsSettle(APIView):
    """Record some of my drafts and leave others out, all of it or nothing."""

    permission_classes = [holds(Right.RECORD_WORK)]

    @extend_schema(request=SettleSerializer, responses=SettledSerializer)
    @idempotent
    def post(self, request: Request) -> Response:
        check_purpose_read(access.reader(request))
        body = body_of(request, SettleSerializer)
        recorded = settle_drafts(
            taken=_choices(request, body["take"]),
            left_out=body["leave_out"],
            by=access.reader(request),
            now=timezone.now(),
        )
        return Response({"recorded": recorded})


def _choices(request: Request, taken: list[dict[str, Any]]) -> list[Choice]:
    """404 where a customer's file is not mine."""
    customers = customers_in_reach(request).in_bulk({one["customer"] for one in taken})
    if any(one["customer"] not in customers for one in taken):
        raise Http404
    return [Choice(**{**one, "customer": customers[one["customer"]]}) for one in taken]
