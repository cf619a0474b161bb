"""`Idempotency-Key`: a POST sent twice takes effect once and is answered twice alike."""

import datetime
import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from firm.access import reader
from firm.models import KeptAnswer, User

KEPT_FOR = datetime.timedelta(hours=48)
LONGEST_KEY = 200

Handler = Callable[..., Response]


class KeyReused(APIException):
    status_code = 422
    default_code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key came with another request before."))


def idempotent(handler: Handler) -> Handler:
    """For the `post` of an APIView. Without the header the request is handled as usual.

    Key, effect and answer are one transaction: a second request with the key waits until the
    first has ended. A request that was refused leaves the key free.
    """

    @wraps(handler)
    def answered(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return handler(view, request, *args, **kwargs)
        if len(key) > LONGEST_KEY:
            raise ParseError(_("An Idempotency-Key has at most 200 characters."))
        person, fingerprint = reader(request), _fingerprint(request)
        with transaction.atomic():
            kept, is_new = _claim(
                person=person, key=key, fingerprint=fingerprint, now=timezone.now()
            )
            if is_new:
                return _keep(kept, handler(view, request, *args, **kwargs))
            return Response(kept.body, status=kept.status)

    return answered


def sweep(*, now: datetime.datetime) -> int:
    """Forget what is older than 48 hours. Returns how many answers that were."""
    return KeptAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def _claim(
    *, person: User, key: str, fingerprint: str, now: datetime.datetime
) -> tuple[KeptAnswer, bool]:
    KeptAnswer.objects.filter(person=person, key=key, created_at__lt=now - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return (
                KeptAnswer.objects.create(
                    person=person, key=key, fingerprint=fingerprint, created_at=now
                ),
                True,
            )
    except IntegrityError:
        kept = KeptAnswer.objects.get(person=person, key=key)
    if kept.fingerprint != fingerprint:
        raise KeyReused
    return kept, False


def _keep(kept: KeptAnswer, response: Response) -> Response:
    kept.status = response.status_code
    kept.body = json.loads(JSONRenderer().render(response.data) or b"null")
    kept.save(update_fields=["status", "body"])
    return response


def _fingerprint(request: Request) -> str:
    """The same for the same JSON, whatever the order of its keys."""
    body = json.dumps(request.data, sort_keys=True, default=str)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()
