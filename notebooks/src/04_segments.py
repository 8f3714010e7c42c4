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

# %% [markdown] minutes=3
# # Segments: whom do we treat alike, and is it true?
#
# *{minutes} minutes.* At the end of this chapter you can say
#
# * which ways of segmenting your tables allow, and what the others would take,
# * into which segments your customers fall, and whether these are found or drawn,
# * which way of grouping tells most, and which tests its segments pass,
# * whether channel and end users are mixed,
# * whom to protect, grow, fix or migrate, and how much money that is.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import pandas as pd

import segkit

pd.set_option("display.max_colwidth", None)
base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, {minutes} minutes (11 slack).**

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Which segments does your company use today, and what does it do differently for
# each?" A segment without such a thing is a label. Keep the lists, and come back to them at the
# league table.

# %% [markdown] minutes=2
# ## The questions
#
# Behind the 24 stand others: whom do we treat alike, and is it true? Several of the 24 are then
# asked segment by segment.

# %% [markdown] minutes=5
# ## Which ways of segmenting do our tables allow?
#
# By place, by what a company is, by what it does, by what it needs: the way follows from what you
# know of your customers, or can afford to learn.

# %%
ways = base.ask("S1")
ways

# %%
ways.table

# %%
ways.figure()

# %%
ways.figure(1)

# %% [markdown] tags=["facilitator"]
# **Discuss:** Which way would you most like to have and lack? What would it take, and who would do
# it?

# %% [markdown] tags=["facilitator"]
# **In half the time:** leave out the map of places.

# %% [markdown] minutes=7
# ## Into which segments do our customers fall?
#
# Any data can be cut into groups. *Natural* segments have empty ground between them;
# *reproducible* ones come back in other samples; *constructive* ones are slices of a continuum:
# useful to manage by, but drawn by us.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "How many segments have our customers?" Collect numbers, and do not comment on
# them.

# %%
segments = base.ask("S2")
segments

# %%
segments.table

# %% [markdown]
# What marks each segment: filled dots are markers, and the lines are 90 % intervals.

# %%
segments.figure()

# %%
segments.figure(1)

# %% [markdown] minutes=8
# ### Are they really there?
#
# Two hills with a gorge between them: customers are either in a segment or not. One slope: the
# border is ours.

# %%
segments.figure(2)

# %%
segments.figure(3)

# %%
segments.figure(4)

# %%
segments.figure(5)

# %%
segments.figure(6)

# %% [markdown] tags=["facilitator"]
# **Discuss:** Found or drawn? Let the room vote before the sentence is read aloud. A slice of a
# continuum may be used as one uses dress sizes: nobody believes that people come in five.

# %% [markdown] tags=["facilitator"]
# **In half the time:** show hills and gorges, and whether each segment comes back. Leave out the
# rest.

# %% [markdown]
# The names are suggestions from the two strongest marks. Better ones come from people who know
# these customers: write them beside the suggestions, and `segments.table.replace(names)` shows the
# table with them.

# %%
names = {name: name for name in segments.table.get("segment", [])}

# %% [markdown] tags=["interactive"] minutes=5
# ### Try it yourself
#
# Choose columns, weights and the number of segments. Each change fits anew. Tab reaches every
# control; the space bar ticks, the arrow keys move a slider.

# %% tags=["interactive"]
from segkit.widgets import explore_segments

explore_segments(base)

# %% [markdown] tags=["facilitator"]
# **Discuss:** Whoever turns the knobs until the picture looks nice has made a segment. "What would
# have to be true for you to believe three segments rather than four?" Then read the stability
# aloud.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Size, place, industry, use or need: which of them tells best who gives us most of
# their money?" Let people stand in corners of the room.

# %% [markdown] tags=["exercise"]
# ## Your turn: more than its part
#
# An exercise is one cell to fill in. Put your line in place of `# Your code here` and run the cell
# (Shift and Enter); run it as it stands to see its table and the first hint. Each exercise says how
# to write what it needs: there, `frame` stands for the table named in the cell, and `"column"` for
# a column of it. If Python does not know a name, run the cells above first (menu Run, Run All Above
# Selected Cell).

# %% tags=["exercise"]
from segkit.workshop import check

# %% tags=["key"]
from segkit.workshop import key

# %% [markdown] tags=["exercise"]
# ### Exercise S2.1 (5 minutes)
#
# Some segments bring more than their part. One that holds 20 % of the customers and 30 % of the
# revenue brings 1.5 times its part. How many times its part does the segment bring for which this
# number is largest? Write it into `most`.
#
# `frame["column"] / frame["other column"]` divides row by row; `.max()` behind brackets around it
# takes the largest.

