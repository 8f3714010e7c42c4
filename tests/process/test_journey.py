"""How far buyers go alone."""

import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.process import self_serve_share


def test_share_before_the_first_contact():
    rows = [("a", 3, "rep"), ("a", 1, "buyer"), ("a", 2, "buyer"), ("a", 4, "buyer")]
    rows += [("b", 1, "buyer"), ("c", 1, "rep"), (None, 1, "rep")]
    log = pd.DataFrame(rows, columns=["deal", "day", "who"])
    table = self_serve_share(log, deal="deal", at="day", by="who").set_index("deal")
    assert table["share"].to_dict() == {"a": 0.5, "b": 1.0, "c": 0.0}
    assert table["activities"].to_dict() == {"a": 4, "b": 1, "c": 1}


def test_nothing_usable_is_refused():
    log = pd.DataFrame({"deal": [None], "day": [1], "who": ["rep"]})
    with pytest.raises(DataError, match="No activity can be used"):
        self_serve_share(log, deal="deal", at="day", by="who")
