"""`manage.py people add EMAIL --name NAME --role ROLE [--department NAME]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from firm.actions import add_person, department_at, give_post, note_password_link
from firm.models import User
from firm.refusals import Refused
from firm.roles import Role
from firm.sign_in import password_link


class Command(BaseCommand):
    help = "Add a person with a post, or give one more post to a person who is there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        add = acts.add_parser("add", help="Add a person and print a one-time link for a password.")
        add.add_argument("email")
        add.add_argument("--name", required=True)
        add.add_argument("--role", required=True, choices=Role.values)
        add.add_argument("--department", default="", help="a path: 営業部/第一課")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.add(**options)
        except Refused as refused:
            raise CommandError(refused.sentence) from None

    @transaction.atomic
    def add(self, *, email: str, name: str, role: str, department: str, **options: Any) -> None:
        now = timezone.now()
        person = User.objects.filter(email=email.strip().lower()).first()
        is_new = person is None
        if person is None:
            person = add_person(name=name, email=email, by=None, now=now)
        give_post(
            person=person,
            role=role,
            department=department_at(path=department, by=None, now=now) if department else None,
            by=None,
            now=now,
        )
        self.stdout.write(f"{person.email}: {'added' if is_new else 'there already'}, {role}")
        if not person.has_usable_password():
            note_password_link(person=person, by=None, now=now)
            self.stdout.write(f"Set the password here, once: {password_link(person)}")
