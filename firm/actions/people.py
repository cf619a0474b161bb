"""People, their posts, and whether they may come in."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.authtoken.models import Token

from firm import audit
from firm.dates import firm_date
from firm.models import Department, Firm, Post, PostHolding, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right, Role
from firm.scope import scope_of

CHANGEABLE = frozenset({"name", "name_kana", "superior", "cost_grade"})


def check_can_edit_people(*, by: User | None, now: datetime.datetime) -> None:
    """`by=None` is the system: the command line, or an import."""
    if by is not None and not scope_of(by, on=firm_date(now)).may(Right.EDIT_PEOPLE):
        raise Forbidden(_("Only an administrator may change people and posts."))


@transaction.atomic
def add_person(
    *,
    name: str,
    email: str | None,
    by: User | None,
    now: datetime.datetime,
    name_kana: str = "",
    cost_grade: str = "",
    is_active: bool = True,
) -> User:
    """A person without a post and without a password. Without an address nobody can sign in.

    Raises Refused where the address is taken or is none.
    """
    check_can_edit_people(by=by, now=now)
    address = (email or "").strip().lower() or None
    _check_address(address)
    person = User(
        name=name.strip(),
        name_kana=name_kana.strip(),
        email=address,
        cost_grade=cost_grade,
        is_active=is_active,
        date_joined=now,
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        taken = _("There is already a person with the address %(email)s.")
        raise Refused(taken % {"email": address}) from None
    audit.record("person_added", by=by, now=now, subject=person)
    return person


def _check_address(address: str | None) -> None:
    if address is None:
        return
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(_("“%(email)s” is not an e-mail address.") % {"email": address}) from None


@transaction.atomic
def change_person(
    *, person: User, by: User | None, now: datetime.datetime, **values: Any
) -> list[str]:
    """Set some of CHANGEABLE; returns the names of those that were different."""
    assert values.keys() <= CHANGEABLE
    check_can_edit_people(by=by, now=now)
    person = User.objects.select_for_update().get(pk=person.pk)
    changed = sorted(field for field in values if getattr(person, field) != values[field])
    superior = values.get("superior")
    if superior is not None and superior.pk == person.pk:
        raise Refused(_("Nobody is their own superior."))
    if changed:
        for field in changed:
            setattr(person, field, values[field])
        person.save(update_fields=changed)
        audit.record("person_changed", by=by, now=now, subject=person, fields=changed)
    return changed


def department_at(*, path: str, by: User | None, now: datetime.datetime) -> Department:
    """The department `営業部/第一課`, created where it is missing, with those above it."""
    check_can_edit_people(by=by, now=now)
    department = None
    names = [name.strip() for name in path.split("/") if name.strip()]
    if not names:
        raise Refused(_("A department needs a name."))
    for name in names:
        department, created = Department.objects.get_or_create(name=name, parent=department)
        if created:
            audit.record("department_added", by=by, now=now, subject=department)
    assert department is not None
    return department


@transaction.atomic
def give_post(
    *,
    person: User,
    role: str,
    by: User | None,
    now: datetime.datetime,
    department: Department | None = None,
    title: str = "",
    since: datetime.date | None = None,
) -> PostHolding:
    """Let a person hold a post from `since` (today) on: a vacant one like this, or a new one.

    Whoever holds such a post already keeps it, and nothing is written.
    """
    check_can_edit_people(by=by, now=now)
    since = since or firm_date(now)
    User.objects.select_for_update().get(pk=person.pk)
    alike = Q(post__role=role, post__department=department)
    held = PostHolding.objects.on(since).filter(alike, person=person).first()
    if held is not None:
        return held
    holding = PostHolding.objects.create(
        person=person,
        post=_vacant_post(role=Role(role), department=department, title=title, on=since)
        or Post.objects.create(role=role, department=department, title=title),
        held_from=since,
    )
    audit.record("post_given", by=by, now=now, subject=person, post=holding.post_id, role=role)
    return holding


def _vacant_post(
    *, role: Role, department: Department | None, title: str, on: datetime.date
) -> Post | None:
    taken = PostHolding.objects.filter(Q(held_until__isnull=True) | Q(held_until__gt=on))
    return (
        Post.objects.select_for_update()
        .filter(role=role, department=department, title=title, ended_on__isnull=True)
        .exclude(pk__in=taken.values("post"))
        .first()
    )


def check_can_end_post(*, holding: PostHolding, by: User | None, now: datetime.datetime) -> None:
    check_can_edit_people(by=by, now=now)
    if holding.held_until is not None and holding.held_until <= firm_date(now):
        raise Refused(_("This post has already ended."))
    if holding.post.role == Role.ADMINISTRATOR:
        _check_administrator_remains(without=holding.person, now=now)


@transaction.atomic
def end_post(*, holding: PostHolding, by: User | None, now: datetime.datetime) -> None:
    """From today on the person no longer holds the post; it stays, vacant.

    A holding that began today or later is left with no day at all.
    """
    _lock_people()
    holding = PostHolding.objects.select_related("post", "person").get(pk=holding.pk)
    check_can_end_post(holding=holding, by=by, now=now)
    holding.held_until = max(firm_date(now), holding.held_from)
    holding.save(update_fields=["held_until"])
    audit.record(
        "post_ended",
        by=by,
        now=now,
        subject=holding.person,
        post=holding.post_id,
        role=holding.post.role,
    )


def check_can_abolish_post(*, post: Post, by: User | None, now: datetime.datetime) -> None:
    """A post that somebody holds, or is going to hold, is given up by that person first."""
    check_can_edit_people(by=by, now=now)
    if post.ended_on is not None:
        raise Refused(_("This post no longer exists."))
    today = firm_date(now)
    holding = (
        PostHolding.objects.filter(Q(held_until__isnull=True) | Q(held_until__gt=today), post=post)
        .select_related("person")
        .first()
    )
    if holding is not None:
        held = _("%(name)s holds this post. End that on the person's page first.")
        raise Refused(held % {"name": holding.person.name})


@transaction.atomic
def abolish_post(*, post: Post, by: User | None, now: datetime.datetime) -> None:
    """From today on there is no such post: nobody is offered it, and it is not vacant either."""
    post = Post.objects.select_for_update().get(pk=post.pk)
    check_can_abolish_post(post=post, by=by, now=now)
    post.ended_on = firm_date(now)
    post.save(update_fields=["ended_on"])
    audit.record("post_abolished", by=by, now=now, subject=post, role=post.role)


def check_can_disable(*, person: User, by: User | None, now: datetime.datetime) -> None:
    check_can_edit_people(by=by, now=now)
    if by is not None and by.pk == person.pk:
        raise Refused(_("You cannot disable yourself. Ask another administrator."))
    _check_administrator_remains(without=person, now=now)


@transaction.atomic
def disable_person(*, person: User, by: User | None, now: datetime.datetime) -> None:
    """The person is out at once: sessions and tokens end with this commit. The posts stay."""
    _lock_people()
    person = User.objects.get(pk=person.pk)
    check_can_disable(person=person, by=by, now=now)
    if not person.is_active:
        return
    person.is_active = False
    person.save(update_fields=["is_active"])
    Token.objects.filter(user=person).delete()
    audit.record("person_disabled", by=by, now=now, subject=person)


@transaction.atomic
def enable_person(*, person: User, by: User | None, now: datetime.datetime) -> None:
    """The person may come in again, by a new password: what was open before stays closed."""
    check_can_edit_people(by=by, now=now)
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.is_active:
        return
    person.is_active = True
    person.set_unusable_password()
    person.save(update_fields=["is_active", "password"])
    audit.record("person_enabled", by=by, now=now, subject=person)


@transaction.atomic
def note_password_link(*, person: User, by: User | None, now: datetime.datetime) -> None:
    """Write down that somebody was handed the link with which this person's password is set."""
    check_can_edit_people(by=by, now=now)
    if not person.is_active or not person.email:
        closed_out = _("%(name)s cannot sign in: disabled, or without an address.")
        raise Refused(closed_out % {"name": person.name})
    audit.record("password_link_made", by=by, now=now, subject=person)


def _check_administrator_remains(*, without: User, now: datetime.datetime) -> None:
    """Raises Refused where nobody else could change people any more."""
    administrators = PostHolding.objects.on(firm_date(now)).filter(
        post__role=Role.ADMINISTRATOR, person__is_active=True
    )
    if (
        administrators.filter(person=without).exists()
        and not administrators.exclude(person=without).exists()
    ):
        last_one = _("%(name)s is the only administrator. Name another one first.")
        raise Refused(last_one % {"name": without.name})


def _lock_people() -> None:
    """One at a time, so that two administrators cannot put each other out at once."""
    Firm.objects.select_for_update().get(pk=1)
