"""The parts of every page, as docs/ui.md describes them. Loaded in every template."""

from collections.abc import Hashable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from firm import fragments

register = template.Library()

ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "tabler"
NOTICE_ICONS = {"info": "info-circle", "warn": "alert-triangle", "error": "alert-triangle"}
SIGNS = {"over": "▲", "under": "▼", "warn": "!"}
STATE_ICONS = {
    "queued": "circle-dashed",
    "running": "refresh",
    "held": "alert-triangle",
    "done": "check",
    "failed": "x",
}


@register.simple_tag(takes_context=True)
def written(context: template.Context, name: str, **values: Hashable) -> SafeString:
    """`{% written "components/topbar.html" bar=chrome.topbar %}`: the template of these values
    alone, kept in the process (firm/fragments.py). It may hold forms and `{{ here }}`, the
    address of the page.
    """
    return fragments.written(name, late=context["chrome"].late, **values)


@cache
def _svg(name: str) -> str:
    svg = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    return (
        "<svg"
        + svg.partition(">")[0].partition("<svg")[2].partition("class=")[0]
        + ('class="icon" aria-hidden="true" focusable="false">' + svg.partition(">")[2].strip())
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "search" %}`: a Tabler icon as inline SVG. Words stand beside it, so it is hidden
    from screen readers. The file must lie in static/vendor/tabler/.
    """
    return mark_safe(_svg(name))


def tier_label(tier: Any) -> str:
    """The tier's name in the reader's language; the firm's own word where it gave no other."""
    english = getattr(tier, "name_en", "")
    return english if english and get_language() == "en" else str(tier.name)


@register.filter
def tier_name(tier: Any) -> str:
    """`{{ tier|tier_name }}`: プレミア / Premier."""
    return tier_label(tier) if tier else ""


@register.filter
def tier_class(tier: Any) -> str:
    """`tier-1` … `tier-6`, from the tier's `hue` (0 is the highest rank)."""
    return f"tier-{min(int(tier.hue), 5) + 1}" if tier else "tier-none"


@register.inclusion_tag("components/tier_chip.html")
def tier_chip(
    tier: Any,
    *,
    href: str = "",
    note: str = "",
    large: bool = False,
    provisional: bool = False,
) -> dict[str, Any]:
    """`{% tier_chip tier href=why_url note="…" large=True provisional=True %}`.

    `href` opens "why this tier"; give it wherever the reader may see the explanation. No tier:
    a dashed chip with a dash. Never call it in screen-share mode.
    """
    return {
        "tier": tier,
        "label": tier_label(tier) if tier else "",
        "href": href,
        "note": note,
        "large": large,
        "provisional": provisional,
    }


@register.inclusion_tag("components/flag_chip.html")
def flag_chip(kind: str, words: str, level: str = "mid") -> dict[str, Any]:
    """`{% flag_chip "over" _("Over 12.0 h") "high" %}`: kind over, under or warn; level high,
    mid or low.
    """
    return {"kind": kind, "sign": SIGNS[kind], "words": words, "level": level}


@register.simple_tag
def sign(kind: str) -> SafeString:
    """`{% sign "over" %}`: the coloured ▲, ▼ or !; words must follow it."""
    return mark_safe(f'<span class="sign sign-{kind}">{SIGNS[kind]}</span>')


@register.simple_tag
def state_chip(state: str, label: str) -> SafeString:
    """`{% state_chip run.state run.get_state_display %}`."""
    icon_name = STATE_ICONS.get(state, "circle-dashed")
    return fragments.written(
        "components/state_chip.html", state=state, label=str(label), icon=icon_name
    )


@register.inclusion_tag("components/hours_bar.html")
def hours_bar(used: float, contract: float, forecast: float | None = None) -> dict[str, Any]:
    """Hours of the month against the contract's. Past the contract the bar turns red after a gap;
    the whole bar is then as long as the hours used.
    """
    used, contract = float(used), float(contract)
    length = max(used, contract, 0.01)
    within = 100 * min(used, contract) / length
    return {
        "used": used,
        "contract": contract,
        "is_over": used > contract,
        "within": round(within, 2),
        "over_from": round(within + 1.5, 2),
        "over": round(max(98.5 - within, 0), 2),
        "forecast": round(100 * min(float(forecast or 0), contract) / length, 2),
    }


@register.simple_tag
def bar(share: float | None, css_class: str = "bar-used") -> SafeString:
    """`{% bar 31.2 "bar-tier" %}`: a bar of so many per cent of its track; inside an element with
    a tier class it takes the tier's hue. The figure stands beside it.
    """
    width = min(max(float(share or 0), 0), 100)
    return mark_safe(
        '<svg class="bar" aria-hidden="true" focusable="false">'
        '<rect class="bar-track" width="100%" height="100%"/>'
        f'<rect class="{css_class}" width="{width:.2f}%" height="100%"/></svg>'
    )


@register.inclusion_tag("components/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """`{% progress run.progress_done run.progress_total _("Reading lines") %}`."""
    return {"done": done, "total": total, "label": label}


@register.simple_tag(takes_context=True)
def sort_head(context: template.Context, key: str, label: str, css_class: str = "") -> SafeString:
    """A column head that sorts by `key`: `?sort=key`, then `?sort=-key`; paging starts anew."""
    request = context["request"]
    current = request.GET.get("sort", context.get("default_sort", ""))
    query: QueryDict = request.GET.copy()
    query.pop("after", None)
    query["sort"] = f"-{key}" if current == key else key
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    return fragments.written(
        "components/sort_head.html",
        late={"href": f"?{query.urlencode()}"},
        label=label,
        css_class=css_class,
        direction=direction,
    )


@register.simple_block_tag
def notice(
    content: str, kind: str = "info", *, href: str = "", link: str = "", icon: str = ""
) -> str:
    """`{% notice "warn" href=url link=_("Runs") %}<strong>Fact.</strong> What next{% endnotice %}`.

    kind info, warn or error. The first sentence is bold; at most one link.
    """
    return render_to_string(
        "components/notice.html",
        {
            "kind": kind,
            "icon_name": icon or NOTICE_ICONS[kind],
            "content": content,
            "href": href,
            "link": link,
        },
    )


@register.simple_block_tag
def empty(content: str, title: str, *, icon: str = "inbox", href: str = "", link: str = "") -> str:
    """`{% empty _("No customers yet") href=url link=_("Import customers") %}what happens
    next{% endempty %}`.
    """
    return render_to_string(
        "components/empty.html",
        {"content": content, "title": title, "icon_name": icon, "href": href, "link": link},
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: str, *, wide: bool = False) -> str:
    """`{% dialog "close-month" _("Close October?") %}…{% enddialog %}`, opened by a button with
    `data-dialog-open="close-month"`. Inside: `.dialog-body` with the facts, `.dialog-actions`
    with the milder way first and the red button last.
    """
    return render_to_string(
        "components/dialog.html", {"content": content, "id": id, "title": title, "wide": wide}
    )


@register.simple_block_tag
def locked(content: str, reason: str, id: str) -> str:
    """`{% locked refusal "publish-why" %}Publish{% endlocked %}`: a button that cannot be used,
    with the sentence that says why directly below.
    """
    return render_to_string(
        "components/locked.html", {"content": content, "reason": reason, "id": id}
    )


@register.filter
def initial(name: str) -> str:
    """The letter of a person's round mark: the first of the family name."""
    return name.strip()[:1].upper()


@register.filter
def is_check(field: BoundField) -> bool:
    """One checkbox: its label stands beside it, not above."""
    return field.widget_type == "checkbox"


@register.simple_tag
def options(groups: Iterable[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """`{% options widget.optgroups %}`: what Django's own templates write, which take longer for
    one menu of time zones than all the rest of its page.
    """
    written = []
    for name, members, _index in groups:
        inside = "".join(map(_option, members))
        written.append(
            inside if name is None else f'<optgroup label="{escape(name)}">{inside}</optgroup>'
        )
    return mark_safe("".join(written))


def _option(option: dict[str, Any]) -> str:
    attributes = "".join(
        f" {name}" if value is True else f' {name}="{escape(value)}"'
        for name, value in option["attrs"].items()
        if value is not False
    )
    value, label = escape(str(option["value"])), conditional_escape(option["label"])
    return f'<option value="{value}"{attributes}>{label}</option>'
