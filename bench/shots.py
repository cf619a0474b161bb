"""`make shots`: every page in both languages, both themes and both widths, into var/shots/.

Starts a server of its own over a temporary demo firm and looks at each page as one of the demo's
people. It fails where axe finds something, where the console has an error (a refused script or
style of the content security policy is one), and where a page is wider than the window. An
address with arguments that `samples` has nothing for stops it.

    .venv/bin/python -m bench.shots [--only NAME] [--quick]
"""

import argparse
import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "var" / "shots"
LANGUAGES = {"ja": "ja-JP", "en": "en-US"}
THEMES = ("light", "dark")
WIDTHS = {1440: 900, 390: 844}
NAMESPACES = ("firm", "customers", "tiering", "escalation")
# The first of these whose post may open a page shows it.
ROLES = ("executive", "administrator", "back_office")
OPEN_PAGES = {
    "sign-in": "/account/login/",
    "password-reset": "/account/password/reset/",
    "password-reset-done": "/account/password/reset/done/",
    "password-link-old": "/account/password/reset/key/1-none/",
    "sign-up-closed": "/account/signup/",
    "first": "/",
}
OWN_PAGES = {
    "two-step": "/account/2fa/",
    "password": "/account/password/change/",
    "sign-out": "/account/logout/",
    "not-found": "/nowhere/",
}


@dataclass(frozen=True)
class Shot:
    """A page to look at. `session` is the cookie of the person who looks, "" for nobody."""

    name: str
    path: str
    person_id: int = 0
    session: str = ""
    status: int = 200


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def load_demo_firm() -> None:
    """A temporary DATA with the demo firm in it, which this process and its children share."""
    data = tempfile.mkdtemp(prefix="merihari-shots-")
    # Registered before the first use of the servers, hence run after these have stopped.
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    os.environ.update(DATA=data, DEBUG="0", DJANGO_SETTINGS_MODULE="config.settings")
    for name in ("DATABASE_URL", "BROKER_URL"):
        os.environ[name] = ""
    for command in (["migrate"], ["demo", "load"], ["collectstatic", "--noinput"]):
        _manage(*command)


def _manage(*arguments: str) -> None:
    subprocess.run([sys.executable, ROOT / "manage.py", *arguments, "-v0"], cwd=ROOT, check=True)


@contextmanager
def server() -> Iterator[str]:
    """The product's own web process; no worker is needed to look at pages."""
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    command = [
        "gunicorn",
        "config.wsgi",
        "-b",
        f"127.0.0.1:{port}",
        "-k",
        "gthread",
        "--threads",
        "4",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--log-level", "warning"],
        cwd=ROOT,
        env={**os.environ, "SITE_URL": base},
    )
    try:
        _wait_for(base)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait_for(base: str) -> None:
    for _attempt in range(150):
        try:
            urllib.request.urlopen(f"{base}/account/login/", timeout=5)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The server does not answer.")


def samples() -> dict[str, Any]:
    """What an address with arguments is tried with, by how the address begins."""
    from customers.models import (
        Activity,
        Contract,
        ContractRevision,
        Customer,
        Goal,
        Import,
        Investment,
    )
    from firm.models import CostRate, JobRun, Premium, User, WorkCalendar
    from tiering.models import BenefitUse, Finding, Override, RuleSet

    draft, preview = a_draft_with_its_preview()
    return {
        "rules/": RuleSet.objects.get(number=1),
        "rules/overrides": Override.objects.order_by("-pk").first(),
        "rules/drafts": draft,
        "rules/previews": preview,
        "benefit-uses": BenefitUse.objects.order_by("pk").first(),
        "contracts": Contract.objects.order_by("pk").first(),
        "revisions": ContractRevision.objects.order_by("pk").first(),
        "customers": Customer.objects.order_by("pk").first(),
        "findings": Finding.objects.live().order_by("-loss").first(),
        "goals": Goal.objects.order_by("pk").first(),
        "investments": Investment.objects.filter(state="open").order_by("pk").first(),
        "log": Activity.objects.filter(favor__isnull=False).order_by("pk").first(),
        "people": User.objects.order_by("pk").first(),
        "imports": Import.objects.order_by("-pk").first(),
        "runs": JobRun.objects.filter(kind="nightly").order_by("-created_at").first(),
        "calendar": WorkCalendar.objects.order_by("pk").first(),
        "cost-rates/": CostRate.objects.order_by("pk").first(),
        "cost-rates/premiums": Premium.objects.order_by("pk").first(),
    }


def sample_for(address: str, found: dict[str, Any]) -> Any:
    """The one of the longest beginning that the address has."""
    return found[max((start for start in found if address.startswith(start)), key=len)]


def a_draft_with_its_preview() -> tuple[Any, Any]:
    """One that moves some of the demo's customers."""
    from django.utils import timezone

    from firm import jobs
    from firm.models import User
    from tiering import actions
    from tiering.models import Preview, RuleSet

    now = timezone.now()
    by = User.objects.filter(holdings__post__role="administrator").first()
    assert by is not None
    draft = actions.clone_draft(of=RuleSet.objects.get(number=1), by=by, now=now)
    draft.tiers.filter(rank=2).update(enter=3_200_000, keep=3_100_000)
    draft.tiers.filter(rank=3).update(enter=1_200_000, keep=1_100_000)
    preview = actions.request_preview(draft=draft, by=by, now=now)
    assert preview.job is not None
    jobs.run(preview.job.pk, now=now)
    return draft, Preview.objects.get(pk=preview.pk)


