"""Which encoding a file is in, and refusals that name line and byte."""

from pathlib import Path

import pytest

from customers.imports.encoding import encoding_of
from customers.imports.errors import Unreadable

HEADER = "顧客コード,日付,金額\r\n"


def refusal(path: Path) -> dict[str, object]:
    with pytest.raises(Unreadable) as unreadable:
        encoding_of(path)
    return unreadable.value.refusal


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_an_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes((HEADER + "㈱①髙～,2026-07-10,1").encode(encoding))
    assert encoding_of(path) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_file_cut_in_a_character_is_refused_with_line_and_byte(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "file.csv"
    whole = (HEADER + "0001,2026-07-10,1\r\n株").encode(encoding)
    path.write_bytes(whole[:-1])
    last = len("株".encode(encoding))
    assert refusal(path) == {"code": "bad_encoding", "line": 3, "byte": len(whole) - last + 1}


def test_utf8_with_a_broken_place_is_not_taken_for_cp932(tmp_path: Path) -> None:
    """Its bytes would pass as rare characters: the control shows that they do."""
    path = tmp_path / "file.csv"
    broken = "株式会社".encode() + b"\xe3\x81"
    path.write_bytes(broken[:-2] + b"\xe5\x90,1")
    assert refusal(path)["line"] == 1
    assert "株式会社".encode().decode("cp932")


def test_bytes_that_no_japanese_file_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("顧客\n".encode("cp932") + b"ab\x80")
    assert refusal(path) == {"code": "bad_encoding", "line": 2, "byte": 8}


def test_a_long_file_is_read_in_pieces_without_losing_a_character(tmp_path: Path) -> None:
    """A character lies across the border of each megabyte."""
    path = tmp_path / "file.csv"
    path.write_bytes(b"a" + "株".encode() * 800_000)
    assert encoding_of(path) == "utf-8"
    path.write_bytes(b"a" + "株".encode("cp932") * 1_200_000 + b"\xfe")
    assert refusal(path)["byte"] == 2_400_002


def test_utf16_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(HEADER.encode("utf-16"))
    assert refusal(path) == {"code": "bad_encoding", "line": 1, "byte": 1}
