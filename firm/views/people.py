"""People and posts: who is here, who may do what, and who may come in."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firm import queries
from firm.access import needs, reader
from firm.actions import (
    abolish_post,
    add_person,
    change_person,
    check_can_disable,
    check_can_end_post,
    department_at,
    disable_person,
    enable_person,
    end_post,
    give_post,
    note_password_link,
)
from firm.dates import today
from firm.forms import NewPersonForm, PersonForm, PostForm
from firm.models import Post, PostHolding, User
from firm.paging import page_of
from firm.refusals import refusal_in, refusal_of, refusal_told
from firm.roles import Right, Role
from firm.sign_in import password_link


@require_GET
@needs(Right.EDIT_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    wishes: dict[str, Any] = {
        "text": request.GET.get("q", ""),
        "role": request.GET.get("role", ""),
        "with_disabled": bool(request.GET.get("disabled")),
    }
    found = queries.people(on=today(), **wishes)
    rows, links = page_of(request, found, sort="name")
    context = {
        "people": rows,
        "count": found.count(),
        "roles": Role.choices,
        "vacant": queries.vacant_posts(on=today()),
        **links,
        **wishes,
    }
    return render(request, "firm/people.html", context)


@require_GET
@needs(Right.EDIT_PEOPLE)
def new_person(request: HttpRequest) -> HttpResponse:
    return render(request, "firm/new_person.html", {"form": NewPersonForm()})


@require_POST
@needs(Right.EDIT_PEOPLE)
def create_person(request: HttpRequest) -> HttpResponse:
    form = NewPersonForm(request.POST)
    if form.is_valid():
        with refusal_in(form):
            person = _create(request, form.cleaned_data)
            _hand_over_link(request, person)
            return redirect("firm:person", pk=person.pk)
    return render(request, "firm/new_person.html", {"form": form}, status=422)


@transaction.atomic
def _create(request: HttpRequest, values: dict[str, Any]) -> User:
    who = {field: values[field] for field in ["name", "name_kana", "email"]}
    person = add_person(**who, by=reader(request), now=timezone.now())
    _give(request, person, values)
    return person


def _give(request: HttpRequest, person: User, values: dict[str, Any]) -> None:
    now, by = timezone.now(), reader(request)
    department = values["department"]
    if values["new_department"]:
        department = department_at(path=values["new_department"], by=by, now=now)
    give_post(
        person=person,
        role=values["role"],
        department=department,
        title=values["title"],
        since=values["since"],
        by=by,
        now=now,
    )


def _hand_over_link(request: HttpRequest, person: User) -> None:
    """Shown on the next page once; whoever reads it can set the password."""
    note_password_link(person=person, by=reader(request), now=timezone.now())
    request.session["password_link"] = {"person": person.pk, "link": password_link(person)}


@require_GET
@needs(Right.EDIT_PEOPLE)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(User, pk=pk)
    return _person_page(request, shown, PersonForm(instance=copy(shown)), PostForm())


def _person_page(
    request: HttpRequest, shown: User, form: PersonForm, post_form: PostForm, status: int = 200
) -> HttpResponse:
    by, now = reader(request), timezone.now()
    link = request.session.pop("password_link", None)
    held = list(queries.holdings_of(shown, on=today()))
    context = {
        "shown": shown,
        "form": form,
        "post_form": post_form,
        "held": [
            (holding, refusal_of(check_can_end_post, holding=holding, by=by, now=now))
            for holding in held
        ],
        "former": queries.former_holdings_of(shown, on=today()),
        "cannot_disable": refusal_of(check_can_disable, person=shown, by=by, now=now),
        "password_link": link["link"] if link and link["person"] == shown.pk else "",
        "today": today(),
    }
    return render(request, "firm/person.html", context, status=status)


@require_POST
@needs(Right.EDIT_PEOPLE)
def save_person(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(User, pk=pk)
    form = PersonForm(request.POST, instance=copy(shown))
    if form.is_valid():
        change_person(person=shown, by=reader(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("firm:person", pk=pk)
    return _person_page(request, shown, form, PostForm(), status=422)


@require_POST
@needs(Right.EDIT_PEOPLE)
def add_post(request: HttpRequest, pk: int) -> HttpResponse:
    shown, form = get_object_or_404(User, pk=pk), PostForm(request.POST)
    if form.is_valid():
        with refusal_in(form):
            with transaction.atomic():
                _give(request, shown, form.cleaned_data)
            messages.success(request, _("The post is given."))
            return redirect("firm:person", pk=pk)
    return _person_page(request, shown, PersonForm(instance=copy(shown)), form, status=422)


@require_POST
@needs(Right.EDIT_PEOPLE)
def remove_post(request: HttpRequest, pk: int, holding: int) -> HttpResponse:
    held = get_object_or_404(PostHolding, pk=holding, person=pk)
    return _act(request, pk, _("The post has ended."), end_post, holding=held)


@require_POST
@needs(Right.EDIT_PEOPLE)
def abolish(request: HttpRequest, post: int) -> HttpResponse:
    """A vacant post of the list ends for good."""
    with refusal_told(request):
        ended = get_object_or_404(Post, pk=post)
        abolish_post(post=ended, by=reader(request), now=timezone.now())
        messages.success(request, _("The post is abolished."))
    return redirect("firm:people")


@require_POST
@needs(Right.EDIT_PEOPLE)
def disable(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(User, pk=pk)
    return _act(request, pk, _("Disabled. All sessions have ended."), disable_person, person=shown)


@require_POST
@needs(Right.EDIT_PEOPLE)
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(User, pk=pk)
    return _act(request, pk, _("Enabled. A new password is needed."), enable_person, person=shown)


@require_POST
@needs(Right.EDIT_PEOPLE)
def make_password_link(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(User, pk=pk)
    with refusal_told(request):
        _hand_over_link(request, shown)
    return redirect("firm:person", pk=pk)


def _act(request: HttpRequest, pk: int, done: str, action: Any, **kwargs: Any) -> HttpResponse:
    """One action of the person's page: back to it, with a sentence about what came of it."""
    with refusal_told(request):
        action(**kwargs, by=reader(request), now=timezone.now())
        messages.success(request, done)
    return redirect("firm:person", pk=pk)
