"""The files a deployment is made of agree with the code and with each other."""

import re
import runpy
import tomllib
from urllib.parse import urlencode

import pytest
import yaml
from packaging.requirements import Requirement

from customers.scope.forms import LONGEST_REQUEST
from firm.embedded.lease import BASE_DIR
from firm.running import processes

NOT_FOR_OPERATORS = {"DATABASE_ROLE", "DATABASE_NAME"}


def text(name: str) -> str:
    return (BASE_DIR / name).read_text()


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(text("docker-compose.yml"))


def example() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", text(".env.example"), re.MULTILINE))


def test_compose_has_every_service_with_a_health_check(compose):
    services = compose["services"]
    assert set(services) == {"postgres", "valkey", "migrate", "web", "worker", "beat"}
    for name in set(services) - {"migrate"}:
        assert services[name]["healthcheck"]["test"], name


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_compose_runs_what_make_run_runs(compose, tmp_path, name):
    command = getattr(processes, name)(tmp_path).command()
    started = command[command.index("-m") + 1 :]
    assert compose["services"][name]["command"] == started


def test_the_image_serves_the_pages_as_make_run_does(tmp_path):
    (command,) = re.findall(r"^CMD (\[.*\])$", text("Dockerfile"), re.MULTILINE)
    in_image = set(yaml.safe_load(command))
    here = processes.web(tmp_path, 3).command()
    own_to_up = {"fd://3", "60", "5", "--timeout", "--graceful-timeout"}
    assert set(here[here.index("-m") + 1 :]) - own_to_up <= in_image


def test_the_longest_scope_check_fits_into_an_address_and_is_not_logged():
    conf = runpy.run_path(str(BASE_DIR / "gunicorn.conf.py"))
    asked = urlencode({"request": "😀" * LONGEST_REQUEST, "day": "2026-11-22", "part": "answer"})
    assert 1000 + len(asked) < conf["limit_request_line"]
    assert not re.search(r"%\([rqf]\)s", conf["access_log_format"])


def test_compose_asks_for_nothing_the_example_does_not_name():
    assert set(re.findall(r"\$\{([A-Z_]+)", text("docker-compose.yml"))) <= example()


def test_every_setting_from_the_environment_is_in_the_example():
    asked = set(re.findall(r"""env(?:\.\w+)?\(\s*["']([A-Z_]+)["']""", text("config/settings.py")))
    assert asked - NOT_FOR_OPERATORS <= example()


def declared() -> dict[str, list[str]]:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    return {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": [
            *project["dependencies"],
            *project["optional-dependencies"]["dev"],
        ],
    }


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_what_the_project_declares(lock):
    pinned = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", text(lock), re.MULTILINE))
    for line in declared()[lock]:
        requirement = Requirement(line)
        assert requirement.name in pinned, requirement
        assert requirement.specifier.contains(pinned[requirement.name], prereleases=True)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_have_hashes_and_name_no_index(lock):
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text(lock))
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text(lock)


def test_run_time_dependencies_say_why():
    dependencies = text("pyproject.toml").split("dependencies = [")[1].split("\n]")[0]
    for line in re.findall(r'^\s+".*$', dependencies, re.MULTILINE):
        assert re.search(r'",\s+# \S', line), line
