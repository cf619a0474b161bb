"""The one field template: label, help, error, and what a screen reader is told."""

import re

from django import forms


class SomeForm(forms.Form):
    purpose = forms.CharField(label="目的", help_text="1文で", max_length=5)
    note = forms.CharField(label="メモ", required=False)
    agreed = forms.BooleanField(label="同意", required=False)


def written(data: dict[str, str] | None = None) -> str:
    return str(SomeForm(data))


def test_a_label_belongs_to_its_field_and_says_when_it_may_stay_empty():
    html = written()
    for name in ("purpose", "note", "agreed"):
        assert f'<label for="id_{name}">' in html
    assert len(re.findall('class="optional"', html)) == 1


def test_a_field_points_at_its_help_and_its_error():
    html = written({"purpose": "長すぎる目的です"})
    field = re.search(r"<input[^>]*name=\"purpose\"[^>]*>", html).group()
    described_by = re.search(r'aria-describedby="([^"]*)"', field).group(1).split()
    assert described_by == ["id_purpose_helptext", "id_purpose_error"]
    assert all(f'id="{identifier}"' in html for identifier in described_by)
    assert 'aria-invalid="true"' in field


def test_the_input_is_kept_beside_its_error():
    assert 'value="長すぎる目的です"' in written({"purpose": "長すぎる目的です"})


def test_a_field_without_help_and_error_points_at_nothing():
    assert "aria-describedby" not in re.search(r"<input[^>]*name=\"note\"[^>]*>", written()).group()


def test_an_error_of_the_whole_form_is_an_alert():
    form = SomeForm({"purpose": "短い"})
    form.add_error(None, "どちらかを選んでください。")
    assert 'role="alert"' in str(form)
