"""A part of a page that is kept is shown again only for what it was written from."""

import pytest
from django.template import engines
from django.template.loaders.locmem import Loader
from django.utils import timezone, translation

from firm import fragments


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> str:
    """A template of one value, the language and a token."""
    source = "{{ value }} {% translate 'Customers' %} {{ token }} {% now 'H' %}"
    loader = Loader(engines["django"].engine, {"part.html": source})
    monkeypatch.setattr(engines["django"].engine, "template_loaders", [loader])
    fragments._kept.cache_clear()
    yield "part.html"
    fragments._kept.cache_clear()


def test_the_same_values_are_written_once(part: str) -> None:
    fragments.written(part, value="a")
    fragments.written(part, value="a")
    fragments.written(part, value="b")
    assert (fragments._kept.cache_info().hits, fragments._kept.cache_info().misses) == (1, 2)


def test_another_language_or_time_zone_is_another_part(part: str) -> None:
    with translation.override("ja"), timezone.override("Asia/Tokyo"):
        japanese = fragments.written(part, value="a")
    with translation.override("en"), timezone.override("Asia/Tokyo"):
        english = fragments.written(part, value="a")
    with translation.override("en"), timezone.override("UTC"):
        elsewhere = fragments.written(part, value="a")
    assert "顧客" in japanese
    assert "Customers" in english
    assert english != elsewhere


def test_what_differs_with_each_request_is_not_kept_and_is_escaped(part: str) -> None:
    first = fragments.written(part, value="a", late={"token": "<1>"})
    second = fragments.written(part, value="a", late={"token": "2"})
    assert "&lt;1&gt;" in first
    assert " 2 " in second
    assert "1" not in second.replace(" 2 ", "").split()[0]


def test_text_of_a_user_is_escaped_like_that_of_another_type(part: str) -> None:
    """A safe and an unsafe text are equal; what is kept for one is not shown for the other."""
    from django.utils.safestring import mark_safe

    assert "<b>" in fragments.written(part, value=mark_safe("<b>"))
    assert "&lt;b&gt;" in fragments.written(part, value="<b>")


def test_what_could_change_unseen_is_refused(part: str) -> None:
    with pytest.raises(TypeError):
        fragments.written(part, value=["a list"])
