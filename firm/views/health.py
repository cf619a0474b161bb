"""For load balancers and monitoring: numbers and names of parts, nothing about the firm."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from firm import health
from firm.access import public

log = logging.getLogger(__name__)


@public
@require_GET
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; what it depends on is readyz's business."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_GET
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    checks = health.readiness(now=timezone.now())
    ready = health.is_ready(checks)
    body = {check.name: "ok" if check.is_well else check.note for check in checks}
    if not ready:
        log.warning("Not ready: %s", body)
    return JsonResponse({"ready": ready, **body}, status=200 if ready else 503)


@public
@require_GET
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """One figure a line, in the text format that Prometheus reads."""
    lines = [f"{name} {value:g}\n" for name, value in health.metrics(now=timezone.now()).items()]
    return HttpResponse("".join(lines), content_type="text/plain; version=0.0.4")
