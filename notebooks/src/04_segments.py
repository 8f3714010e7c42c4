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

# %% [markdown]
# # Segments: whom do we treat alike, and is it true?
#
# *60 minutes.* At the end of this chapter you can say
#
# * which ways of segmenting your tables allow, and what the others would take,
# * into which segments your customers fall, and whether these are found or drawn,
# * which way of grouping tells most, and which tests its segments pass,
# * whether channel and end users are mixed,
# * whom to protect, grow, fix or migrate, and how much money that is.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import segkit

base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, 60 minutes (10 slack).** Before you run anything, ask each table to write down the
# segments the company uses today, and one thing it does differently for each. A segment without
# such a thing is a label. Come back to the list at the league table.

# %% [markdown]
# ## The questions and their data
#
# Five questions stand behind the 24: several of those are asked segment by segment.

# %%
base.coverage(supporting=True)

# %% [markdown]
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

# %% [markdown]
# ## Into which segments do our customers fall?
#
# Any data can be cut into groups. *Natural* segments have empty ground between them;
# *reproducible* ones come back in other samples; *constructive* ones are slices of a continuum:
# useful to manage by, but drawn by us.

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

# %% [markdown]
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

# %% [markdown]
# The names are suggestions from the two strongest marks. Better ones come from people who know
# these customers: write them beside the suggestions, and `segments.table.replace(names)` shows the
# table with them.

# %%
names = {name: name for name in segments.table.get("segment", [])}

# %% [markdown] tags=["interactive"]
# ### Try it yourself
#
# Choose columns, weights and the number of segments. Each change fits anew. Tab reaches every
# control; the space bar ticks, the arrow keys move a slider.

# %% tags=["interactive"]
from segkit.widgets import explore_segments

explore_segments(base)

# %% [markdown] tags=["facilitator"]
# **Usual mistake:** turning the knobs until the picture looks nice. Ask: "What would have to be true
# for you to believe three segments rather than four?" Then read the stability aloud.

# %% [markdown]
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

# %% [markdown]
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

# %% [markdown]
# ## Do we mix channel and end users?
#
# Partners buy to sell on. Pooled with end users they pull every mean to a value that fits neither.

# %%
channel = base.ask("S4")
channel

# %%
channel.figure()

# %% [markdown]
# ## Where should we invest?
#
# What a customer pays, whether that rises or falls, and what it costs to serve give the action.

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
# ## Your turn
#
# Which share of the revenue comes from customers to fix or to migrate? Write it into `at_stake`.

# %% tags=["exercise"]
### BEGIN SOLUTION
revenue = portfolio.table.groupby("action")["revenue"].sum()
at_stake = revenue.reindex(["fix", "migrate"]).sum() / revenue.sum()
at_stake
### END SOLUTION

# %% [markdown] tags=["exercise"]
# How much better than random groups is the best way of grouping? Write the difference of the
# shares explained into `better`; they are in the fourth column of the league.

# %% tags=["exercise"]
### BEGIN SOLUTION
explained = league.table.set_index("way").iloc[:, 2]
better = explained.iloc[0] - explained["random groups"]
better
### END SOLUTION

# %% [markdown] tags=["facilitator"]
# **Usual mistakes:** counting customers instead of money; choosing the way that foretells revenue,
# which is size under another name. Ask: "Which of your plays would change if the segments did?"

# %% [markdown]
# ## Take away
#
# * Group by what customers try to get done; size and place tell what they could spend, not why.
# * Say of each segment whether it was found or drawn, and what it fails.
# * Part channel and end users before the first mean.
