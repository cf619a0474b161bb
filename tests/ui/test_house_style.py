"""What templates and style sheets may not do, and contrast, read from the files themselves."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
ICONS = settings.BASE_DIR / "static" / "vendor" / "tabler"
TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
PYTHON = [
    path
    for app in ("firm", "customers", "tiering", "escalation")
    for path in (settings.BASE_DIR / app).rglob("*.py")
]

FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle="),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)"),
    "a style element": re.compile(r"<style"),
    "an event attribute": re.compile(r"\s(?:on[a-z]+|hx-on[:\w-]*)=", re.IGNORECASE),
}


def sins(html: str) -> list[str]:
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(html)]


def relative(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_no_template_asks_for_what_the_content_security_policy_refuses(path):
    assert not sins(path.read_text())


@pytest.mark.parametrize(
    "html", ['<p style="color: red">', "<script>alert(1)</script>", '<a onclick="x()">', "<style>"]
)
def test_the_search_for_these_does_find_them(html):
    assert sins(html)


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_every_template_can_be_compiled(path):
    get_template(str(path.relative_to(settings.BASE_DIR / "templates")))


def test_every_icon_is_there_and_none_lies_about_unused():
    words = set()
    for path in [*TEMPLATES, *PYTHON]:
        words |= set(re.findall(r'"([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    asked_for = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([^"]+)" %}', path.read_text(encoding="utf-8"))
    }
    there = {path.stem for path in ICONS.glob("*.svg")}
    assert asked_for <= there
    assert there <= words


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def tokens(theme: int) -> dict[str, str]:
    """Colours by name, of the light (0) or the dark (1) theme."""
    pattern = r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)"
    return {name: colors[theme] for name, *colors in re.findall(pattern, TOKENS)}


TEXT_ON = [
    *(
        (ink, ground)
        for ink in ("ink", "ink2")
        for ground in ("surface", "bg", "hover", "selected")
    ),
    *(("ink3", ground) for ground in ("surface", "bg", "sub")),
    *(("accent", ground) for ground in ("surface", "bg", "sub", "selected")),
    *((meaning, f"{meaning}-tint") for meaning in ("over", "warn", "under")),
    *((meaning, "surface") for meaning in ("over", "warn", "under")),
    *(("ink", f"{meaning}-tint") for meaning in ("over", "warn", "under")),
    *(("on-ink", f"tier-{rank}") for rank in range(1, 7)),
    *((f"tier-{rank}", "surface") for rank in range(1, 7)),
    ("surface", "ink"),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_has_a_contrast_of_4_5_in_both_themes(ink, ground, theme):
    colors = tokens(theme)
    assert contrast(colors[ink], colors[ground]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["button", "button-hover", "over-button", "over-button-hover"])
def test_white_on_a_filled_button_has_a_contrast_of_4_5(name, theme):
    assert contrast(tokens(theme)[name], "#ffffff") >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["field", "focus", "seal"])
def test_borders_of_fields_focus_and_stamps_have_a_contrast_of_3(name, theme):
    colors = tokens(theme)
    assert contrast(colors[name], colors["surface"]) >= 3
