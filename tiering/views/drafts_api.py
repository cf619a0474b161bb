"""/api/v1: drafts of the tier rules, in the format of a rule file, and their review."""

import json
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm.access import reader
from firm.api import StrictSerializer, body_of, check_if_match, holds, versioned
from firm.dates import today
from firm.idempotency import idempotent
from firm.refusals import Refused
from firm.roles import Right
from tiering import actions, rule_file
from tiering.models import RuleSet
from tiering.rule_file import Rules


class DraftSerializer(serializers.ModelSerializer):
    """`rules` are in the format of a rule file. `approved_by` is the second person; `return_note`
    what a reviewer wants changed. People are ids.
    """

    state = serializers.ChoiceField(choices=["draft", "in_review"])
    rules = serializers.SerializerMethodField()
    created_by = serializers.IntegerField(source="created_by_id", allow_null=True)
    submitted_by = serializers.IntegerField(source="submitted_by_id", allow_null=True)
    approved_by = serializers.IntegerField(source="approved_by_id", allow_null=True)
    returned_by = serializers.IntegerField(source="returned_by_id", allow_null=True)

    class Meta:
        model = RuleSet
        fields = [
            "id",
            "name",
            "state",
            "revision",
            "created_at",
            "created_by",
            "changed_at",
            "authors",
            "submitted_at",
            "submitted_by",
            "approved_at",
            "approved_by",
            "return_note",
            "returned_by",
            "rules",
        ]

    @extend_schema_field(dict[str, Any])
    def get_rules(self, draft: RuleSet) -> Any:
        """Numbers as the file has them, not as text."""
        return json.loads(json.dumps(rule_file.as_data(draft), default=float))


class NewDraftSerializer(StrictSerializer):
    """Neither: from the version in force, or the default set where there is none."""

    of = serializers.IntegerField(required=False, help_text="number of a published version")
    rules = serializers.DictField(required=False, help_text="in the format of a rule file")


class Drafts(ListAPIView):
    """Everything not published, the latest first; POST begins one."""

    serializer_class = DraftSerializer
    sort = "-id"

    def get_permissions(self) -> list[Any]:
        right = Right.EDIT_RULES if self.request.method == "POST" else Right.REVIEW_RULES
        return [holds(right)()]

    def get_queryset(self) -> QuerySet[RuleSet]:
        return _drafts()

    @extend_schema(request=NewDraftSerializer, responses={201: DraftSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        data = body_of(request, NewDraftSerializer)
        by, now = reader(request), timezone.now()
        if "rules" in data:
            draft = actions.create_draft(rules=_rules(data["rules"]), by=by, now=now)
        elif of := _origin(data.get("of")):
            draft = actions.clone_draft(of=of, by=by, now=now)
        else:
            draft = actions.begin_draft(by=by, now=now)
        return Response(DraftSerializer(draft).data, status=201)


def _origin(number: int | None) -> RuleSet | None:
    if number is None:
        return RuleSet.objects.in_force(today())
    return get_object_or_404(RuleSet, state=RuleSet.State.PUBLISHED, number=number)


class DraftDetail(APIView):
    """PUT replaces the rules; with `If-Match` not those that somebody saved meanwhile. Service
    levels are part of them. DELETE discards the draft and its previews.
    """

    def get_permissions(self) -> list[Any]:
        right = Right.REVIEW_RULES if self.request.method == "GET" else Right.EDIT_RULES
        return [holds(right)()]

    @extend_schema(responses=DraftSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return versioned(request, DraftSerializer(_draft(pk)).data)

    @extend_schema(request=dict[str, Any], responses=DraftSerializer)
    def put(self, request: Request, pk: int) -> Response:
        draft = _draft(pk)
        check_if_match(request, DraftSerializer(draft).data)
        saved = actions.save_draft(
            draft=draft,
            rules=_rules(request.data),
            by=reader(request),
            now=timezone.now(),
            expected_version=draft.revision,
        )
        return versioned(request, DraftSerializer(saved).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        draft = _draft(pk)
        check_if_match(request, DraftSerializer(draft).data)
        actions.discard_draft(draft=draft, by=reader(request), now=timezone.now())
        return Response(status=204)


class DraftAct(APIView):
    """One step of a draft on its way to the second person; 409 with the reason where it can't be
    taken now.
    """

    act: Any
    asked: type[serializers.Serializer] = StrictSerializer

    def take(self, request: Request, pk: int) -> Response:
        body = body_of(request, self.asked)
        draft = type(self).act(draft=_draft(pk), by=reader(request), now=timezone.now(), **body)
        return Response(DraftSerializer(draft).data)


class DraftSubmit(DraftAct):
    permission_classes = [holds(Right.EDIT_RULES)]
    act = staticmethod(actions.submit_draft)

    @extend_schema(request=StrictSerializer, responses=DraftSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return self.take(request, pk)


class DraftTakeBack(DraftAct):
    permission_classes = [holds(Right.EDIT_RULES)]
    act = staticmethod(actions.take_back_draft)

    @extend_schema(request=StrictSerializer, responses=DraftSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return self.take(request, pk)


class ReturnSerializer(StrictSerializer):
    note = serializers.CharField(max_length=2000)


class DraftReturn(DraftAct):
    permission_classes = [holds(Right.REVIEW_RULES)]
    act = staticmethod(actions.return_draft)
    asked = ReturnSerializer

    @extend_schema(request=ReturnSerializer, responses=DraftSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return self.take(request, pk)


class DraftApprove(DraftAct):
    permission_classes = [holds(Right.REVIEW_RULES)]
    act = staticmethod(actions.approve_draft)

    @extend_schema(request=StrictSerializer, responses=DraftSerializer)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return self.take(request, pk)


def _drafts() -> QuerySet[RuleSet]:
    return RuleSet.objects.exclude(state=RuleSet.State.PUBLISHED)


def _draft(pk: int) -> RuleSet:
    return get_object_or_404(_drafts(), pk=pk)


def _rules(data: Any) -> Rules:
    """Raises ValidationError, which is 400, with the sentence of the first thing that is wrong."""
    try:
        return rule_file.parse(data)
    except Refused as refused:
        raise ValidationError({"rules": [refused.sentence]}) from None
