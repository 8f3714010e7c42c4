"""Survey forms in a real browser: what is answered is what the methods read back."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import DataError
from segkit.surveys import ChoiceModel, MaxDiff, read_answers, survey_form
from segkit.tables.schema import schema

ARABIC = ["سهولة الاستخدام", "سعر ثابت", "أمن البيانات", "دعم سريع", "تقارير"]
FEATURES = {"audit": "Audit trail", "leave": "Leave by phone"}


@pytest.fixture
def open_form(open_report, tmp_path):
    def opened(kind, items, **options):
        path = tmp_path / "form.html"
        path.write_text(survey_form(kind, items, **options), encoding="utf-8")
        return open_report(path, width=options.pop("width", 380))

    return opened


def tick(form, name, value):
    form.page.locator(f"input[name='{name}'][value='{value}']").check()


def names_of(form):
    """Names of the radio groups that can be seen, in their order."""
    radios = form.page.locator("section:visible input[type=radio]").all()
    return list(dict.fromkeys(radio.get_attribute("name") for radio in radios))


def save(form, folder, name):
    with form.page.expect_download() as started:
        form.page.get_by_role("button", name="Save my answers").click()
    path = folder / f"{name}.csv"
    started.value.save_as(path)
    return path


def begin(form, code):
    form.page.get_by_label("Your code").fill(code)
    form.page.get_by_label("Your code").blur()


def answer_sets(form, likes):
    """Answer each set by an order of liking."""
    for fields in form.page.locator("section:visible fieldset").all():
        items = fields.locator("tbody th").all_inner_texts()
        radios = fields.locator("tbody tr").all()
        order = sorted(range(len(items)), key=lambda place: likes[items[place]])
        radios[order[-1]].locator("input").first.check()
        radios[order[0]].locator("input").last.check()


def test_maxdiff_answers_read_straight_back(open_form, tmp_path):
    form = open_form(
        "maxdiff", ARABIC, language="ar", roles=["HR", "Finance"], per_set=3, versions=3
    )
    assert form.page.locator("html").get_attribute("dir") == "rtl"
    folder = tmp_path / "answers"
    folder.mkdir()
    likes = {item: place for place, item in enumerate(ARABIC)}
    versions = set()
    for number in range(4):
        form.page.get_by_role("button", name="Start again").click()
        begin(form, f"buyer {number}")
        versions.add(form.page.locator("section:visible").get_attribute("data-version"))
        form.page.locator("select").select_option("HR" if number % 2 else "Finance")
        answer_sets(form, likes)
        save(form, folder, f"answers {number}")
    assert len(versions) > 1
    table = read_answers(folder)
    assert list(table) == ["respondent", "role", "set", "item", "choice"]
    assert set(table) <= set(schema()["maxdiff_buyers"].columns)
    model = MaxDiff().fit(table, group="role")
    assert (model.ledger_["reason"] == "used").all()
    ordered = model.counts_.sort_values("best_minus_worst")["item"].tolist()
    assert ordered[0] == ARABIC[0]
    assert ordered[-1] == ARABIC[-1]
    form.assert_quiet()


def test_the_company_reads_the_file_as_it_is(open_form, tmp_path):
    form = open_form("kano", FEATURES)
    begin(form, "U-1")
    for name, value in zip(names_of(form), ["like", "live with", "must", "dislike"], strict=True):
        tick(form, name, value)
    folder = tmp_path / "company"
    folder.mkdir()
    save(form, folder, "kano_survey")
    base = segkit.read(folder)
    assert base.kano_survey.drop(columns="user_id").to_numpy().tolist() == [
        ["audit", "like", "live with"],
        ["leave", "must", "dislike"],
    ]


def test_conjoint_answers_fit_a_choice_model(open_form, tmp_path):
    levels = {"price": [4, 6, 8], "hosting": ["cloud", "own servers"]}
    form = open_form("conjoint", levels, tasks=6, versions=2, offers_per_task=2)
    folder = tmp_path / "answers"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(6):
        form.page.get_by_role("button", name="Start again").click()
        begin(form, f"b{number}")
        for name in names_of(form):
            tick(form, name, rng.integers(3))
        save(form, folder, f"b{number}")
    table = read_answers(folder)
    none = table[table["alternative"] == 0]
    assert none[["price", "hosting"]].isna().all(axis=None)
    model = ChoiceModel().fit(table)
    assert model.n_tasks_ == 36
    assert {"price", "hosting", "none"} == set(model.coefficients_["attribute"])
    form.assert_quiet()


@pytest.mark.parametrize(
    ("kind", "items", "scale", "values", "expected"),
    [
        ("importance-satisfaction", {"O1": "Less waiting"}, (1, 7), [7, 2], {"importance": 7}),
        ("importance-satisfaction", {"O1": "Less waiting"}, (0, 10), [0, 10], {"importance": 0}),
        ("nps", {"response_time": "Answered quickly"}, None, [9, 4], {"response_time": 4}),
    ],
)
def test_ratings(open_form, tmp_path, kind, items, scale, values, expected):
    form = open_form(kind, items, scale=scale)
    begin(form, "7")
    for name, value in zip(names_of(form), values, strict=True):
        tick(form, name, value)
    table = read_answers(save(form, tmp_path, "answers"))
    for column, value in expected.items():
        assert table[column].tolist() == [value]
    assert table.iloc[0, 0] == "7"  # a code is text


def test_nothing_is_saved_before_all_is_answered(open_form):
    form = open_form("maxdiff", list("ABCDE"), versions=1)
    begin(form, "b")
    form.page.get_by_role("button", name="Save my answers").click()
    assert "Questions still open: 4" in form.page.locator("#progress").inner_text()
    assert form.page.locator("#thanks").is_hidden()
    best, worst = names_of(form)[:2]
    tick(form, best, 0)
    tick(form, worst, 0)  # the same item: the later click counts
    assert form.page.locator(f"input[name='{best}']:checked").count() == 0


def test_hostile_items_are_shown_not_run(open_form, hostile_names, tmp_path):
    form = open_form("maxdiff", hostile_names, title=hostile_names[1], versions=1, per_set=3)
    assert form.page.locator("h1").inner_text() == hostile_names[1]
    assert form.page.locator("img, a, svg, iframe").count() == 0
    assert form.page.locator("script").count() == 1
    begin(form, '=HYPERLINK("http://x.example")')
    for fields in form.page.locator("section:visible fieldset").all():
        fields.locator("tr:first-child input").first.check()
        fields.locator("tr:last-child input").last.check()
    path = save(form, tmp_path, "answers")
    text = path.read_text(encoding="utf-8-sig")
    assert "\n=" not in text
    assert ",=" not in text
    table = read_answers(path)
    assert set(table["item"]) == set(hostile_names)
    assert table["respondent"].unique().tolist() == ['=HYPERLINK("http://x.example")']
    assert sorted(table["choice"].unique()) == [-1, 0, 1]
    form.assert_fits()
    form.assert_quiet()


def test_it_fits_a_telephone_and_can_be_read_by_all(open_form, axe):
    kinds = {
        "maxdiff": ARABIC,
        "conjoint": {"price": [4, 6], "hosting": ["cloud", "own servers"]},
        "kano": FEATURES,
        "importance-satisfaction": FEATURES,
        "nps": FEATURES,
    }
    for kind, items in kinds.items():
        form = open_form(kind, items, roles=["HR"])
        begin(form, "x")
        form.assert_fits()
        assert form.severe_violations(axe) == []


def test_nothing_else_may_run_or_be_sent(open_report, tmp_path):
    page = survey_form("kano", FEATURES)
    page = page.replace("<main>", '<main onclick="window.pwned=1">')
    page = page.replace("</main>", "<script>window.pwned=1</script></main>")
    path = tmp_path / "form.html"
    path.write_text(page, encoding="utf-8")
    opened = open_report(path)
    opened.page.locator("h1").click()
    assert opened.page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in fault for fault in opened.faults)


def test_answers_of_another_form_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text("respondent,item\nx,1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("respondent,feature\nx,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="questionnaire: b"):
        read_answers(tmp_path)
    with pytest.raises(DataError, match="No such file"):
        read_answers(tmp_path / "nothing.csv")


def test_a_respondent_who_answers_twice_counts_once(tmp_path):
    for name, choice in (("1", 0), ("2", 1)):
        frame = pd.DataFrame({"respondent": ["x"], "choice": [choice]})
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    assert read_answers(tmp_path)["choice"].tolist() == [1]
    both = pd.DataFrame({"respondent": ["y", "x"], "choice": [0, -1]})
    both.to_csv(tmp_path / "3.csv", index=False)
    answers = read_answers(tmp_path)
    assert sorted(zip(answers["respondent"], answers["choice"], strict=True)) == [
        ("x", -1),
        ("y", 0),
    ]


def choose_by_keys(form, name, place):
    """Tab into a group of radio buttons, and go down to a place."""
    keys, told = form.page.keyboard, "document.activeElement"
    for _ in range(20):
        if form.page.evaluate(f"{told}.name") == name:
            break
        keys.press("Tab")
    keys.press("Space")
    for _ in range(20):
        if form.page.evaluate(f"{told}.value") == place:
            break
        keys.press("ArrowDown")


def test_arrow_keys_pass_over_what_is_chosen(open_form, tmp_path):
    """Best is the second item, worst the fourth: on the way down the keys pass the second."""
    form = open_form("maxdiff", list("abcde"), per_set=4, sets=2, versions=1)
    begin(form, "ann")
    for name in names_of(form):
        choose_by_keys(form, name, "1" if name.endswith("b") else "3")
    save(form, tmp_path, "ann")
    assert read_answers(tmp_path)["choice"].tolist() == [0, 1, 0, -1] * 2
    form.assert_quiet()
