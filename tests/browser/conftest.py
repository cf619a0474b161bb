"""A real Chromium. Sign-in is by session cookie; the sign-in page has tests of its own."""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from firm.models import User

# A form that is not valid is answered with 422, one after the session has ended with 401, which
# the console reports as well.
NOT_DONE = re.compile("status of (422|401)|Status Error Code 401")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    # Playwright keeps an event loop running, in which Django would refuse to query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, CHROMIUM)), None)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page_of(
    chromium: Browser,
    live_server: LiveServer,
    client_of: Callable,
) -> Iterator[Callable[..., Page]]:
    """`page_of(person)`: a tab in which this person is signed in; None is nobody. A test whose
    page had an error in the console, a refusal of the content security policy included, fails.
    """
    contexts, errors = [], []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not NOT_DONE.search(message.text):
            errors.append(message.text)

    def open_tab(person: User | None, **options: object) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, locale="ja-JP", reduced_motion="reduce", **options
        )
        contexts.append(context)
        if person is not None:
            session = client_of(person).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert not errors
