"""Which encoding a text file is in: UTF-8 with or without its mark, else CP932, else neither."""

import codecs
from pathlib import Path

from customers.imports.errors import Unreadable

_CHUNK = 1 << 20
# Python's cp932 lets some bytes pass as control and private characters; no Japanese file has them.
_NOT_CP932 = frozenset("\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3")


class _Broken(Exception):
    """Where decoding stopped: `byte` and `line` count from 1."""

    def __init__(self, byte: int, line: int, *, saw_japanese: bool) -> None:
        self.byte, self.line, self.saw_japanese = byte, line, saw_japanese


def encoding_of(path: Path) -> str:
    """`utf-8-sig`, `utf-8` or `cp932`. Raises Unreadable, naming line and byte.

    A file that is UTF-8 up to a broken place must not be read as CP932, where most of its bytes
    would pass as rare characters; so the Japanese it held until there decides.
    """
    with path.open("rb") as file:
        has_mark = file.read(3) == codecs.BOM_UTF8
    try:
        _decode(path, "utf-8")
    except _Broken as as_utf8:
        if has_mark or as_utf8.saw_japanese:
            raise _unreadable(as_utf8) from None
    else:
        return "utf-8-sig" if has_mark else "utf-8"
    try:
        _decode(path, "cp932")
    except _Broken as as_cp932:
        raise _unreadable(as_cp932) from None
    return "cp932"


def _unreadable(broken: _Broken) -> Unreadable:
    return Unreadable("bad_encoding", line=broken.line, byte=broken.byte)


def _decode(path: Path, encoding: str) -> None:
    """Walk through the file in the memory of one chunk. Raises _Broken."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position, line, saw_japanese = 0, 1, False
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            pending = bytes(decoder.getstate()[0])
            data = pending + chunk
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = data[: error.start].decode(encoding, "ignore")
                _check_odd_bytes(before, encoding, position - len(pending), line)
                raise _Broken(
                    position - len(pending) + error.start + 1,
                    line + before.count("\n"),
                    saw_japanese=saw_japanese or _has_japanese(before),
                ) from None
            _check_odd_bytes(text, encoding, position - len(pending), line)
            saw_japanese = saw_japanese or _has_japanese(text)
            line += text.count("\n")
            position += len(chunk)
            if not chunk:
                return


def _check_odd_bytes(text: str, encoding: str, start: int, line: int) -> None:
    """`text` was decoded from the bytes at `start` of the file, in line `line`."""
    if encoding != "cp932" or _NOT_CP932.isdisjoint(text):
        return
    place = next(place for place, character in enumerate(text) if character in _NOT_CP932)
    before = text[:place]
    byte = start + len(before.encode("cp932")) + 1
    raise _Broken(byte, line + before.count("\n"), saw_japanese=False)


def _has_japanese(text: str) -> bool:
    return not text.isascii() and any("\u3000" <= character <= "\u9fff" for character in text)
