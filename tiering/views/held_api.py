"""/api/v1: a held run, who would have moved in it, and its confirmation."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm import access
from firm.access import reader
from firm.api import holds, versioned
from firm.idempotency import idempotent
from firm.roles import Right
from firm.views.api import RunSerializer
from tiering import actions
from tiering.held import HeldRun
from tiering.models import HeldMove
from tiering.runs import jobs, run_of
from tiering.views.api import AmountField


class StopSerializer(serializers.Serializer):
    """Why a run is held. What a code has no use for is null; so are amounts (`total_fell`) that
    the reader may not see.
    """

    code = serializers.CharField(
        help_text="many_down, month_empty, month_thin, entries_fell, total_fell"
    )
    down = serializers.IntegerField(default=None, help_text="who would move down, not foreseen")
    allowed = serializers.IntegerField(default=None)
    customers = serializers.IntegerField(default=None)
    foreseen = serializers.IntegerField(default=None, help_text="in the impact preview")
    month = serializers.DateField(default=None)
    entries = serializers.IntegerField(default=None)
    mean = serializers.IntegerField(default=None, help_text="of the six months before")
    before = AmountField(default=None)
    after = AmountField(default=None)
    fell = serializers.IntegerField(default=None, help_text="per cent")


class HeldSerializer(serializers.Serializer):
    """`digest` is of all movers: they are what is confirmed."""

    run = serializers.IntegerField(source="job.pk")
    state = serializers.CharField(source="job.state")
    as_of = serializers.DateField()
    rule_set_number = serializers.IntegerField(source="facts.rules")
    stops = serializers.SerializerMethodField()
    down = serializers.IntegerField()
    up = serializers.IntegerField()
    listed = serializers.IntegerField(source="facts.listed")
    digest = serializers.CharField(source="facts.digest")
    is_changed = serializers.BooleanField(help_text="held again after a confirmation")

    def get_stops(self, held: HeldRun) -> list[dict[str, Any]]:
        stops = held.facts["stops"]
        if not access.scope(self.context["request"]).may(Right.FIRM_REVENUE):
            stops = [_without_amounts(stop) for stop in stops]
        return list(StopSerializer(stops, many=True).data)


def _without_amounts(stop: dict[str, Any]) -> dict[str, Any]:
    hidden = ("before", "after") if stop["code"] == "total_fell" else ()
    return {key: value for key, value in stop.items() if key not in hidden}


class HeldMoverSerializer(serializers.ModelSerializer):
    """`trailing_revenue` is null where the reader may not see it."""

    customer = serializers.IntegerField(source="customer_id")
    before = serializers.CharField(source="before.code")
    after = serializers.CharField(source="after.code")
    trailing_revenue = serializers.SerializerMethodField()

    class Meta:
        model = HeldMove
        fields = [
            "customer",
            "before",
            "after",
            "is_down",
            "is_foreseen",
            "reason",
            "trailing_revenue",
        ]

    def get_trailing_revenue(self, move: HeldMove) -> str | None:
        scope = access.scope(self.context["request"])
        has_file = scope.has_file(move.customer.owner_id, move.customer.backup_id)
        return f"{move.trailing_revenue:f}" if has_file and scope.may(Right.REVENUE) else None


def _held(pk: int) -> HeldRun:
    held = run_of(get_object_or_404(jobs(), pk=pk)).held
    if held is None:
        raise NotFound
    return held


class Held(APIView):
    """What stopped a run that is held; 404 for any other."""

    permission_classes = [holds(Right.READ_RUNS)]

    @extend_schema(responses=HeldSerializer)
    def get(self, request: Request, pk: int) -> Response:
        data = HeldSerializer(_held(pk), context={"request": request}).data
        return versioned(request, data)


class HeldMovers(ListAPIView):
    """Who would have moved: downgrades first, the largest revenue first."""

    permission_classes = [holds(Right.READ_RUNS)]
    serializer_class = HeldMoverSerializer
    queryset = HeldMove.objects.none()
    sort = "id"

    def get_queryset(self) -> QuerySet[HeldMove]:
        return _held(self.kwargs["pk"]).moves()


class AcceptHeld(APIView):
    """Confirm a held run; answers the run that evaluates its dates again. It takes effect if
    the same customers move, else it is held in its turn. 409 where it cannot be confirmed.
    """

    permission_classes = [holds(Right.RUN_NIGHT)]

    @extend_schema(request=None, responses={202: RunSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        run = get_object_or_404(jobs(), pk=pk)
        job = actions.accept_held(run=run, by=reader(request), now=timezone.now())
        return Response(RunSerializer(job).data, status=202)
