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

# %% [markdown] minutes=1
# # Start: what the tables can answer
#
# *{minutes} minutes.* At the end of this chapter you can say
#
# * which tables were read, and how many rows could not be used and why,
# * which of the 24 questions these tables answer, and what is missing for the others.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import pandas as pd

import segkit

pd.set_option("display.max_colwidth", None)
base = segkit.read(source)
base

# %% [markdown] tags=["facilitator"]
# **Facilitator, {minutes} minutes (2 slack).** This chapter decides whether the others are
# believed.
#
# **Ask first:** "Which of your tables would you trust with a budget decision?" Write the names
# down and come back to them at the ledger.
#
# **If short of time:** leave out exercise Start.1; show Start.2 yourself.

# %% [markdown] minutes=4
# ## Every row is accounted for
#
# A row that cannot be used is set aside with its reason, never dropped in silence: rows read =
# rows used + rows set aside. Read this table first. If a reason looks wrong, mend the file or the
# `segkit.toml` beside it, and read again.

# %%
base.ledger

# %% [markdown]
# Things found that did not cost a row, or that you should know before you trust one:

# %%
base.findings()

# %% [markdown] minutes=4
# ## The 24 questions
#
# The questions run from the market through the accounts and their buyers to the users. A question
# is answerable when every column it needs holds values.

# %%
base.coverage()

# %% [markdown] tags=["facilitator"]
# **Discuss:** "Which question would you most like to see answered, and who could give us the table
# that is missing for it?"

# %% [markdown] tags=["exercise"]
# ## Your turn
#
# An exercise is one cell to fill in. Put your line in place of `# Your code here` and run the cell
# (Shift and Enter); run it as it stands to see its table and the first hint. Each exercise says how
# to write what it needs: there, `frame` stands for the table named in the cell, and `"column"` for
# a column of it. A number that you read off a table may be typed in just as well.
#
# If Python does not know a name, run the cells above first (menu Run, Run All Above Selected Cell).

# %% tags=["exercise"]
from segkit.workshop import check

# %% [markdown] tags=["exercise"]
# ### Exercise Start.1 (3 minutes)
#
# Which share of all rows read stands in the largest table? Write the share into `largest`.
#
# `frame["column"].max()` is the largest number of a column, `frame["column"].sum()` the sum of all;
# `/` divides.

# %% tags=["exercise"]
ledger = base.ledger
display(ledger[["table", "read", "used"]].head(3))
largest = None
### BEGIN SOLUTION
largest = ledger["read"].max() / ledger["read"].sum()
### END SOLUTION
check("Start.1", largest)

# %% tags=["key"]
from segkit.workshop import key

rows = ledger["read"]
key(
    "Start.1",
    largest,
    hints=[
        "The ledger has one row for each table.",
        "Two numbers of the column `read` are needed: its largest, and all of it together.",
        "Divide the largest number of `read` by the sum of `read`.",
    ],
    mistakes={
        "You divided by the rows of the other tables; a share is of the whole.": (
            rows.max() / (rows.sum() - rows.max())
        ),
        "You divided tables, one of all; the question is about rows.": 1 / len(rows),
        "This is the number of rows, not their share.": rows.max(),
    },
)

# %% [markdown] tags=["exercise"]
# The next exercises are about a small company whose tables have faults. Run this cell.

# %% tags=["exercise"]
import pandas as pd

orders = pd.DataFrame(
    {
        "customer": [f"C{n % 12}" for n in range(40)],
        "date": ["soon" if n == 17 else f"2026-03-{1 + n % 28:02d}" for n in range(40)],
        "amount": ["twenty" if n == 3 else str(20 + n % 7) for n in range(40)],
    }
)
survey = pd.DataFrame({"respondent": list("abcd"), "score": ["9", "10", "eleven", "x"]})
small = segkit.CustomerBase.from_tables(
    {"orders": orders, "nps_survey": survey}, {"currency": "EUR"}
)
small.ledger

