import os

import pytest

# What may be absent on a machine that has all the project asks for: data that are not part of
# the project, and Spark.
_MAY_BE_ABSENT = ("not part of the project", "Spark")


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
