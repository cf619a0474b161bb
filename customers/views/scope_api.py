"""/api/v1: what a customer has used of the contracts, and the scope check."""

import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.actions.scope import SAID, record_inquiry
from customers.consumption.report import report_of
from customers.models import Channel, Contact, Customer, ScopeInquiry
from customers.reach import customer_of
from customers.scope.judging import Answer, Fact, advice_for, judge
from customers.scope.question import Question
from customers.scope.sentences import replies_for
from customers.scope.words import headline, label_of, words_of
from firm import access
from firm.api import MomentField, StrictSerializer, body_of, day_in, versioned
from firm.dates import firm_date, today
from firm.idempotency import idempotent
from firm.roles import Right

AS_OF = OpenApiParameter("as_of", datetime.date, description="today where it is left out")


class HoursSerializer(serializers.Serializer):
    """Minutes of a month; `included` = own + extended + carried − owed, at least 0."""

    month = serializers.DateField()
    has_terms = serializers.BooleanField()
    used = serializers.IntegerField(help_text="on days on which an hours term is in force")
    elsewhere = serializers.IntegerField(help_text="on the other days")
    own = serializers.IntegerField()
    extended = serializers.IntegerField()
    carried = serializers.IntegerField()
    owed = serializers.IntegerField()
    included = serializers.IntegerField()
    left = serializers.IntegerField()
    beyond = serializers.IntegerField()
    forecast = serializers.IntegerField(allow_null=True)


class CountSerializer(serializers.Serializer):
    kind = serializers.CharField()
    name = serializers.CharField(source="label")
    start = serializers.DateField()
    end = serializers.DateField(help_text="the first day after the period")
    included = serializers.IntegerField()
    used = serializers.IntegerField()
    left = serializers.IntegerField()
    beyond = serializers.IntegerField()


class OutsideSerializer(serializers.Serializer):
    """A day's minutes; days within the tolerance are left out."""

    day = serializers.DateField()
    outside = serializers.IntegerField()
    holiday = serializers.IntegerField()


class ContactsSerializer(serializers.Serializer):
    days = serializers.IntegerField()
    by_customer = serializers.IntegerField()
    by_us = serializers.IntegerField()
    most = serializers.IntegerField(allow_null=True)
    beyond = serializers.IntegerField()


class ChannelSerializer(serializers.Serializer):
    channel = serializers.CharField()
    times = serializers.IntegerField(help_text="in 28 days")


class ConsumptionSerializer(serializers.Serializer):
    as_of = serializers.DateField(source="on")
    months = HoursSerializer(many=True, help_text="the latest first")
    counts = CountSerializer(many=True)
    outside_hours = OutsideSerializer(source="outside", many=True, help_text="of this month")
    contacts = ContactsSerializer(many=True)
    channels_outside = ChannelSerializer(source="channels", many=True)


class QuestionSerializer(StrictSerializer):
    """What is asked; `starts_at` says when it would be done, by default today at no time."""

    request = serializers.CharField(max_length=500, default="", allow_blank=True)
    work_item = serializers.CharField(max_length=80, default="", allow_blank=True)
    channel = serializers.ChoiceField(Channel.choices, default="", allow_blank=True)
    starts_at = MomentField(default=None, allow_null=True)
    minutes = serializers.IntegerField(
        min_value=1, max_value=24 * 60, default=None, allow_null=True
    )
    is_incident = serializers.BooleanField(default=False)
    contact = serializers.IntegerField(min_value=1, default=None, allow_null=True)


class InquirySerializer(QuestionSerializer):
    outcome = serializers.ChoiceField([(code, code) for code in SAID])


class KeptSerializer(serializers.ModelSerializer):
    class Meta:
        model = ScopeInquiry
        fields = ["id", "asked_at", "request", "work_item", "channel", "contact", "minutes",
                  "verdict", "reasons", "outcome"]  # fmt: skip


