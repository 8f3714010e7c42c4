# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] minutes=2
# # Decisions: what was decided, and what follows?
#
# *{minutes} minutes.* At the end of this chapter you can say
#
# * what a panel of colleagues thinks of needs and of the market, and where it disagrees,
# * what was decided, by whom it is done, and on which answers it rests,
# * which reviews are due, and whether the metrics have moved beyond chance.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import pandas as pd

import segkit

pd.set_option("display.max_colwidth", None, "display.float_format", "{:,.2f}".format)
base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, {minutes} minutes (6 slack).** Six people at a table judge alone first, in
# writing, and talk only about what they see differently: who has heard the others is moved by them.
#
# **Ask first:** "Which number of this book would you defend before the board?" Each writes one
# down, with a range. Keep the notes: a decision should rest on one of them.
#
# **If short of time:** leave out exercise S8.2.

# %% [markdown] minutes=8
# ## What the panel thinks
#
# *What does the conference table say, and do the data agree?* A panel knows what no table holds,
# and overlooks what everybody has got used to. First its view of the users' needs, beside the view
# of those users who miss them most:

# %%
panel = base.ask("S8")
panel

# %%
for figure in panel.figures("needs"):
    figure.show()

# %% [markdown]
# Next the market by the ranges of each panelist. All together is the mean of their distributions,
# not of their ranges: what they disagree on stays in the interval.

# %%
for figure in panel.figures("market"):
    figure.show()

# %% [markdown] minutes=7
# ## Where the panel disagrees
#
# The most disputed comes first. Talk about the first row of each picture, and let those who stand
# farthest apart speak before the others.

# %%
for about in ("criteria", "needs", "market"):
    for figure in panel.figures(f"disagreement: {about}"):
        figure.show()

# %% [markdown]
# The same without names, where names would keep people from saying what they think:

# %%
from segkit.answers import disagreements

for picture in disagreements(base, names=False)[-2:]:
    picture.figure().show()

# %% [markdown] tags=["interactive"] minutes=15
# ## Judge for yourselves
#
# Enter your name, choose what you judge, and save as you go. Who comes back under the same name
# goes on where they stopped. On several laptops each fills a file of their own, and one of you
# merges them: `merge_judgements("ann.csv", "bob.csv", to="conference_table.csv")`. Among the
# company's tables, the file is read like any other.

# %% tags=["interactive"]
from pathlib import Path

from segkit.widgets import hold_conference

