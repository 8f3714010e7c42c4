import pytest


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
