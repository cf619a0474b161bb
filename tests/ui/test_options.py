"""A menu is written in one go, and reads as Django's own templates write it."""

import re

from django import forms
from django.template import Context, engines
from django.utils.safestring import mark_safe

CHOICES = [
    ("", "―"),
    ("1 & 2", 'a "b" <c>'),
    ("組", [("3", mark_safe("<b>三</b>")), (4, "四")]),
]


def test_options_and_groups_are_those_of_the_widget_and_escaped() -> None:
    menu = forms.Select(choices=CHOICES).render("menu", "4", attrs={"id": "id_menu"})
    assert re.sub(r">\s+<", "><", menu) == (
        '<select name="menu" id="id_menu"><option value="">―</option>'
        '<option value="1 &amp; 2">a &quot;b&quot; &lt;c&gt;</option>'
        '<optgroup label="組"><option value="3"><b>三</b></option>'
        '<option value="4" selected>四</option></optgroup></select>'
    )


def test_django_writes_the_same() -> None:
    engine = engines["django"].engine
    widget = forms.Select(choices=CHOICES).get_context("menu", "4", {"id": "id_menu"})
    ours = engine.get_template("django/forms/widgets/select.html").render(Context(widget))
    assert (
        forms.renderers.DjangoTemplates().render("django/forms/widgets/select.html", widget).split()
        == re.sub(r"(<(?:/select|/optgroup|optgroup|option))", r"\n\1", ours).split()
    )