def addresses() -> Iterator[tuple[str, str]]:
    """Name and path of every address of our own apps, arguments filled in with samples."""
    from django.urls import URLResolver, get_resolver, reverse

    found = samples()
    for resolver in get_resolver().url_patterns:
        if not isinstance(resolver, URLResolver) or resolver.namespace not in NAMESPACES:
            continue
        for pattern in resolver.url_patterns:
            name = f"{resolver.namespace}:{pattern.name}"
            keys = {}
            if pattern.pattern.converters:
                sample = sample_for(str(pattern.pattern), found)
                if sample is None:
                    continue
                keys = dict.fromkeys(pattern.pattern.converters, sample.pk)
            yield name.replace(":", "-"), reverse(name, kwargs=keys)


def shots() -> Iterator[Shot]:
    """Every page: those for nobody, one's own, and whatever of our addresses answers a GET with
    a whole HTML page. Fragments, downloads and addresses that only take a POST drop out.
    """
    from django.test import Client

    from firm.models import User

    people = {role: User.objects.filter(holdings__post__role=role).first() for role in ROLES}
    clients = {role: Client(raise_request_exception=False) for role in ROLES}
    for role, person in people.items():
        clients[role].force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
    for name, path in OPEN_PAGES.items():
        yield Shot(name, path)

    def seen_by(role: str, name: str, path: str, status: int = 200) -> Shot:
        return Shot(name, path, people[role].pk, clients[role].session.session_key, status)

    for name, path in OWN_PAGES.items():
        yield seen_by(ROLES[0], name, path, 404 if name == "not-found" else 200)
    for name, path in addresses():
        for role in ROLES:
            response = clients[role].get(path, HTTP_HOST="127.0.0.1")
            is_page = b"</html>" in getattr(response, "content", b"")
            if is_page and response.status_code in (200, 500):
                yield seen_by(role, name, path)
                break


def look(browser: "Browser", base: str, shot: Shot, language: str, theme: str) -> Iterator[str]:
    """Takes the picture at every width; yields what is wrong, in words."""
    from axe_playwright_python.sync_playwright import Axe

    for width, height in WIDTHS.items():
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale=LANGUAGES[language],
            device_scale_factor=2 if width < 640 else 1,
        )
        cookies = {"language": language, "sessionid": shot.session}
        context.add_cookies(
            [{"name": key, "value": value, "url": base} for key, value in cookies.items() if value]
        )
        page = context.new_page()
        problems = watch(page, expected_status=shot.status)
        response = page.goto(base + shot.path, wait_until="networkidle")
        if response is None or response.status != shot.status:
            problems.append(f"answers {response and response.status}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append("is wider than the window")
        name = f"{shot.name}-{language}-{theme}-{width}"
        # As tall as the page, so that what is fixed to the window's foot stands at the page's.
        full_height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(height, full_height)})
        page.screenshot(path=SHOTS / f"{name}.png")
        for violation in Axe().run(page).response["violations"]:
            nodes = ", ".join(node["html"][:90] for node in violation["nodes"][:3])
            problems.append(f"axe {violation['id']}: {nodes}")
        context.close()
        yield from (f"{name}: {problem}" for problem in problems)


def watch(page: "Page", *, expected_status: int) -> list[str]:
    """A list that fills with the page's console errors and uncaught exceptions."""
    problems: list[str] = []

    def note(message: Any) -> None:
        own_answer = f"the server responded with a status of {expected_status}"
        if message.type in ("error", "warning") and own_answer not in message.text:
            problems.append(f"console: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--quick", action="store_true", help="Japanese and light only")
    options = parser.parse_args()
    languages, themes = (("ja",), ("light",)) if options.quick else (tuple(LANGUAGES), THEMES)
    SHOTS.mkdir(parents=True, exist_ok=True)
    load_demo_firm()
    with server() as base:
        problems = list(_look_at_everything(base, options.only, languages, themes))
    for problem in problems:
        print(problem)
    print(f"{'FALL SHORT' if problems else 'PASS'}: {len(problems)} problems, pictures in {SHOTS}")
    return 1 if problems else 0


def _look_at_everything(
    base: str, only: str, languages: tuple[str, ...], themes: tuple[str, ...]
) -> Iterator[str]:
    import django
    from playwright.sync_api import sync_playwright

    django.setup()
    from firm.actions.preferences import change_preferences
    from firm.models import User

    chosen = [shot for shot in shots() if only in shot.name]
    # Playwright keeps an event loop running, in which Django would refuse to query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for language in languages:
            for person in User.objects.filter(pk__in={shot.person_id for shot in chosen}):
                change_preferences(user=person, language=language, theme="auto")
            for theme in themes:
                for shot in chosen:
                    yield from look(browser, base, shot, language, theme)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
