"""The audit trail, searched and in order."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from firm import audit_chain, queries, screen_share
from firm.access import needs
from firm.forms import AuditSearchForm
from firm.models import AuditEvent
from firm.paging import page_of
from firm.roles import Right
from firm.wording import audit_text, subject_text


@require_GET
@needs(Right.READ_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    form = AuditSearchForm(request.GET)
    found = queries.audit_events(**form.wishes())
    rows, links = page_of(request, found, sort="-at")
    # Others who look at the screen are not to read which customers there are.
    is_shared = screen_share.is_on(request)
    names = {} if is_shared else queries.subject_names(rows)
    context: dict[str, Any] = {
        "form": form,
        "rows": [_row(event, names) for event in rows],
        **links,
        "is_searched": any(form.wishes().values()),
        "head": next(reversed(audit_chain.noted_heads()), None),
    }
    return render(request, "firm/audit.html", context)


def _row(event: AuditEvent, names: dict[tuple[str, int | None], str]) -> dict[str, Any]:
    kind, pk = event.subject_kind, event.subject_id
    return {
        "event": event,
        "words": audit_text(event.code, event.data),
        "subject": subject_text(kind, pk, names.get((kind, pk), "")),
    }