# %% tags=["exercise"]
groups = segments.table  # one row a segment: "share" (of customers), "share of revenue"
most = None
### BEGIN SOLUTION
most = (groups["share of revenue"] / groups["share"]).max()
### END SOLUTION
check("S2.1", most)

# %% tags=["key"]
key(
    "S2.1",
    most,
    hints=[
        "First one number for each segment, then the largest of them.",
        "The two columns are `share of revenue` and `share`; revenue stands above the line.",
        "Divide `share of revenue` by `share` row by row, and take the largest.",
    ],
    mistakes={
        "You divided the other way round: that is how much less a segment brings.": (
            (groups["share"] / groups["share of revenue"]).max()
        ),
        "You took the difference. It makes large segments look good and small ones alike.": (
            (groups["share of revenue"] - groups["share"]).max()
        ),
        "That is the largest share of revenue. A large segment may bring less than its part.": (
            groups["share of revenue"].max()
        ),
    },
)

# %% [markdown] minutes=5
# ## Which way of grouping tells us most?
#
# A way of grouping is worth its trouble if it foretells something of customers it has not seen.
# Every way enters the league, random groups too.

# %%
league = base.ask("S3")
league

# %%
league.figure()

# %%
league.table

# %% [markdown] minutes=4
# ### Why believe it: eight tests of a segment
#
# Can its members be told from what we know of prospects? Is it large enough, can we reach it, is
# it different, do we have a play for it, does it come back, does it pay, does it grow? What the
# tables cannot tell is unknown, never passed.

# %%
league.figure(1)

# %%
league.figure(2)

# %% [markdown]
# Random groups are here to fail. A test that they pass tells nothing about segments.

# %%
league.figure(3)

# %% [markdown] tags=["facilitator"]
# **Discuss:** Take the list of today's segments. Which rows of the league do they belong to? Which
# of your plays would change if the segments did?

# %% [markdown] tags=["facilitator"]
# **In half the time:** show the tests of the best way only, and random groups beside it.

# %% [markdown] tags=["exercise"]
# ## Your turn: which way tells most

# %% [markdown] tags=["exercise"]
# ### Exercise S3.1 (3 minutes)
#
# Which way of grouping tells most? Write its name into `way`, in quotation marks or found by code.
#
# `frame.nlargest(1, "column")["other"].iloc[0]` takes the row with the largest number in a column,
# and from it the entry of another column.

# %% tags=["exercise"]
told = league.table.columns[3]  # the column with the share explained, by its name
way = None
### BEGIN SOLUTION
way = league.table.nlargest(1, told)["way"].iloc[0]
### END SOLUTION
check("S3.1", way)

# %% tags=["key"]
key(
    "S3.1",
    way,
    hints=[
        "The sentence of the chart above names it.",
        "Compare the ways by the column that `told` names, not by `revenue explained`.",
        "Take the row with the largest number in that column, and from it `way`.",
    ],
    mistakes={
        "That one foretells revenue: it is size under another name.": (
            league.table.nlargest(1, "revenue explained")["way"].iloc[0]
        ),
        "That one passes most tests. A segment may be easy to reach and tell nothing.": (
            league.table.nlargest(1, "tests passed")["way"].iloc[0]
        ),
        "That one makes most segments. More parts tell less once they meet new customers.": (
            league.table.nlargest(1, "segments")["way"].iloc[0]
        ),
    },
)

# %% [markdown] minutes=3
# ## Do we mix channel and end users?
#
# Partners buy to sell on. Pooled with end users they pull every mean to a value that fits neither.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Do partners count as customers in your reports?" Whoever is sure, raise a hand.

# %%
channel = base.ask("S4")
channel

# %%
channel.figure()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Which number of your last board paper had both kinds in it? Was it too high or too
# low?

# %% [markdown] tags=["facilitator"]
# **If short of time:** say the one sentence of the answer, and go on.

# %% [markdown] minutes=9
# ## Where should we invest?
#
# What a customer pays, whether that rises or falls, and what it costs to serve give the action.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Which part of our revenue would we not miss?" Everybody writes down a share.

# %%
portfolio = base.ask("S5")
portfolio

# %%
portfolio.figure()

# %%
portfolio.figure(1)

# %%
portfolio.figure(2)

# %%
portfolio.figure(3)

# %% [markdown]
# The largest customers, each with its action:

# %%
portfolio.table.head(10)

# %%
portfolio.ledger

# %% [markdown] tags=["exercise"]
# ## Your turn: money by action

