"""Text files: every encoding, delimiter and line end; every fault of a file said."""

import csv
import os
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.errors import DataError
from segkit.tables.delimited import _irregular, _regular, read_delimited


@pytest.fixture
def read(tmp_path):
    def _read(data, name="table.csv", encoding=""):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_delimited(path, encoding)

    return _read


def _cells(raw):
    return [tuple(row) for row in raw.frame.to_numpy()]


def _kinds(raw):
    return [kind for kind, _ in raw.notes]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_line_ends(read, delimiter, end):
    text = end.join(["id,name", "1,Ä", "2,B"]).replace(",", delimiter)
    for tail in ("", end):
        raw = read(text + tail)
        assert list(raw.frame) == ["id", "name"]
        assert _cells(raw) == [("1", "Ä"), ("2", "B")]
        assert raw.numbers.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("encoding", "notes"),
    [
        ("utf-8", []),
        ("utf-8-sig", []),
        ("utf-16", []),
        ("utf-16-le", []),
        ("utf-32", []),
        ("cp1252", ["encoding"]),
    ],
)
def test_encodings(read, encoding, notes):
    raw = read("id,name\n1,Müller \u2014 Ö€\n".encode(encoding))
    assert _cells(raw) == [("1", "Müller \u2014 Ö€")]
    assert _kinds(raw) == notes


def test_a_named_encoding_rules_but_for_a_byte_order_mark(read):
    assert _cells(read("id,name\n1,Łódź\n".encode("cp1250"), encoding="cp1250")) == [("1", "Łódź")]
    assert _cells(read("id,name\n1,Łódź\n".encode("utf-8-sig"), encoding="cp1250")) == [
        ("1", "Łódź")
    ]
    with pytest.raises(DataError, match=r"table.csv cannot be read as utf-8. Save it as UTF-8"):
        read("id\nÖ\n".encode("cp1252"), encoding="utf-8")


def test_damaged_utf8_stays_utf8(read):
    raw = read("id,name\n1,Müller Söhne\n2,Jäger Ö".encode() + b"\xc3")
    assert _cells(raw) == [("1", "Müller Söhne"), ("2", "Jäger Ö\ufffd")]
    assert raw.notes == (("encoding", "1 characters are not UTF-8 and were read as \ufffd"),)


def test_quotes_hold_delimiters_line_ends_and_quotes(read):
    raw = read('id,name\n1,"a,b\nc"\n2,"say ""hi"""\n3,5" pipe\n')
    assert _cells(raw) == [("1", "a,b\nc"), ("2", 'say "hi"'), ("3", '5" pipe')]
    assert raw.numbers.tolist() == [2, 4, 5]


def test_blank_lines_count_as_lines_but_not_as_rows(read):
    raw = read("\n\nid,name\n\n1,a\n,\n\n2,b\n")
    assert _cells(raw) == [("1", "a"), ("2", "b")]
    assert raw.numbers.tolist() == [5, 8]
    assert raw.notes == (("empty rows", "rows without any value were left out: 1"),)


def test_lines_of_another_length(read):
    raw = read("id,name,x\n1,a\n2,b,c,\n3,d,e,f\n")
    assert _cells(raw) == [("1", "a", ""), ("2", "b", "c"), ("3", "d", "e")]
    assert raw.shifted.tolist() == [False, False, True]
    assert _kinds(raw) == ["short lines"]


def test_headers_empty_and_twice(read):
    raw = read("id,,id,id,,x 2,x,x\n1,2,3,4,,5,6,7\n")
    assert list(raw.frame) == ["id", "column 2", "id 2", "id 3", "x 2", "x", "x 3"]
    assert _kinds(raw) == ["empty header", "duplicate header"]


def test_the_hint_of_excel(read):
    raw = read("sep=|\r\na,b|c\r\n1,5|2\r\n")
    assert list(raw.frame) == ["a,b", "c"]
    assert raw.numbers.tolist() == [3]


def test_decimal_commas_do_not_part_cells(read):
    assert _cells(read("a;b\n1,5;2,5\n3,5;4,5\n")) == [("1,5", "2,5"), ("3,5", "4,5")]


def test_tabs_win_in_a_tsv(read):
    assert list(read("a\tb,c\n1\t2,3\n", name="table.tsv").frame) == ["a", "b,c"]


def test_one_column_and_no_rows(read):
    assert _cells(read("id\n1\n\n2\n")) == [("1",), ("2",)]
    assert read("id\n1\n\n2\n").numbers.tolist() == [2, 4]
    assert read("id,name\n").frame.shape == (0, 2)


def test_words_stay_as_they_are(read):
    cells = [("007", "NA", "1.10"), ("1e5", "null", "nan")]
    assert _cells(read("a,b,c\n" + "\n".join(map(",".join, cells)))) == cells


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "table.csv is empty"),
        (b" \n\n", "table.csv is empty"),
        (b"\xef\xbb\xbf", "has no header"),
        (b",,\n1,2,3\n", None),
        (b",,\n", "has no header"),
        (b"PK\x03\x04abc", "is an Excel workbook or a zip archive, not a text file"),
        (b"PAR1abc", "is a Parquet file"),
        (b"\xd0\xcf\x11\xe0abc", "is an old Excel workbook"),
        (b"\x1f\x8babc", "is a gzip archive"),
        (b"%PDF-1.7", "is a PDF file"),
        (b"SQLite format 3\0", "is an SQLite database"),
        (b"id,name\n1,\0\0\n", "holds binary data, not text"),
        (b'id,name\n1,a\n2,"open\n3,b\n', "the quote opened on line 3 is never closed"),
        (b'id,"name\n1,a\n', "the quote opened on line 1 is never closed"),
    ],
)
def test_says_what_is_wrong_with_a_file(read, data, expected):
    if expected is None:
        assert list(read(data).frame) == ["1", "2", "3"]
        return
    with pytest.raises(DataError, match=expected):
        read(data)


def test_junk_of_any_kind_is_refused_or_read(read):
    for seed in range(20):
        with pytest.raises(DataError, match="binary data"):
            read(bytes([seed, 255]) + os.urandom(2000))


TEXT = st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=5)


@settings(max_examples=200)
@given(
    rows=st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1, max_size=6),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_the_fast_way_reads_what_the_slow_way_reads(rows, quoting):
    stream = StringIO()
    csv.writer(stream, quoting=quoting, lineterminator="\n").writerows(rows)
    body, width = stream.getvalue(), len(rows[0])
    fast = _regular(body, ",", width, 2)
    frame, numbers, shifted, _ = _irregular(body, ",", width, 2, "table.csv")
    if fast is not None:
        assert fast[0].astype(str).to_numpy().tolist() == frame.astype(str).to_numpy().tolist()
        assert fast[1].tolist() == numbers.tolist()
        assert not shifted.any()
    elif all(len(row) == width for row in rows):
        assert '"' in body or "\n" in "".join(map("".join, rows))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(data)
    try:
        raw = read_delimited(path)
    except DataError:
        return
    assert len(raw.frame) == len(raw.numbers) == len(raw.shifted)
