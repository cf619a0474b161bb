"""The embedded PostgreSQL and Valkey: begun, shared, healed, taken over and ended."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import redis

from firm.embedded import account, secret_key
from firm.embedded.errors import EmbeddedError
from firm.embedded.lease import BASE_DIR, Lease
from firm.embedded.locks import is_locked
from firm.embedded.places import Places
from firm.embedded.postgres import cache_megabytes, postgres_service
from tests.ops.servers import connect, eventually, kill_all, postmaster, processes_of, ready, valkey

AS_ORDINARY_USER = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
USE_ONCE = (
    "import sys; from pathlib import Path\n"
    "from firm.embedded.lease import Lease; from tests.ops.servers import ready\n"
    "lease = Lease(Path(sys.argv[1]))\n"
    "with ready(lease, within=60) as connection:\n"
    "    print(connection.execute('SELECT pg_postmaster_start_time()').fetchone()[0])\n"
    "lease.release()\n"
)


@pytest.fixture
def data(tmp_path):
    directory = tmp_path / "data"
    # These data may be lost: the tests measure who starts whom, not the disk.
    directory.mkdir()
    (directory / "postgresql.local.conf").write_text("fsync = off\n")
    return directory


@pytest.fixture
def lease(data):
    lease = Lease(data)
    ready(lease).close()
    yield lease
    lease.release()
    assert processes_of(data) == []
    assert not lease.places.sockets.exists()


def broker(places: Places) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(places.valkey_socket))


def test_they_stop_with_their_last_user(data):
    first, second = Lease(data), Lease(data)
    ready(first).close()
    second.ensure()
    first.release()  # the starter, but not the last
    with connect(second.places) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    second.release()
    first.keeper.wait()
    assert processes_of(data) == []


def test_they_stop_when_their_only_user_is_killed(data):
    command = [sys.executable, "-c", USE_ONCE.replace("lease.release()", "input()"), str(data)]
    user = subprocess.Popen(
        command, cwd=BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with user:
        assert user.stdout.readline()
        user.kill()
    eventually(lambda: not processes_of(data))


def test_killed_postgres_is_back_with_its_data(lease):
    with connect(lease.places, "merihari_owner") as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    postmaster(lease.places).kill()
    time.sleep(0.2)
    started = time.monotonic()
    ready(lease).close()
    assert time.monotonic() - started < 15
    with connect(lease.places, "merihari_owner") as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)


def test_killed_valkey_is_back_with_its_queue(lease):
    eventually(broker(lease.places).ping)
    broker(lease.places).rpush("queue", "message")
    time.sleep(1.1)  # appended to the file every second
    valkey(lease.places).kill()
    time.sleep(0.2)
    eventually(lambda: broker(lease.places).lrange("queue", 0, -1) == [b"message"])


def test_killed_keeper_takes_the_servers_down_and_another_begins(lease):
    former = postmaster(lease.places)
    lease.keeper.kill()
    eventually(lambda: not former.is_running() or former.status() == "zombie")
    ready(lease).close()
    assert postmaster(lease.places).pid != former.pid


def test_the_whole_tree_killed_is_taken_over(lease):
    kill_all(processes_of(lease.places.data))
    ready(lease).close()


@pytest.mark.parametrize("kind", ["stale", "reused", "zombie"])
def test_a_pid_file_that_names_no_server_is_no_obstacle(data, kind):
    lease = Lease(data)
    ready(lease).close()
    lease.release()
    with subprocess.Popen(["sleep", "60"]) as other:
        if kind != "reused":
            other.kill()
        if kind == "stale":
            other.wait()
        (data / "postgres" / "postmaster.pid").write_text(
            f"{other.pid}\n{data}/postgres\n1\n5432\n{lease.places.sockets}\n\n0 0\nready\n"
        )
        ready(lease).close()
        lease.release()
        other.kill()


def test_a_first_start_cut_short_is_begun_anew(data):
    places = Places(data)
    places.make()
    unfinished = data / "postgres.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    lease = Lease(data)
    ready(lease).close()
    lease.release()
    assert not unfinished.exists()


def test_many_that_start_at_once_share_one_server(data):
    def use(_: int) -> str:
        command = [sys.executable, "-c", USE_ONCE, str(data)]
        return subprocess.run(
            command, cwd=BASE_DIR, capture_output=True, text=True, check=True
        ).stdout

    holder = Lease(data)
    holder.take()  # so that the servers outlive the first of them to finish
    with ThreadPoolExecutor(4) as pool:
        started_at = set(pool.map(use, range(4)))
    holder.release()
    assert len(started_at) == 1


def test_an_ordinary_user_can_run_them(data):
    command = [*AS_ORDINARY_USER] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*command, sys.executable, "-c", USE_ONCE, str(data)],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout
    assert processes_of(data) == []


def test_what_they_keep_is_private(tmp_path):
    """The mails, too: those of the default install carry links that set a password."""
    places = Places(tmp_path / "data")
    secret_key(places.data)
    places.make()
    modes = {place.name: stat.S_IMODE(place.stat().st_mode) for place in places.data.iterdir()}
    assert stat.S_IMODE(places.data.stat().st_mode) == 0o700
    assert modes == {"log": 0o700, "mail": 0o700, "secret_key": 0o600, "valkey": 0o700}


@pytest.mark.skipif(os.geteuid() != 0, reason="is about root")
def test_root_can_run_them_under_a_home_closed_to_others(data):
    data.parent.chmod(0o700)
    lease = Lease(data)
    ready(lease).close()
    assert stat.S_IMODE(lease.places.sockets.stat().st_mode) == 0o700
    lease.release()


@pytest.mark.skipif(os.geteuid() != 0, reason="is about root")
def test_root_without_user_namespaces_uses_a_system_user(monkeypatch, data):
    home = Path(f"/tmp/merihari-home-{os.getpid()}")
    monkeypatch.setattr(account, "user_namespaces_work", lambda: False)
    monkeypatch.setattr(account, "SYSTEM_USER", "nobody")
    monkeypatch.setattr(account, "SYSTEM_HOME", home)
    places = Places(data)
    places.make()
    server = postgres_service(places)
    try:
        server.start()
        eventually(lambda: connect(places).close() or True)
        assert postmaster(places).username() == "nobody"
    finally:
        server.stop()
        shutil.rmtree(home)
        shutil.rmtree(places.sockets)


def test_somebody_elses_socket_directory_is_refused(data):
    places = Places(data)
    places.sockets.mkdir(mode=0o755)
    lease = Lease(data)
    try:
        with pytest.raises(EmbeddedError, match="not a private directory"):
            ready(lease)
    finally:
        lease.release()
        places.sockets.rmdir()


def test_a_symbolic_link_as_socket_directory_is_refused(data, tmp_path):
    places = Places(data)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    places.sockets.symlink_to(tmp_path / "elsewhere")
    try:
        with pytest.raises(EmbeddedError, match="not a private directory"):
            places.make_sockets()
    finally:
        places.sockets.unlink()


def test_socket_paths_fit_however_long_the_data_directory_is(tmp_path):
    places = Places(tmp_path / ("d" * 200))
    assert len(str(places.sockets / ".s.PGSQL.5432")) <= 107


def test_nobody_comes_in_without_the_password(lease):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(lease.places, passfile="/dev/null", password="guessed")
    for file in (lease.places.passwords, lease.places.superuser_password):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_japanese_words_have_trigrams(lease):
    with connect(lease.places, "merihari_owner") as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        assert connection.execute("SELECT cardinality(show_trgm('東京電力'))").fetchone() == (5,)


def test_the_server_stops_in_order_when_told_to(lease):
    keeper = lease.keeper
    keeper.send_signal(signal.SIGTERM)
    eventually(lambda: keeper.poll() is not None)
    assert not is_locked(lease.places.keeper_lock)
    log = (lease.places.logs / "postgres.log").read_text()
    assert "database system is shut down" in log


def test_the_cache_keeps_to_the_limit_of_a_container(tmp_path, monkeypatch):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr("firm.embedded.postgres.CONTAINER_LIMIT", limit)
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(total=24 * 2**30))
    assert cache_megabytes() == 3072
    limit.write_text("max\n")
    assert cache_megabytes() == 3072
    limit.write_text(f"{2 * 2**30}\n")
    assert cache_megabytes() == 256