folder = Path(source) if Path(source).is_dir() else Path()
jobs = base.tables.get("jobs")
hold_conference(
    folder / "conference_table.csv",
    criteria=["fit", "revenue", "margin", "relations", "cycle"],
    needs={} if jobs is None else dict(jobs[["outcome", "statement"]].head(6).to_numpy()),
    market=base.tables.get("market_facts"),
    currency=base.settings.currency,
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** "What would the one who stands apart have to know that we do not?" Ask for facts, not
# for a vote. Judge again afterwards: a range that did not move is as good a result as one that did.

# %% [markdown] tags=["exercise"]
# ## Your turn: the panel

# %% tags=["exercise"]
from segkit.workshop import check

# %% [markdown] tags=["exercise"]
# ### Exercise S8.2 (6 minutes)
#
# Take the most likely values (`item_b` is "mode") that panelists gave for inputs of the market, in
# `base.conference_table`. For the input they dispute most, how many times as high is the highest as
# the lowest? Write the number into `times`.

# %% tags=["exercise"]
times = None
### BEGIN SOLUTION
likely = base.conference_table.query("kind == 'market' and item_b == 'mode'")
said = likely.groupby("item_a")["value"]
times = (said.max() / said.min()).max()
### END SOLUTION
check("S8.2", times)

# %% tags=["key"]
from segkit.workshop import key

ranges = base.conference_table.query("kind == 'market'")
modes = ranges[ranges["item_b"] == "mode"].groupby("item_a")["value"]
widest = ranges.groupby("item_a")["value"]
key(
    "S8.2",
    times,
    hints=[
        "Inputs are of different size: compare by division, input by input.",
        "Group the rows whose kind is market and whose `item_b` is mode by `item_a`.",
        "Divide the largest `value` of each input by its smallest, and take the largest ratio.",
    ],
    mistakes={
        "You compared with the middle of the panel, not with the lowest.": (
            (modes.max() / modes.median()).max()
        ),
        "You took lowest and highest values too: ranges are wide even where people agree.": (
            (widest.max() / widest.min()).max()
        ),
        "This is a difference: a large input differs more, whether disputed or not.": (
            (modes.max() - modes.min()).max()
        ),
    },
)

# %% [markdown] minutes=8
# ## What was decided
#
# *What was decided, and what follows?* A decision names who does what for which segment, what shows
# whether it works, and when it is looked at again.

# %%
decided = base.ask("S13")
decided

# %%
columns = ["state", "action", "segment", "owner", "review", "decided"]
decided.table.reindex(columns=columns)

# %%
for figure in decided.figures("reviews"):
    figure.show()

# %% [markdown] minutes=6
# ## On what it rests
#
# The answers that each decision rests on, as they are today. Where the metric is such an answer's
# number, it is measured anew (`now`, with its 90 % interval from `low` to `high`).

# %%
names = ["action", "finding", "reason", "rejected", "dissent"]
names += ["metric", "was", "now", "low", "high", "goal", "state"]
in_force = decided.table.reindex(columns=names).query("state != 'decided again'")
in_force[names[:5]]

# %%
in_force[["action", "was", "now", "low", "high", "goal", "metric"]]

# %%
for figure in decided.figures("progress"):
    figure.show()

# %% [markdown] tags=["interactive"] minutes=10
# ## Decide
#
# Name the questions that the decision rests on (such as S5, M1): their answers appear, and the
# number of the first becomes the metric. Write down what was rejected and who saw it otherwise: in
# a year nobody remembers. To change a decision after its review, record it anew under the same
# action; the later one counts.

# %% tags=["interactive"]
from segkit.widgets import record_decision

record_decision(base, folder / "decisions.csv")

# %% [markdown]
# Decisions are kept in `decisions.csv` among your tables. Read the tables again, or write the
# report (`segkit report`), and they stand here.

# %% [markdown] tags=["facilitator"]
# **Discuss:** let each group of six put one decision on record, with an owner who is in the room.
# "What would we have to see at the review to stop?" If nobody can say, the metric is the wrong one.
#
# **If a laptop fails:** decide on paper with the same words as in the form; one row of
# `decisions.csv` is one sheet.

# %% [markdown] tags=["exercise"]
# ## Your turn: the reviews

# %% [markdown] tags=["exercise"]
# ### Exercise S13.1 (3 minutes)
#
# How many reviews of decisions that are in force are overdue? Write the number into `overdue`.

# %% tags=["exercise"]
overdue = None
### BEGIN SOLUTION
overdue = int((decided.table["state"] == "overdue").sum())
### END SOLUTION
check("S13.1", overdue)

# %% tags=["key"]
listed = decided.table
key(
    "S13.1",
    overdue,
    hints=[
        "A decision that was taken again is history: its review does not count.",
        "The column `state` of `decided.table` says how each decision stands.",
        'Count the rows whose `state` is "overdue".',
    ],
    mistakes={
        "You counted the reviews of decisions that were decided again.": (
            int((listed["days"] < 0).sum())
        ),
        "These are all decisions in force.": int((listed["state"] != "decided again").sum()),
        "These are all decisions ever taken.": len(listed),
    },
)

# %% [markdown] tags=["exercise"]
# ### Exercise S13.2 (5 minutes)
#
# Of the way from the metric on the day of the decision (`was`) to the `goal`, how much has the
# decision in force that is farthest along come? Write the share into `way`.

# %% tags=["exercise"]
way = None
### BEGIN SOLUTION
force = decided.table.query("state != 'decided again'")
way = ((force["now"] - force["was"]) / (force["goal"] - force["was"])).max()
### END SOLUTION
check("S13.2", way)

# %% tags=["key"]
first = decided.table.query("state != 'decided again'").nlargest(1, "progress").iloc[0]
key(
    "S13.2",
    way,
    hints=[
        "The way begins at the value on the day of the decision, not at zero.",
        "Divide what has changed by what was to change.",
        "(now - was) / (goal - was), and the largest of these.",
    ],
    mistakes={
        "You divided by the goal as if the way began at zero.": first["now"] / first["goal"],
        "This is the change relative to where the metric began.": (
            (first["now"] - first["was"]) / first["was"]
        ),
        "This is what is left of the way.": 1 - first["progress"],
    },
)

# %% [markdown] tags=["exercise"]
# ### Exercise S13.3 (7 minutes)
#
# Wrap-up, for which you write a few lines of code. For which decisions in force has the metric moved
# beyond chance: does its value on the day of the decision lie outside today's 90 % interval? Write
# the actions into `moved`, as a list in any order.

# %% tags=["exercise"]
moved = None
### BEGIN SOLUTION
measured = decided.table.query("state != 'decided again'").dropna(subset=["low", "high", "was"])
inside = measured["was"].between(measured["low"], measured["high"])
moved = measured.loc[~inside, "action"].tolist()
### END SOLUTION
check("S13.3", moved)

# %% tags=["key"]
known = decided.table.query("state != 'decided again'").dropna(subset=["low", "high", "was"])
better = (known["now"] - known["was"]) * (known["goal"] - known["was"]) > 0
key(
    "S13.3",
    moved,
    hints=[
        "A number that differs may differ by chance: look at its interval.",
        "Compare `was` with `low` and `high`, row by row; `Series.between` does it.",
        "Keep the actions whose `was` is not between `low` and `high`.",
    ],
    mistakes={
        "These are all that differ in the right direction; some may have done so by chance.": (
            known.loc[better, "action"].tolist()
        ),
        "These are the ones whose metric has not moved beyond chance.": (
            known.loc[known["was"].between(known["low"], known["high"]), "action"].tolist()
        ),
        "You compared the goal with the interval: that says what may be reached, not what moved.": (
            known.loc[known["goal"].between(known["low"], known["high"]), "action"].tolist()
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **Usual mistakes:** a metric that the decision cannot move; a goal without a day; an owner who was
# not asked; a review that only asks whether it was done, not whether it worked.

# %% [markdown] minutes=2
# ## Take away
#
# * Judge alone, then talk about what you see differently.
# * A decision without owner, metric and review is an opinion.
# * Write down who disagreed, and why: it is the first thing to look at when the review comes.
