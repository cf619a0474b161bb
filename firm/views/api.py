"""/api/v1: people, me, runs."""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm.access import reader
from firm.actions import add_person, change_person
from firm.actions.preferences import change_preferences
from firm.api import StrictSerializer, body_of, check_if_match, holds, versioned
from firm.dates import today
from firm.idempotency import idempotent
from firm.models import JobRun, PostHolding, User
from firm.roles import Right
from firm.wording import error_text


class PostSerializer(serializers.Serializer):
    role = serializers.CharField(source="post.role")
    title = serializers.CharField(source="post.title")
    department = serializers.SerializerMethodField()
    held_from = serializers.DateField()

    def get_department(self, holding: PostHolding) -> str:
        return holding.post.department.path if holding.post.department else ""


class PersonSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    name_kana = serializers.CharField()
    email = serializers.EmailField(allow_null=True)
    is_active = serializers.BooleanField()
    posts = PostSerializer(source="holdings_today", many=True)


class NewPersonSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    name_kana = serializers.CharField(max_length=80, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254)


class PersonChangeSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80, required=False)
    name_kana = serializers.CharField(max_length=80, required=False, allow_blank=True)
    cost_grade = serializers.CharField(max_length=40, required=False, allow_blank=True)


class PreferencesSerializer(StrictSerializer):
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    theme = serializers.ChoiceField(User.Theme.choices, required=False)
    money_unit = serializers.ChoiceField(User.MoneyUnit.choices, required=False)


class MeSerializer(PersonSerializer):
    language = serializers.CharField()
    time_zone = serializers.CharField()
    theme = serializers.CharField()
    money_unit = serializers.CharField()


class RunSerializer(serializers.ModelSerializer):
    error = serializers.SerializerMethodField()

    class Meta:
        model = JobRun
        fields = [
            "id",
            "kind",
            "key",
            "business_date",
            "state",
            "attempt",
            "progress_done",
            "progress_total",
            "created_at",
            "started_at",
            "finished_at",
            "error",
        ]

    def get_error(self, run: JobRun) -> str:
        return error_text(run.error)


def _people() -> QuerySet[User]:
    held = PostHolding.objects.on(today()).select_related("post__department__parent__parent")
    return User.objects.prefetch_related(
        Prefetch("holdings", held.order_by("pk"), to_attr="holdings_today")
    )


class People(ListAPIView):
    """Everybody of the firm; POST adds a person, who has no post and no password yet."""

    permission_classes = [holds(Right.EDIT_PEOPLE)]
    serializer_class = PersonSerializer
    sort = "name"

    def get_queryset(self) -> QuerySet[User]:
        return _people()

    @extend_schema(request=NewPersonSerializer, responses={201: PersonSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        body = body_of(request, NewPersonSerializer)
        person = add_person(**body, by=reader(request), now=timezone.now())
        return versioned(request, PersonSerializer(_people().get(pk=person.pk)).data, status=201)


class Person(APIView):
    """One person; PATCH takes `If-Match`."""

    permission_classes = [holds(Right.EDIT_PEOPLE)]

    @extend_schema(responses=PersonSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return versioned(request, PersonSerializer(get_object_or_404(_people(), pk=pk)).data)

    @extend_schema(request=PersonChangeSerializer, responses=PersonSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(_people(), pk=pk)
        check_if_match(request, PersonSerializer(person).data)
        body = body_of(request, PersonChangeSerializer)
        change_person(person=person, by=reader(request), now=timezone.now(), **body)
        return versioned(request, PersonSerializer(_people().get(pk=pk)).data)


class Me(APIView):
    """Who is asking, and how they like to see the product."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return versioned(request, self._data(request))

    @extend_schema(request=PreferencesSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        check_if_match(request, self._data(request))
        body = body_of(request, PreferencesSerializer)
        change_preferences(user=reader(request), **body)
        return versioned(request, self._data(request))

    def _data(self, request: Request) -> dict[str, Any]:
        return dict(MeSerializer(_people().get(pk=reader(request).pk)).data)


class Runs(ListAPIView):
    """Background jobs, the latest first; without their counts, which may hold sums of money."""

    permission_classes = [holds(Right.READ_RUNS)]
    serializer_class = RunSerializer
    queryset = JobRun.objects.all()
    sort = "-created_at"


class Run(APIView):
    permission_classes = [holds(Right.READ_RUNS)]

    @extend_schema(responses=RunSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return versioned(request, RunSerializer(get_object_or_404(JobRun, pk=pk)).data)
