import re

from hypothesis import given
from hypothesis import strategies as st

from segkit.report.names import file_names, sheet_names

TEXTS = st.lists(st.text(max_size=80), max_size=12)


@given(TEXTS)
def test_excel_takes_every_sheet_name(texts):
    names = sheet_names(texts)
    assert len(names) == len(texts)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 1 <= len(name) <= 31
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]", name)
        assert name.strip("'") == name
        assert name.casefold() != "history"


@given(TEXTS)
def test_every_system_takes_every_file_name(texts):
    names = file_names(texts)
    assert len({name.casefold() for name in names}) == len(names) == len(texts)
    for name in names:
        assert 1 <= len(name) <= 60
        assert re.fullmatch(r"[\w.() -]+", name)
        assert not name.startswith((".", "-"))
        assert not name.endswith((".", " "))


def test_names_that_lead_elsewhere_or_are_devices_do_not():
    assert file_names(["../../etc/passwd", "C:\\x", "con.txt", "\u202egnp.exe", "a\nb"]) == [
        "etc-passwd",
        "c-x",
        "con.txt_",
        "gnp.exe",
        "a-b",
    ]
