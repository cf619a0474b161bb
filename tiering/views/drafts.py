"""A draft of the tier rules: its editor with the words beside it, and what changes it."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firm import access, screen_share
from firm.dates import today
from firm.refusals import refusal_of
from firm.roles import Right
from tiering import actions, checks, differences, proposal, rule_file, rule_words
from tiering.models import RuleSet
from tiering.rules_form import RulesForm, with_criterion, with_cuts, with_row, without_row
from tiering.version_rows import load
from tiering.versions import Status, status_of


@require_POST
@access.needs(Right.EDIT_RULES)
def new(request: HttpRequest) -> HttpResponse:
    """From the published version `of`, else from the one in force, else from the default set."""
    by, now = access.reader(request), timezone.now()
    number = request.POST.get("of", "")
    of: RuleSet | None
    if number:
        of = get_object_or_404(RuleSet, state=RuleSet.State.PUBLISHED, number=_number(number))
    else:
        of = RuleSet.objects.in_force(today())
    draft = (
        actions.clone_draft(of=of, by=by, now=now) if of else actions.begin_draft(by=by, now=now)
    )
    return redirect("tiering:draft", pk=draft.pk)


@require_GET
@access.needs(Right.REVIEW_RULES)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor for people who may edit; for reading while it is reviewed, and for others."""
    if screen_share.is_on(request):
        return redirect("tiering:rules")
    found, active = _with_active(pk)
    if refusal_of(
        actions.check_can_edit_draft, draft=found, by=access.reader(request), now=timezone.now()
    ):
        return render(request, "tiering/draft_review.html", _for_review(request, found, active))
    return _editor(request, found, active, RulesForm(rule_file.as_data(found)))


@require_POST
@access.needs(Right.EDIT_RULES)
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """`act` is save, or one of what only shows the form anew: check, add, fill, more, remove-2."""
    found, active = _with_active(pk)
    act = request.POST.get("act", "save")
    if act not in ("save", "check"):
        return _editor(request, found, active, _rearranged(found, request.POST, act))
    form = RulesForm(rule_file.as_data(found), request.POST)
    if form.rules is None or act == "check":
        return _editor(request, found, active, form, status=422 if form.rules is None else 200)
    try:
        actions.save_draft(
            draft=found,
            rules=form.rules,
            by=access.reader(request),
            now=timezone.now(),
            expected_version=_number(request.POST.get("revision", "")),
        )
    except actions.Overtaken as overtaken:
        form.others.append(overtaken.sentence)
        return _editor(request, found, active, form, status=409)
    messages.success(request, _("The draft is saved."))
    return redirect("tiering:draft", pk=pk)


@require_POST
@access.needs(Right.EDIT_RULES)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The words beside the form and the sentences at its fields, while somebody types."""
    found, active = _with_active(pk)
    form = RulesForm(rule_file.as_data(found), request.POST)
    context = _words(request, found, active, form) | {"is_live": True}
    return render(request, "tiering/draft.html#words", context)


@require_POST
@access.needs(Right.EDIT_RULES)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    actions.discard_draft(draft=_unpublished(pk), by=access.reader(request), now=timezone.now())
    messages.success(request, _("The draft is gone."))
    return redirect("tiering:rules")


def _editor(
    request: HttpRequest,
    found: RuleSet,
    active: RuleSet | None,
    form: RulesForm,
    *,
    status: int = 200,
) -> HttpResponse:
    by, now = access.reader(request), timezone.now()
    context: dict[str, Any] = {
        "draft": found,
        "status": Status(status_of(found, on=today())).label,
        "cannot_submit": refusal_of(actions.check_can_submit, draft=found, by=by, now=now),
        "cuts": proposal.cuts(form.count - 1),
        **_words(request, found, active, form),
    }
    return render(request, "tiering/draft.html", context, status=status)


def _words(
    request: HttpRequest, found: RuleSet, active: RuleSet | None, form: RulesForm
) -> dict[str, Any]:
    """Of what the form says; of the draft as it is saved where the form is not filled in."""
    rules = form.rules if form.terms.is_bound else rule_file.parse(form.base)
    context: dict[str, Any] = {"draft": found, "form": form, "active": active}
    if rules is None:
        return context
    unit = access.reader(request).money_unit
    return context | {
        "steps": rule_words.steps(rules, unit=unit),
        "terms": rule_words.terms(rules),
        "difference": differences.of_rules(differences.rules_of(active), rules) if active else None,
        "problems": checks.problems(found),
    }


def _for_review(request: HttpRequest, found: RuleSet, active: RuleSet | None) -> dict[str, Any]:
    by, now = access.reader(request), timezone.now()
    rules = differences.rules_of(found)
    return {
        "draft": found,
        "status": Status(status_of(found, on=today())).label,
        "active": active,
        "steps": rule_words.steps(rules, unit=by.money_unit),
        "terms": rule_words.terms(rules),
        "difference": differences.between(active, found) if active else None,
        "cannot_review": refusal_of(actions.check_can_review, draft=found, by=by, now=now),
        "preview": found.previews.filter(left_at__isnull=True).order_by("-pk").first(),
        "may_edit": access.scope(request).may(Right.EDIT_RULES),
    }


def _with_active(pk: int) -> tuple[RuleSet, RuleSet | None]:
    """The draft beside the version in force; the rows of both are asked for together."""
    in_force = RuleSet.objects.on(today()).values("pk")
    rows = _with_people().filter(Q(pk=pk) & ~Q(state=RuleSet.State.PUBLISHED) | Q(pk__in=in_force))
    both = {row.pk: row for row in rows}
    found = both.pop(pk, None)
    if found is None or found.state == RuleSet.State.PUBLISHED:
        raise Http404
    active = next(iter(both.values()), None)
    load(found, active)
    return found, active


def _rearranged(found: RuleSet, values: QueryDict, act: str) -> RulesForm:
    shown: dict[str, Any] = dict(values.items())
    if act == "add":
        shown = with_row(values)
    elif act == "fill":
        shown = with_cuts(values)
    elif act == "more":
        shown = with_criterion(values)
    elif act.startswith("remove-"):
        shown = without_row(values, _number(act.removeprefix("remove-")))
    return RulesForm(rule_file.as_data(found), shown=shown)


def _unpublished(pk: int) -> RuleSet:
    return get_object_or_404(_with_people().exclude(state=RuleSet.State.PUBLISHED), pk=pk)


def _with_people() -> QuerySet[RuleSet]:
    return RuleSet.objects.select_related(
        "created_by", "submitted_by", "approved_by", "returned_by"
    )


def _number(text: str) -> int:
    """-1, which is nothing's number, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
