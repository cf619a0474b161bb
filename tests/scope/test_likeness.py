"""What a customer asks for in their own words, and the contract's examples."""

import pytest

from customers.scope.likeness import likeness, plain
from customers.scope.matching import ENOUGH

TEXT, NOTICE, PAGE = "文言・画像の差し替え", "お知らせの更新", "新しいページの追加"
LAYOUT, OFF, BANNER = "レイアウトの変更", "夜間・休日の作業", "バナーの制作"
SMALL = "月3箇所までの軽微な修正"
EXAMPLES = (TEXT, NOTICE, PAGE, LAYOUT, OFF, BANNER, SMALL)


def is_like(example: str, request: str) -> bool:
    return likeness(example, plain(request)) >= ENOUGH


def liked(request: str) -> set[str]:
    return {example for example in EXAMPLES if is_like(example, request)}


@pytest.mark.parametrize(
    ("request_", "examples"),
    [
        ("トップの誤字を直してください", {TEXT, SMALL}),
        ("写真の入れ替えをお願いします", {TEXT, SMALL}),
        ("新規ページを作ってほしい", {PAGE}),
        ("キャンペーンページを1ページ追加", {PAGE}),
        ("レイアウトを変えたい", {LAYOUT, SMALL}),
        ("日曜のリリースに立ち会ってほしい", {OFF}),
        ("年末セールのバナー、ちょっと作ってもらえませんか？", {BANNER}),
        ("お知らせを載せてください", {NOTICE, SMALL}),
        ("a new page, please", {PAGE}),
    ],
)
def test_other_words_for_the_same_are_understood(request_: str, examples: set[str]) -> None:
    assert liked(request_) == examples


@pytest.mark.parametrize(
    "typed", ["ﾃｷｽﾄの修正", "テキスト の 修正", "ＴＥＸＴの修正", "てきすとの修正、文字も"]
)
def test_width_spaces_and_kana_count_for_nothing(typed: str) -> None:
    assert is_like(TEXT, typed)
    assert is_like("ばなーの制作", "ﾊﾞﾅｰを作って")


def test_another_deed_is_something_else_even_where_most_characters_are_the_same() -> None:
    assert is_like("キャンペーンバナーの制作", "キャンペーンバナーを作成してください")
    assert not is_like("キャンペーンバナーの制作", "キャンペーンバナーを修正してください")


def test_where_something_goes_is_not_what_is_made() -> None:
    assert not is_like(PAGE, "トップページに写真を追加してほしい")
    new_page = plain("新しいページの文言を差し替えて")
    assert likeness(TEXT, new_page) > likeness(PAGE, new_page)
    assert not is_like(OFF, "休日のお知らせを掲載してください")


def test_the_large_is_no_example_of_the_small() -> None:
    assert is_like(SMALL, "価格表の数字を訂正してください")
    assert not is_like(SMALL, "デザインを全面的に変更したい")


def test_nothing_asked_is_like_nothing() -> None:
    assert liked("") == set()
    assert liked("来週の打ち合わせの件でご相談です") == set()
