"""The three processes of an installation: web, worker and beat."""

import os
import sys
from pathlib import Path

from firm.embedded.account import has_setpriv
from firm.embedded.service import Service

WEB_WORKERS = os.environ.get("WEB_WORKERS", "2")
WEB_THREADS = os.environ.get("WEB_THREADS", "4")
JOBS_AT_ONCE = os.environ.get("JOBS_AT_ONCE", "2")


def web(logs: Path, listener: int) -> Service:
    """gunicorn on a socket that stays open while it is restarted, so that visitors wait
    instead of being refused.
    """
    return service(
        "web",
        *("gunicorn", "config.wsgi", "--bind", f"fd://{listener}", "--worker-class", "gthread"),
        *("--workers", WEB_WORKERS, "--threads", WEB_THREADS, "--timeout", "60"),
        *("--graceful-timeout", "5", "--preload", "--no-control-socket", "--access-logfile", "-"),
        role="app",
        logs=logs,
        pass_fds=(listener,),
    )


def worker(logs: Path) -> Service:
    return service(
        "worker",
        *("celery", "-A", "config", "worker", "--concurrency", JOBS_AT_ONCE),
        *("--without-gossip", "--without-mingle", "--loglevel", "INFO"),
        role="worker",
        logs=logs,
    )


def beat(logs: Path) -> Service:
    return service(
        "beat",
        *("celery", "-A", "config", "beat", "--pidfile=", "--loglevel", "INFO"),
        role="worker",
        logs=logs,
    )


def service(
    name: str, *module: str, role: str, logs: Path, pass_fds: tuple[int, ...] = ()
) -> Service:
    death_signal = ["setpriv", "--pdeathsig", "TERM"] if has_setpriv() else []
    return Service(
        name,
        lambda: [*death_signal, sys.executable, "-m", *module],
        log=logs / f"{name}.log",
        environment=environment(role),
        pass_fds=pass_fds,
    )


def environment(role: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_ROLE": role,
        "CELERY_SKIP_CHECKS": "1",
        "PYTHONUNBUFFERED": "1",
    }
