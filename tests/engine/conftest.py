"""A private PostgreSQL server, and a local Spark where asked."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def _programs() -> Path | None:
    """Find initdb and pg_ctl: Debian keeps them off the path."""
    on_path = shutil.which("initdb")
    homes = [Path(on_path).parent] if on_path else []
    homes += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((home for home in homes if (home / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[str]:
    """The folder of the socket of a server of our own, reached by no network."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL cannot run as root and there is no user 'postgres'")
        owner = {"user": "postgres", "group": "postgres"}
    home = Path(tempfile.mkdtemp(prefix="segkit-postgres-"))
    if owner:
        shutil.chown(home, **owner)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL, **owner)

    data = str(home / "data")
    run("initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-c listen_addresses= -c fsync=off -c unix_socket_directories={home}"
    run("pg_ctl", "-D", data, "-o", options, "-l", str(home / "log"), "-w", "start")
    try:
        yield str(home)
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(home)


@pytest.fixture
def postgres(postgres_socket: str) -> Iterator[Any]:
    """A connection to an empty database session; nothing of it stays."""
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(host=postgres_socket, user="postgres", dbname="postgres") as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session as small as it gets."""
    sql = pytest.importorskip("pyspark.sql", reason="Spark: pip install segkit[spark]")
    settings = {
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    }
    builder = sql.SparkSession.builder.master("local[2]")
    session = builder.config(map=settings).getOrCreate()
    yield session
    session.stop()
