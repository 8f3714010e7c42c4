"""Sessions of a private PostgreSQL server, and a local Spark where asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


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
