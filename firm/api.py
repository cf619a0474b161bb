"""What every endpoint under /api/v1 shares: reading bodies, paging, versions and refusals."""

import datetime
import hashlib
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ParseError, PermissionDenied
from rest_framework.pagination import BasePagination
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from firm import access, keyset
from firm.dates import EARLIEST, LATEST
from firm.refusals import Forbidden, Refused
from firm.roles import Right


class StrictSerializer(serializers.Serializer):
    """Refuses fields it does not know: a misspelt one must not be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError(
                {name: [_("There is no field of this name.")] for name in unknown}
            )
        return super().to_internal_value(data)


def body_of(request: Request, serializer: type[serializers.Serializer]) -> dict[str, Any]:
    """What the body says, by the serializer's fields; of an endpoint that takes nothing,
    StrictSerializer's none. Raises ValidationError, which is answered with 400.
    """
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


class DayField(serializers.DateField):
    """A day from EARLIEST to LATEST."""

    def to_internal_value(self, value: Any) -> datetime.date:
        day: datetime.date = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError(_("The day lies too far away."))
        return day


class MomentField(serializers.DateTimeField):
    """A moment of these days."""

    def to_internal_value(self, value: Any) -> datetime.datetime:
        try:
            moment: datetime.datetime = super().to_internal_value(value)
        except OverflowError:  # so early that no zone reaches it
            moment = datetime.datetime.min
        if not EARLIEST <= moment.date() <= LATEST:
            raise serializers.ValidationError(_("The day lies too far away."))
        return moment


def day_in(request: Request, name: str) -> datetime.date | None:
    """The day that a parameter of the address names; None where it is left out."""
    text = request.query_params.get(name, "")
    return DayField().run_validation(text) if text else None


class BrowserSessionScheme(SessionScheme):
    """How the API's description names our own session (firm/api_session.py)."""

    target_class = "firm.api_session.BrowserSession"
    priority = 0


def holds(right: Right) -> type[BasePermission]:
    """`permission_classes = [holds(Right.X)]`: people one of whose posts gives this right."""

    class Holds(BasePermission):
        def has_permission(self, request: Request, view: APIView) -> bool:
            return bool(request.user.is_authenticated) and access.scope(request).may(right)

    return Holds


class CursorPages(BasePagination):
    """`?after=` the cursor of the page before, `?limit=` up to 200; no totals.

    The view names its order in `sort`, one column, `-` in front for descending.
    """

    size = 50
    largest = 200

    def paginate_queryset(  # type: ignore[override]
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any]:
        self.request = request
        page = keyset.page_of(
            queryset,
            sort=view.sort,
            after=request.query_params.get("after", ""),
            size=self.limit_of(request),
        )
        self.after = page.after
        return page.rows

    def limit_of(self, request: Request) -> int:
        text = request.query_params.get("limit", "") or str(self.size)
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= self.largest):
            raise ParseError(_("`limit` is a number from 1 to %(most)s.") % {"most": self.largest})
        return int(text)

    def get_paginated_response(self, data: Any) -> Response:
        query = self.request.query_params.copy()
        query["after"] = self.after
        following = self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")
        return Response({"results": data, "next": following if self.after else None})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": "string", "nullable": True, "format": "uri"},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {"name": "after", "in": "query", "required": False, "schema": {"type": "string"}},
            {
                "name": "limit",
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 1, "maximum": self.largest},
            },
        ]


class ChangedMeanwhile(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(_("Somebody has changed this since you read it. Read it again first."))


def etag_of(data: Any) -> str:
    """The version of what an endpoint shows: the same data have the same tag."""
    return f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32]}"'


def check_if_match(request: Request, data: Any) -> None:
    """Raises ChangedMeanwhile where `If-Match` names another version than that of `data`."""
    wished = request.headers.get("If-Match", "")
    if wished and wished != "*" and etag_of(data) not in _tags(wished):
        raise ChangedMeanwhile


def versioned(request: Request, data: Any, *, status: int = 200) -> Response:
    """`data` with its ETag, or 304 where the reader has this version already."""
    etag = etag_of(data)
    if request.method == "GET" and etag in _tags(request.headers.get("If-None-Match", "")):
        return Response(status=304, headers={"ETag": etag})
    return Response(data, status=status, headers={"ETag": etag})


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def answer_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """A refusal is 409 with its sentence, 403 where a right is missing."""
    if isinstance(exc, Forbidden):
        exc = PermissionDenied(exc.sentence)
    elif isinstance(exc, Refused):
        return Response({"detail": exc.sentence}, status=status.HTTP_409_CONFLICT)
    return exception_handler(exc, context)