class FactSerializer(serializers.Serializer):
    """`tone` is `over` where it is beyond what is agreed, `warn` where it is to be minded. Which
    keys `data` has depends on the code.
    """

    code = serializers.CharField()
    tone = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]
    source = serializers.CharField()  # type: ignore[assignment]
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    words = serializers.SerializerMethodField()

    def get_label(self, fact: Fact) -> str:
        return label_of(fact)

    def get_words(self, fact: Fact) -> str:
        return words_of(fact)


class AdviceSerializer(serializers.Serializer):
    """What else might help; `tone` as of a fact."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    words = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    tone = serializers.CharField()


class ReplySerializer(serializers.Serializer):
    """Something to say to the customer."""

    code = serializers.CharField()
    language = serializers.CharField()
    text = serializers.CharField()


class AnswerSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(ScopeInquiry.Verdict.choices)
    words = serializers.CharField()
    facts = FactSerializer(many=True)
    advice = AdviceSerializer(many=True)
    price = serializers.DecimalField(
        max_digits=None, decimal_places=None, allow_null=True, help_text="net; needs `price`"
    )
    replies = ReplySerializer(many=True)


class CustomerConsumption(APIView):
    """What is used as of a day: months, counts, times, contacts, channels."""

    @extend_schema(parameters=[AS_OF], responses=ConsumptionSerializer)
    def get(self, request: Request, pk: int) -> Response:
        customer = customer_of(request, pk)
        on = day_in(request, "as_of") or today()
        return versioned(request, ConsumptionSerializer(report_of(customer.pk, on=on)).data)


class ScopeCheck(APIView):
    """Is it in scope? Nothing is kept of it."""

    @extend_schema(request=QuestionSerializer, responses=AnswerSerializer)
    def post(self, request: Request, pk: int) -> Response:
        customer = customer_of(request, pk, may=Right.RECORD_WORK)
        body = body_of(request, QuestionSerializer)
        answer = judge(customer, _question(customer, body))
        return Response(_shown(request, answer))


class ScopeInquiries(APIView):
    """The scope checks kept of a customer, the latest 50; POST keeps one with its outcome."""

    @extend_schema(responses=KeptSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        rows = customer_of(request, pk).scope_inquiries.order_by("-asked_at", "-pk")[:50]
        return versioned(request, KeptSerializer(rows, many=True).data)

    @extend_schema(request=InquirySerializer, responses={201: KeptSerializer})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        customer = customer_of(request, pk, may=Right.RECORD_WORK)
        data = body_of(request, InquirySerializer)
        inquiry = record_inquiry(
            customer=customer,
            outcome=data.pop("outcome"),
            question=_question(customer, data),
            by=access.reader(request),
            now=timezone.now(),
        )
        return Response(KeptSerializer(inquiry).data, status=201)


def _question(customer: Customer, data: dict[str, Any]) -> Question:
    starts_at, contact = data["starts_at"], data["contact"]
    if starts_at is not None:
        starts_at = starts_at.replace(second=0, microsecond=0)
    return Question(
        on=firm_date(starts_at) if starts_at else today(),
        request=data["request"],
        work_item=data["work_item"],
        channel=data["channel"],
        starts_at=starts_at,
        minutes=data["minutes"],
        is_incident=data["is_incident"],
        contact=Contact.objects.filter(customer=customer, pk=contact).first() if contact else None,
    )


def _shown(request: Request, answer: Answer) -> Any:
    question, may_see_price = answer.question, access.scope(request).may(Right.PRICE)
    advice = advice_for(answer.customer, on=question.on, minutes=question.minutes)
    data = {
        "verdict": answer.verdict,
        "words": headline(answer.verdict, answer.facts),
        "facts": answer.facts,
        "advice": [] if answer.is_fine else advice,
        "price": answer.price if may_see_price else None,
        "replies": replies_for(answer, with_price=may_see_price),
    }
    return AnswerSerializer(data).data
