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
# # Market: how big is it, and where does it go?
#
# *75 minutes.* At the end of this chapter you can say
#
# * how many accounts the market holds and what they would spend (TAM), which part you can serve
#   (SAM) and which part you can win (SOM),
# * how sure each number is, which assumption moves it most, and whether other ways agree,
# * what your goal takes, and how many accounts your team can cover,
# * what rises and falls, which route leaves most over, how you fare against each rival, and what
#   to act on first.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import segkit

base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, 75 minutes (10 slack).** Before you show the answer, let everybody write down a
# guess for the size of the market and a range they would bet on. Nine in ten ranges should hold
# the answer; count how many do.

# %% [markdown]
# ## How big it is
#
# *How big is our market, and how fast does it grow?* The estimate is built from the bottom up:
# accounts x units per account x price x share of accounts that buy this kind of product. Each
# number is a range with a lowest, a most likely and a highest value, and a source.

# %%
base.coverage().query("phase == 'market'").reset_index(drop=True)

# %% [markdown]
# ## The answer

# %%
answer = base.ask("M1")
answer

# %%
answer.figure()

# %%
answer.table

# %% [markdown]
# ## Why believe it
#
# Accounts and revenue come from the same draws, so that what can be won never exceeds what can be
# served. The next picture moves one input at a time from its low (P10) to its high value (P90):
# the longest bar is the number to find out next.

# %%
answer.figure(1)

# %% [markdown]
# The same market can be sized from the top (what the category spends) and by value (what the
# product is worth to an account). Where the ways differ more than three times, one of them is
# wrong:

# %%
for figure in answer.figures("ways"):
    figure.show()

# %% [markdown]
# Every number has a source, a year and a caveat. Open the table under the picture: it lists all of
# them, the published ones too.

# %%
for figure in answer.figures("facts"):
    figure.show()

# %% [markdown]
# How many accounts are there by sector and size?

# %%
for figure in answer.figures("universe"):
    figure.show()

# %% [markdown]
# ## How fast it grows
#
# Growth comes from the yearly revenue of all vendors, where that is known. Adoption follows an
# S-curve (Bass): before its peak nobody can tell from sales how many will ever adopt.

# %%
for figure in [*answer.figures("growth"), *answer.figures("adoption")]:
    figure.show()

# %%
answer.ledger

# %% [markdown] tags=["interactive"]
# ## What if?
#
# Choose an input, move its values or the width of its range, and let the segments err alike: the
# levels follow. Tab reaches every control, the arrow keys move a slider.

# %% tags=["interactive"]
from segkit.widgets import explore_market

explore_market(base)

# %% [markdown]
# ## Goal and resources
#
# *What is our goal, and what have we to reach it with?* A market is only as large as the team that
# works it.

# %%
goal = base.ask("S6")
goal

# %%
for about in ("goal", "budget", "capacity"):
    for figure in goal.figures(about):
        figure.show()

# %% [markdown] tags=["interactive"]
# If you are unsure how much of the budget to give to target accounts, begin with 10 to 30 % of it.
# Write your own plan here:

# %% tags=["interactive"]
from segkit.sizing import guard_rail

guard_rail(planned=400_000, budget=2_500_000)

# %% [markdown]
# ## Trends
#
# *What industry trends are unfolding?* A curve that rises may be season or noise. Each topic is
# tested, and all tests are judged together.

# %%
trends = base.ask("M2")
trends

# %%
trends.figure()

# %%
trends.figure(1)

# %% [markdown]
# ## Needs
#
# *What are the needs of the market, and how are they changing?* What matters most is often what
# everybody has already. What rises is where a new customer can be won.

# %%
needs = base.ask("M3")
needs

# %%
needs.figure()

# %% [markdown]
# ## Routes to market
#
# *What is the go-to-market strategy for each product?* The route that sells most is not the one
# that leaves most over.

# %%
routes = base.ask("M4")
routes

# %%
routes.figure()

# %%
routes.table

# %% [markdown]
# Which product deserves more, and which less? Each is placed by the demand for it and by how well it
# sells. Look at how often a product keeps its cell when the weights change.

# %%
routes.figure(1)

# %%
routes.figure(2)

# %% [markdown]
# ## Rivals
#
# *How do our competitors go to market?* And how often do we win when they are in the deal?

# %%
rivals = base.ask("M5")
rivals

# %%
rivals.figure()

# %%
rivals.figure(1)

# %%
rivals.figure(2)

# %%
rivals.table

# %% [markdown]
# ## Strengths and weaknesses
#
# *What are our competitive strengths and weaknesses?* Only a gap that buyers see, in what matters
# to them, counts.

# %%
strengths = base.ask("M6")
strengths

# %%
strengths.figure()

# %%
strengths.figure(1)

# %% [markdown]
# ## Opportunities and threats
#
# *What are our opportunities and threats?* People judge weight and response; the tables say
# whether the change is really there.

# %%
threats = base.ask("M7")
threats

# %%
threats.table

# %%
threats.figure()

# %%
threats.figure(1)

# %%
threats.figure(2)

# %% [markdown] tags=["exercise"]
# ## Your turn
#
# Write your answer into the name that stands in the cell, and run the cell: it says whether the
# answer is right, and gives a hint if not.

# %% tags=["exercise"]
from segkit.workshop import check

# %% [markdown] tags=["exercise"]
# ### Exercise M1.1 (5 minutes)
#
# Which part of the whole market (TAM) can be served at all (SAM), measured in revenue? Write the
# share into `serviceable`.

# %% tags=["exercise"]
serviceable = None
### BEGIN SOLUTION
revenue = answer.table.query("unit == 'revenue'").set_index("level")["mean"]
serviceable = revenue["SAM"] / revenue["TAM"]
### END SOLUTION
check("M1.1", serviceable)

# %% tags=["key"]
from segkit.workshop import key

accounts = answer.table.query("unit == 'accounts'").set_index("level")["mean"]
ends = answer.table.query("unit == 'revenue'").set_index("level")
key(
    "M1.1",
    serviceable,
    hints=[
        "A share has two numbers: say first which is the part and which the whole.",
        "Both stand in `answer.table`, in the rows whose unit is revenue.",
        "Divide the mean of SAM by the mean of TAM, both in revenue.",
    ],
    mistakes={
        "You divided accounts; the question asks for revenue.": accounts["SAM"] / accounts["TAM"],
        "You divided the high end of one by the low end of the other: no single market is both.": (
            ends["p95"]["SAM"] / ends["p5"]["TAM"]
        ),
        "You divided the whole by the part.": revenue["TAM"] / revenue["SAM"],
    },
)

# %% [markdown]
# ## Take away
#
# * Give the range, not the point: the decision must hold at both ends.
# * TAM is context, SAM is strategy, SOM is the plan.
# * A trend is one that season and noise cannot explain. A strength is one that buyers see.
