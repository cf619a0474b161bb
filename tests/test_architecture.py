"""The rules of the house, read from the source: who may import whom, who may write, how long."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("firm", "customers", "tiering", "escalation")
# Each app may import itself and those to the left of it; config only wires by string.
ORDER = {app: APPS[: APPS.index(app) + 1] for app in APPS}
# What one app may use of another. Of the base app everything: it is there to be used; of what
# customers have used of their contracts the statements, so that they exist once (ADR 0005).
OPEN_MODULES = {
    "customers": ("models", "actions", "consumption"),
    "tiering": ("models", "actions"),
}
BASE = "firm"

# Where rows may be written. Actions decide; the others keep the promises that models, jobs,
# imports and the engine make, and are called by actions or jobs only.
WRITERS = {
    "firm/actions",
    "firm/audit.py",
    "firm/national_holidays.py",
    "firm/files.py",
    "firm/heartbeat.py",
    "firm/idempotency.py",
    "firm/jobs.py",
    "firm/outbox.py",
    "firm/work_calendars.py",
}
FRONT = ("views", "forms", "admin", "api", "tasks", "filters", "templatetags")
WRITES = {
    "save",
    "create",
    "delete",
    "update",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
LONGEST_MODULE = 400
LONGEST_VIEW = 25
METHOD_DECORATORS = {"require_GET", "require_POST", "require_safe", "require_http_methods"}


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("app", APPS)
def test_imports_point_left_only(app):
    wrong = [
        f"{named(path)}:{line} imports {name}"
        for path in modules(app)
        for line, name in imports(tree_of(path))
        if name.split(".")[0] in APPS and name.split(".")[0] not in ORDER[app]
    ]
    assert not wrong


@pytest.mark.parametrize("app", APPS[1:])
def test_of_another_app_only_what_is_open_is_used(app):
    wrong = []
    for path in modules(app):
        for line, name in imports(tree_of(path)):
            other, *rest = name.split(".")
            if other in APPS and other not in (app, BASE) and rest[0] not in OPEN_MODULES[other]:
                wrong.append(f"{named(path)}:{line} imports {name}")
    assert not wrong


def test_the_wiring_imports_no_app_but_the_base():
    wrong = [
        f"{named(path)}:{line} imports {name}"
        for path in modules("config")
        for line, name in imports(tree_of(path))
        if name.split(".")[0] in APPS[1:]
    ]
    assert not wrong


def is_front(path: Path) -> bool:
    return any(part in FRONT for part in path.relative_to(ROOT).with_suffix("").parts[1:])


def writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Calls that write rows: `<something>.objects.create(…)`, `x.save()`, not `{}.update()`."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        verb, text = node.func.attr, ast.unparse(node.func.value)
        plain = verb in {"update", "delete"} and "objects" not in text
        if verb in WRITES and not plain:
            yield node.lineno, ast.unparse(node.func)


def test_pages_api_forms_admin_and_tasks_write_nothing():
    wrong = [
        f"{named(path)}:{line} {call}"
        for path in modules(*APPS)
        if is_front(path)
        for line, call in writes(tree_of(path))
    ]
    assert not wrong


def test_what_the_base_app_writes_it_writes_in_few_places():
    wrong = [
        f"{named(path)}:{line} {call}"
        for path in modules(BASE)
        if not any(named(path).startswith(writer) for writer in WRITERS)
        and "models" not in path.parts
        for line, call in writes(tree_of(path))
    ]
    assert not wrong


def view_functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Functions whose first argument is a request and which another module may name."""
    for node in tree_of(path).body:
        if (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and node.args.args
            and node.args.args[0].arg == "request"
        ):
            yield node


def views() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in modules(*APPS):
        if "views" in path.relative_to(ROOT).with_suffix("").parts:
            yield from ((path, view) for view in view_functions(path))


def test_every_view_names_its_methods_first():
    """`@require_GET` or `@require_POST` stands outermost but for `@public`, so that a wrong
    method is refused before anything else is looked at.
    """
    wrong = []
    for path, view in views():
        names = [ast.unparse(decorator).split("(")[0] for decorator in view.decorator_list]
        outer = [name for name in names if name != "public"]
        if not outer or outer[0] not in METHOD_DECORATORS:
            wrong.append(f"{named(path)}:{view.lineno} {view.name}")
    assert not wrong


def test_views_are_short():
    wrong = [
        f"{named(path)}:{view.lineno} {view.name}: {length} lines"
        for path, view in views()
        if (length := view.end_lineno - view.lineno + 1) > LONGEST_VIEW
    ]
    assert not wrong


def test_modules_are_short():
    wrong = [
        f"{named(path)}: {lines} lines"
        for path in modules(*APPS, "config")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    ]
    assert not wrong


def test_actions_take_their_arguments_by_name():
    """But for the clock's and the actor's helpers, whose names begin with an underscore."""
    wrong = [
        f"{named(path)}:{node.lineno} {node.name}"
        for path in modules(*APPS)
        if "actions" in path.relative_to(ROOT).with_suffix("").parts
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.args.args
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import tiering.models", ["tiering.models"]),
        ("from customers import views", ["customers.views"]),
        ("def f():\n    from escalation.models import Step", ["escalation.models.Step"]),
    ],
)
def test_the_reading_of_imports_misses_none(source, found):
    """The control: an import inside a function counts as well."""
    assert [name for _line, name in imports(ast.parse(source))] == found


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("User.objects.create(name='x')", 1),
        ("person.save(update_fields=['name'])", 1),
        ("User.objects.filter(pk=1).update(name='x')", 1),
        ("{}.update(a=1)", 0),
    ],
)
def test_the_reading_of_writes_tells_rows_from_dictionaries(source, count):
    assert len(list(writes(ast.parse(source)))) == count
