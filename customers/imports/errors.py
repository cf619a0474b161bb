"""What can be wrong with a file or a cell, as codes; customers/imports/wording.py words them."""

from typing import Any


class Unreadable(Exception):
    """The file as a whole cannot be taken. Raised while it is opened, read or checked."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.refusal = {"code": code, **data}


class BadValue(Exception):
    """A cell does not say what its column needs; its line is refused."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data