# %% [markdown] tags=["exercise"]
# ### Exercise S5.1 (4 minutes)
#
# How much revenue lies with each action? Write the four sums, one for each action, into
# `by_action`.
#
# `frame.groupby("column")["other"].sum()` adds up another column for each word in a column.

# %% tags=["exercise"]
customers = portfolio.table  # action, revenue, contribution (what is left after all costs)
by_action = None
### BEGIN SOLUTION
by_action = customers.groupby("action")["revenue"].sum()
### END SOLUTION
check("S5.1", by_action)

# %% tags=["key"]
key(
    "S5.1",
    by_action,
    hints=[
        "The answer is a small table: an action, and a sum of money for it.",
        "Group by `action`, and add up `revenue`.",
        "`customers.groupby(...)[...].sum()`, with the two columns in the places of the dots.",
    ],
    mistakes={
        "You counted customers. The question asks for their money.": (
            customers.groupby("action")["revenue"].count()
        ),
        "You took the mean of a customer: add up instead.": (
            customers.groupby("action")["revenue"].mean()
        ),
        "You added up the contribution, which is what is left after all costs.": (
            customers.groupby("action")["contribution"].sum()
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **If short of time:** leave out exercise S5.1; the first chart shows its answer.

# %% [markdown] tags=["exercise"]
# ### Exercise S5.2 (4 minutes)
#
# Which share of all revenue comes from customers to fix or to migrate? Write it into `at_stake`.
#
# `part = frame[frame["column"].isin(["word", "other word"])]` keeps the rows that hold one of the
# words, and names them `part`.

# %% tags=["exercise"]
at_stake = None
### BEGIN SOLUTION
weak = customers[customers["action"].isin(["fix", "migrate"])]
at_stake = weak["revenue"].sum() / customers["revenue"].sum()
### END SOLUTION
check("S5.2", at_stake)

# %% tags=["key"]
weak = customers["action"].isin(["fix", "migrate"])
key(
    "S5.2",
    at_stake,
    hints=[
        "Both sums are sums of money: of some rows above the line, of all rows below.",
        "Keep the rows whose `action` is `fix` or `migrate`; add up their `revenue`.",
        "Divide that by the sum of `revenue` of all rows of `customers`.",
    ],
    mistakes={
        "You counted customers: here, too, money is asked for.": weak.mean(),
        "You took the customers to migrate only.": (
            customers.loc[customers["action"] == "migrate", "revenue"].sum()
            / customers["revenue"].sum()
        ),
        "You added up the contribution, which is what is left after all costs.": (
            customers.loc[weak, "contribution"].sum() / customers["contribution"].sum()
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** Compare with the shares people wrote down. Whoever wrote more: whom had they in mind?

# %% [markdown] tags=["exercise"]
# ## Wrap-up

# %% [markdown] tags=["exercise"]
# ### Exercise S5.3 (10 minutes)
#
# To migrate customers means to serve them at less cost, by a partner or a web page. Suppose that
# all of them left instead: no revenue, no cost. By how much would what is left for us after all
# costs rise in a year? Write the amount into `gain` (below zero, if it would fall). Then decide
# with your neighbour: would you let them go, and whom would you tell first?

# %% tags=["exercise"]
gain = None
### BEGIN SOLUTION
gain = -customers.loc[customers["action"] == "migrate", "contribution"].sum()
### END SOLUTION
check("S5.3", gain)

# %% tags=["key"]
losing = customers["contribution"] < 0
key(
    "S5.3",
    gain,
    hints=[
        "What somebody leaves us after all costs is called contribution. It can be below zero.",
        "Keep the rows whose `action` is `migrate`, and add up their `contribution`.",
        "If a sum below zero goes away, you gain it: put a minus before the sum.",
    ],
    mistakes={
        "That is their revenue. It goes away together with its costs.": (
            customers.loc[customers["action"] == "migrate", "revenue"].sum()
        ),
        "You let everybody go whose contribution is below zero. Some of them are to be fixed.": (
            -customers.loc[losing, "contribution"].sum()
        ),
        "Mind the sign: a loss that goes away is a gain.": (
            customers.loc[customers["action"] == "migrate", "contribution"].sum()
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** The gain supposes that the costs go with the customers. Which of them would stay for
# a year at least? And which customer on this list has a friend on the list to protect?

# %% [markdown] minutes=2
# ## Take away
#
# * Group by what customers try to get done; size and place tell what they could spend, not why.
# * Say of each segment whether it was found or drawn, and what it fails.
# * Part channel and end users before the first mean.
#
# **On Monday:** strike out one segment of today's list for which you do nothing differently.
