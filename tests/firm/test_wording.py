"""Every code that is written has words in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from firm import wording

ROOT = Path(__file__).resolve().parents[2]
TABLES = {"record": wording.AUDIT, "queue": wording.NOTICES, "JobFailed": wording.ERRORS}
OWNERS = {"audit", "outbox", "jobs"}


def called(node: ast.Call) -> str:
    """`audit.record(…)` or `record(…)`; a method of the same name elsewhere is none of ours."""
    if isinstance(node.func, ast.Name):
        return node.func.id
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.attr if node.func.value.id in OWNERS else ""
    return ""


def codes() -> Iterator[tuple[str, str, str]]:
    for app in ("firm", "customers", "tiering", "escalation"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and called(node) in TABLES and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant):
                        yield called(node), str(first.value), f"{path.name}:{node.lineno}"


def test_every_code_that_is_written_has_its_words():
    found = list(codes())
    assert found
    missing = [(table, code, where) for table, code, where in found if code not in TABLES[table]]
    assert not missing


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_audit_code_reads_without_its_data(language):
    with translation.override(language):
        for code in wording.AUDIT:
            assert wording.audit_text(code, {})
            assert wording.audit_name(code)


def test_codes_and_dates_read_as_words():
    with translation.override("en"):
        assert wording.audit_text("post_given", {"role": "auditor"}) == "Post given: Auditor"
        text = wording.audit_text("month_closed", {"month": "2026-06-01"})
        assert text == "Month closed: Jun 2026"
        assert wording.audit_name("post_given") == "Post given"


def test_a_code_whose_program_has_gone_is_shown_as_it_is():
    assert wording.audit_text("some_old_act", {"x": 1}) == "some_old_act"
