"""One form for each term, in the catalogue and in the templates."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
CATALOGUE = ROOT / "locale" / "ja" / "LC_MESSAGES" / "django.po"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# The form that is used instead is in the comment.
FORBIDDEN = re.compile(
    "ティア|顧客ランク|格付け"  # サービスランク, ランク
    "|昇格|降格"  # ランクアップ, ランクダウン
    "|オーバーサービス"  # 対応超過; 過剰対応 in running text only
    "|差戻|引戻|取下げ|引継"  # 差し戻し, 引き戻し, 取り下げ, 引き継ぎ
    "|取込"  # 取り込み
    "|ログイン|ログアウト"  # サインイン, サインアウト
    "|バックオフィス|事務担当"  # 営業事務
    "|コンプライアンス窓口"  # 相談窓口
    "|評価日"  # 判定日
)
# Of a label or a button: what is no sentence.
LABELS_ONLY = re.compile("過剰対応")
# A count has no space before its counter: 3か月, 120社.
SPACED_COUNTER = re.compile(r"\)s (?:か月|社|件|人|行|回|個|日|年|秒|分)(?![^、。\s）])")


def translations(text: str) -> Iterator[str]:
    """Every msgstr of a catalogue, its lines joined."""
    for found in re.finditer(r'^msgstr(?:\[\d\])? ((?:".*"\s*?\n?)+)', text, re.MULTILINE):
        yield "".join(ast.literal_eval(line) for line in found[1].splitlines() if line)


def sins(text: str) -> list[str]:
    found = [*FORBIDDEN.findall(text), *SPACED_COUNTER.findall(text)]
    return found if text.endswith("。") else [*found, *LABELS_ONLY.findall(text)]


def test_the_catalogue_keeps_to_one_form():
    texts = list(translations(CATALOGUE.read_text(encoding="utf-8")))
    assert len(texts) > 500
    assert not [text for text in texts if sins(text)]


def test_nothing_in_the_catalogue_is_left_untranslated():
    texts = list(translations(CATALOGUE.read_text(encoding="utf-8")))
    assert "" not in texts[1:]  # the first one is the header
    assert "#, fuzzy" not in CATALOGUE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(Path(path).relative_to(ROOT)))
def test_templates_keep_to_one_form(path):
    assert not FORBIDDEN.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    ["ティアの履歴", "昇格した顧客", "差戻し", "取込", "%(count)s 社", "過剰対応"],
)
def test_the_search_for_other_forms_does_find_them(text):
    assert sins(text)


@pytest.mark.parametrize(
    "text",
    ["差し戻し", "取り込み", "%(count)s社", "過剰対応を減らすための基準です。"],
)
def test_and_it_leaves_the_right_forms_alone(text):
    assert not sins(text)
