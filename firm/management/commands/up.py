"""Runs everything in the foreground: database, broker, web, worker and beat."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from firm.embedded.lease import lease_on
from firm.embedded.places import Places
from firm.embedded.service import Service
from firm.models import User
from firm.running import deaf, processes
from firm.running.claim import AlreadyRunning, Claim, listen

STEP = 0.1  # seconds between two looks
NOBODY_YET = (
    "Nobody can sign in yet. In a second terminal:\n"
    "  export DATA={data} SITE_URL={address}\n"
    '  .venv/bin/python manage.py people add YOUR@ADDRESS --name "YOUR NAME" --role administrator'
)
READY_LIMIT = 120.0  # seconds until the first page has to answer


class Stopped(Exception):
    """Somebody asked us to stop before everything was running."""


class Command(BaseCommand):
    help = (
        "Runs everything in the foreground: the embedded PostgreSQL and Valkey, web, worker and "
        "beat. Migrates first and loads the demo firm on the first start. Environment: PORT, "
        "DATA, DEMO=0. Ctrl-C stops it all."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        port = int(os.environ.get("PORT") or 8000)
        self.address = f"http://127.0.0.1:{port}/"
        self.places = Places(settings.DATA)
        self.places.make()
        self.told_to_stop = False
        self.next_look = 0.0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.note_signal)
        try:
            self.claim = Claim(self.places.data, self.address)
            listener = listen(port)
        except AlreadyRunning as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(
                f"Port {port} can't be used ({error.strerror}): PORT={port + 1} make run"
            ) from None
        logs = self.places.logs
        self.services = [
            processes.web(logs, listener.fileno()),
            processes.worker(logs),
            processes.beat(logs),
        ]
        self.lease = None if self.has_own_servers() else lease_on(settings.DATA)
        try:
            self.prepare()
            self.start()
            while not self.told_to_stop:
                self.look_after(self.services)
                self.end_deaf_worker()
                time.sleep(STEP)
        except Stopped:
            pass
        finally:
            self.stop()

    def note_signal(self, number: int, frame: Any) -> None:
        self.told_to_stop = True

    def has_own_servers(self) -> bool:
        return bool(os.environ.get("DATABASE_URL") and os.environ.get("BROKER_URL"))

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def prepare(self) -> None:
        self.say(f"Data: {self.places.data}")
        if self.lease:
            self.lease.ensure()
        call_command("migrate", verbosity=0, skip_checks=True)
        connection.close()
        self.heed_stop()
        started_before = self.places.data / "started"
        if not started_before.exists():
            if settings.DEMO:
                self.say("Loading the demo firm …")
                if self.run("demo", "load"):
                    self.say("The demo firm could not be loaded; going on without it.")
            started_before.touch()

    def start(self) -> None:
        web, *background = self.services
        self.look_after([web])
        self.say(self.address)
        if settings.DEMO:
            call_command("demo", "logins", stdout=self.stdout)
        elif not User.objects.active().exists():
            self.say(NOBODY_YET.format(data=self.places.data, address=self.address.rstrip("/")))
        connection.close()
        self.wait_for("healthz", [web])  # the first page has the machine to itself
        self.look_after(background)
        self.wait_for("", self.services)
        self.say("ready")

    def wait_for(self, path: str, services: list[Service]) -> None:
        """Until the page answers with anything but an error of ours."""
        deadline = time.monotonic() + READY_LIMIT
        while not answers(self.address + path):
            if time.monotonic() > deadline:
                raise CommandError(f"No page after {READY_LIMIT:.0f} s; see {self.places.logs}")
            self.look_after(services)
            self.heed_stop()
            time.sleep(STEP)

    def look_after(self, services: list[Service]) -> None:
        """Restart what died, and the database's keeper with it. Notes the children's numbers."""
        before = [service.process for service in self.services]
        for service in services:
            message = service.tick()
            if message:
                self.say(message)
        if self.lease:
            self.lease.ensure()
        if before != [service.process for service in self.services]:
            self.claim.write(self.services)

    def end_deaf_worker(self) -> None:
        """One that hears nothing any more; `look_after` starts another."""
        if time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + deaf.LOOK_EVERY
        worker = self.services[1]
        if worker.life() < deaf.DEAF_AFTER.total_seconds():
            return
        try:
            is_deaf = deaf.is_deaf(now=timezone.now())
        except DatabaseError:
            return  # the database's own trouble; its keeper looks after it
        finally:
            connection.close()
        if is_deaf:
            self.say("worker hears nothing: another one takes its place")
            worker.kill()

    def run(self, *arguments: str) -> int:
        """A command of ours in a process of its own; it is ended when we are told to stop."""
        command = subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
            env=processes.environment("worker"),
        )
        while command.poll() is None:
            if self.told_to_stop:
                command.terminate()
                command.wait()
            time.sleep(STEP)
        self.heed_stop()
        return command.returncode

    def heed_stop(self) -> None:
        if self.told_to_stop:
            raise Stopped

    def stop(self) -> None:
        self.say("stopping …")
        for service in reversed(self.services):
            service.ask_to_stop()
        for service in self.services:
            service.wait_stopped()
        if self.lease:
            self.lease.release()
        self.say("stopped")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status < 500
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
