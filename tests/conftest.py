import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Properties are tried without a clock, for the machine may be busy; the checks try the same ones
# each time, so that they judge the change and not the luck of the day.
settings.register_profile("free", deadline=None)
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady" if os.environ.get("CI") == "true" else "free")

# What may be left out on a machine that has all the project asks for: data that are not part of
# the project, Spark, and examples that only show how to call.
_MAY_BE_ABSENT = ("not part of the project", "Spark", "+SKIP option")


def pytest_sessionfinish(session, exitstatus):
    """Fail where everything should be there and a test was skipped all the same."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None or exitstatus != 0:
        return
    reasons = [str(report.longrepr[2]) for report in reporter.stats.get("skipped", [])]
    wrong = [why for why in reasons if not any(word in why for word in _MAY_BE_ABSENT)]
    if wrong:
        reporter.write_line(f"skipped, and should not have been: {sorted(set(wrong))}", red=True)
        session.exitstatus = 1


@pytest.fixture(scope="session")
def larkspur():
    """The sample company, read and checked."""
    import segkit

    return segkit.sample()


@pytest.fixture(scope="session")
def truth():
    """What was planted in the sample company."""
    from segkit.samples import make_case

    return make_case().truth


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
        # PostgreSQL refuses to run as root; only Unix knows users by name.
        import pwd

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