# %% [markdown] tags=["exercise"]
# ### Exercise Start.2 (5 minutes)
#
# Which share of all rows that the small company read could be used? Write it into `used`.

# %% tags=["exercise"]
display(small.ledger[["table", "read", "used", "set_aside"]])
used = None
### BEGIN SOLUTION
used = small.ledger["used"].sum() / small.ledger["read"].sum()
### END SOLUTION
check("Start.2", used)

# %% tags=["key"]
key(
    "Start.2",
    used,
    hints=[
        "Does every row count the same in your number, whatever table it stands in?",
        "Add up `used` over the tables, and `read` over the tables.",
        "Divide the sum of `used` by the sum of `read`.",
    ],
    mistakes={
        "You took the mean of the tables' shares: four answers then count as much as forty "
        "orders.": (small.ledger["used"] / small.ledger["read"]).mean(),
        "This is the share that was set aside.": 1 - used,
        "You divided by the rows set aside.": (
            small.ledger["used"].sum() / small.ledger["set_aside"].sum()
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** the mean of the shares and the share of all rows: "Which question does each of the
# two numbers answer?" An amount that could not be read cost no row: find it in `small.findings()`.

# %% [markdown] tags=["exercise"]
# ### Exercise Start.3 (3 minutes)
#
# Which of the 24 questions can the small company answer? Write their ids into `answerable`, as a
# list in any order.
#
# A list stands in brackets, its words in quotation marks: `["M9", "A9"]`. You may type it, or let
# Python find it: `frame[frame["column"] == "word"]` keeps the rows that hold a word, and
# `["other column"]` behind it takes another column of them.

# %% tags=["exercise"]
coverage = small.coverage()
display(coverage[["question", "phase", "status"]])
answerable = None
### BEGIN SOLUTION
answerable = coverage.loc[coverage["status"] == "answerable", "question"].tolist()
### END SOLUTION
check("Start.3", answerable)

# %% tags=["key"]
supporting = small.coverage(supporting=True)
key(
    "Start.3",
    answerable,
    hints=[
        "Ask the small company, not the large one, for its coverage.",
        "Keep the rows of `small.coverage()` whose status is answerable.",
        "Take the column `question` of these rows, as a list.",
    ],
    mistakes={
        "This is how many there are; their ids are asked for.": len(answerable),
        "These are the questions of the large company.": (
            base.coverage().query("status == 'answerable'")["question"].tolist()
        ),
        "These are the supporting questions, which stand beside the 24.": (
            supporting.query("status == 'answerable'")["question"].tolist()
        ),
    },
)

# %% [markdown] tags=["exercise"]
# ### Exercise Start.4 (7 minutes)
#
# Wrap-up, for which you write a few lines of code. Which share of the questions of each phase can
# the small company answer? Write a column with one share for each of the four phases into
# `by_phase`; the order does not matter.
#
# `(frame["column"] == "word")` is true or false for each row. `.groupby(frame["other"]).mean()`
# behind it gives the share that is true for each word of another column.

# %% tags=["exercise"]
by_phase = None
### BEGIN SOLUTION
by_phase = (coverage["status"] == "answerable").groupby(coverage["phase"]).mean()
### END SOLUTION
check("Start.4", by_phase)

# %% tags=["key"]
can = coverage["status"] == "answerable"
key(
    "Start.4",
    by_phase,
    hints=[
        "A phase without any answer belongs to the result too, with 0.",
        "Turn the status into true and false, and group it by the column `phase`.",
        "The mean of true and false is the share that is true: take it phase by phase.",
    ],
    mistakes={
        "You counted; divide by the number of questions of the phase.": (
            can.groupby(coverage["phase"]).sum()
        ),
        "You divided by all 24 questions; divide by those of the phase.": (
            can.groupby(coverage["phase"]).sum() / len(coverage)
        ),
        "You left out the phases without an answer.": by_phase[by_phase > 0],
    },
)

# %% [markdown] minutes=1
# ## Take away
#
# * Check before you analyse: a wrong mapping looks like a finding.
# * A question that cannot be answered is a good result too: it says which table to ask for.
