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
# # Market: how big is it, and where does it go?
#
# *{minutes} minutes.* At the end of this chapter you can say
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
# **Facilitator, {minutes} minutes (10 slack).** Numbers first, opinions after.
#
# **Ask first:** "How large is our market, in money a year?" Let everybody write down a guess and a
# range they would bet on, before you show the answer. Nine in ten ranges should hold it; count how
# many do.
#
# **If short of time:** leave out "How fast it grows" and exercise M1.2.

# %% [markdown] minutes=5
# ## How big it is
#
# *How big is our market, and how fast does it grow?* The estimate is built from the bottom up:
# accounts x units per account x price x share of accounts that buy this kind of product. Each
# number is a range with a lowest, a most likely and a highest value, and a source.

# %% [markdown] minutes=8
# ## The answer

# %%
answer = base.ask("M1")
answer

# %%
answer.figure()

# %%
answer.table

# %% [markdown] minutes=8
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

# %% [markdown] minutes=4
# ## How fast it grows
#
# Growth comes from the yearly revenue of all vendors, where that is known. Adoption follows an
# S-curve (Bass): before its peak nobody can tell from sales how many will ever adopt.

# %%
for figure in [*answer.figures("growth"), *answer.figures("adoption")]:
    figure.show()

# %%
answer.ledger

# %% [markdown] tags=["interactive"] minutes=5
# ## What if?
#
# Choose an input, move its values or the width of its range, and let the segments err alike: the
# levels follow. Tab reaches every control, the arrow keys move a slider.

# %% tags=["interactive"]
from segkit.widgets import explore_market

explore_market(base)

# %% [markdown] minutes=6
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

# %% [markdown] tags=["exercise"]
# ## Your turn: the size
#
# An exercise is one cell to fill in. Put your line in place of `# Your code here` and run the cell
# (Shift and Enter); run it as it stands to see its table and the first hint. Each exercise says how
# to write what it needs: there, `frame` stands for the table named in the cell, and `"column"` for
# a column of it. If Python does not know a name, run the cells above first (menu Run, Run All Above
# Selected Cell).

# %% tags=["exercise"]
from segkit.workshop import check

# %% [markdown] tags=["exercise"]
# ### Exercise M1.1 (5 minutes)
#
# Which part of the whole market (TAM) can be served at all (SAM), measured in revenue? Write the
# share into `serviceable`.
#
# `revenue["TAM"]` takes the number that stands beside TAM; `/` divides.

# %% tags=["exercise"]
revenue = answer.table.query("unit == 'revenue'").set_index("level")["mean"]
display(revenue.to_frame())
serviceable = None
### BEGIN SOLUTION
serviceable = revenue["SAM"] / revenue["TAM"]
### END SOLUTION
check("M1.1", serviceable)

# %% tags=["key"]
from segkit.workshop import key

accounts = answer.table.query("unit == 'accounts'").set_index("level")["mean"]
money = answer.table.query("unit == 'revenue'").set_index("level")
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
            money["p95"]["SAM"] / money["p5"]["TAM"]
        ),
        "You divided the whole by the part.": money["mean"]["TAM"] / money["mean"]["SAM"],
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** "If the market were twice as large, would this share change?"

# %% [markdown] tags=["exercise"]
# ### Exercise M1.2 (5 minutes)
#
# How many inputs, beginning with the one that matters most, explain 80 % of the variance of the
# market's size? The table under the second picture tells the share of each, `variance_share`. Write
# the number into `inputs`.
#
# Count them in the table, or let Python do it: `numbers.cumsum()` adds up from row to row, and
# `(numbers < 5).sum()` counts the numbers below 5.

# %% tags=["exercise"]
drivers = answer.pictures[1].table["variance_share"].sort_values(ascending=False)
display(answer.pictures[1].table.sort_values("variance_share", ascending=False))
inputs = None
### BEGIN SOLUTION
inputs = int((drivers.cumsum() < 0.8).sum()) + 1
### END SOLUTION
check("M1.2", inputs)

# %% tags=["key"]
swings = answer.pictures[1].table["swing"].sort_values(ascending=False)
key(
    "M1.2",
    inputs,
    hints=[
        "Add up from the top, and stop as soon as 80 % is reached.",
        "The column is `variance_share`; `cumsum` adds up from row to row.",
        "Count the rows whose sum so far lies below 0.8, and add the one that crosses it.",
    ],
    mistakes={
        "You added up the swings: variances add up, swings do not.": (
            int((swings.cumsum() < 0.8 * swings.sum()).sum()) + 1
        ),
        "These are the inputs that stay below 80 %; the one that crosses it belongs to them.": (
            inputs - 1
        ),
        "These are all inputs of the picture.": len(swings),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** "Who of us could find out the first of these inputs within a week, and how?"

# %% [markdown] minutes=5
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

# %% [markdown] minutes=4
# ## Needs
#
# *What are the needs of the market, and how are they changing?* What matters most is often what
# everybody has already. What rises is where a new customer can be won.

# %%
needs = base.ask("M3")
needs

# %%
needs.figure()

# %% [markdown] tags=["exercise"]
# ## Your turn: what changes

# %% [markdown] tags=["exercise"]
# ### Exercise M2.1 (4 minutes)
#
# Which topics rise more than season and noise explain? Write their names into `rising`, as a list
# in any order.
#
# `frame[frame["column"] == "word"]` keeps the rows that hold a word, and `["other column"]` behind
# it takes another column of them.

# %% tags=["exercise"]
display(trends.table[["topic", "slope", "verdict"]])
rising = None
### BEGIN SOLUTION
rising = trends.table.loc[trends.table["verdict"] == "up", "topic"].tolist()
### END SOLUTION
check("M2.1", rising)

# %% tags=["key"]
topics = trends.table
key(
    "M2.1",
    rising,
    hints=[
        "A slope above zero is not yet a trend.",
        "`trends.table` has a verdict for each topic, which all tests together have passed.",
        'Keep the rows whose `verdict` is "up" and take the column `topic`.',
    ],
    mistakes={
        "You took every slope above zero; some are noise.": (
            topics.loc[topics["slope"] > 0, "topic"].tolist()
        ),
        "You took every trend; those that fall are among them.": (
            topics.loc[topics["verdict"].isin(["up", "down"]), "topic"].tolist()
        ),
        "These are the topics without a trend.": (
            topics.loc[topics["verdict"] == "none", "topic"].tolist()
        ),
    },
)

# %% [markdown] tags=["exercise"]
# ### Exercise M3.1 (4 minutes)
#
# By how many percentage points did the need that rose most become important to more people? Write
# the number into `rise`, as a share of people.
#
# `frame["column"].max()` is the largest number of a column.

# %% tags=["exercise"]
display(needs.table[["need", "now", "change"]])
rise = None
### BEGIN SOLUTION
rise = needs.table["change"].max()
### END SOLUTION
check("M3.1", rise)

# %% tags=["key"]
riser = needs.table.loc[needs.table["change"].idxmax()]
key(
    "M3.1",
    rise,
    hints=[
        "A rise in points is a difference of two shares, not a ratio.",
        "`needs.table` holds the change of each need between the first and the last wave.",
        "Take the largest value of the column `change`.",
    ],
    mistakes={
        "This is the rise relative to where it began: percent, not percentage points.": (
            riser["change"] / (riser["now"] - riser["change"])
        ),
        "This is to how many it is important now, not by how much that rose.": riser["now"],
        "This is the upper end of the interval, not the estimate.": riser["change_high"],
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** "What would we have done differently a year ago, had we seen this?"

# %% [markdown] minutes=7
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

# %% [markdown] minutes=6
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

# %% [markdown] minutes=5
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

# %% [markdown] minutes=5
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
# ## Your turn: where to act

# %% [markdown] tags=["exercise"]
# ### Exercise M4.1 (6 minutes)
#
# Which route leaves most over from a deal, product by product? Write a column with one route for
# each product into `best_routes`, with the products as its index; or type it, in braces:
# `{"a product": "its route", "another": "its route"}`.
#
# `frame.loc[frame.groupby("column")["other"].idxmax()]` keeps for each word of a column the row with
# the largest number in another one; `.set_index("column")["third"]` behind it takes what is asked.

# %% tags=["exercise"]
display(routes.table[["product", "route", "deals", "value", "contribution"]])
best_routes = None
### BEGIN SOLUTION
best = routes.table.loc[routes.table.groupby("product")["contribution"].idxmax()]
best_routes = best.set_index("product")["route"]
### END SOLUTION
check("M4.1", best_routes)


# %% tags=["key"]
def route_of_most(column):
    rows = routes.table.loc[routes.table.groupby("product")[column].idxmax()]
    return rows.set_index("product")["route"]


key(
    "M4.1",
    best_routes,
    hints=[
        "What is left over of a deal is its value less what it costs to sell and start.",
        "Group `routes.table` by product, and find the row with the largest `contribution`.",
        "`groupby('product')['contribution'].idxmax()` names these rows; take their `route`.",
    ],
    mistakes={
        "You took the route with most deals: what sells most need not leave most.": (
            route_of_most("deals")
        ),
        "You took the route with the largest deals; they may cost most as well.": (
            route_of_most("value")
        ),
        "You kept only what is recommended; every product has a route that leaves most.": (
            routes.table.query("verdict == 'recommended'").set_index("product")["route"]
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** "For which product is the best route not settled, and what would settle it?"

# %% [markdown] tags=["exercise"]
# ### Exercise S6.1 (9 minutes)
#
# Wrap-up, for which you write a few lines of code. How many deals against rivals must be begun to
# reach the goal? You need the new revenue that the goal takes (`goal.estimate`), what a deal won is
# worth on average (`routes.table`: `value` of a deal won, and how many `deals` were won) and the win
# rate (`rivals.estimate`). Write the number into `deals_to_begin`.
#
# `frame["column"] * frame["other"]` multiplies row by row, and `(...).sum()` adds the results up.

# %% tags=["exercise"]
won = routes.table["deals"]
deals_to_begin = None
### BEGIN SOLUTION
worth = (routes.table["value"] * won).sum() / won.sum()
deals_to_begin = goal.estimate / worth / rivals.estimate
### END SOLUTION
check("S6.1", deals_to_begin)

# %% tags=["key"]
average = (routes.table["value"] * routes.table["deals"]).sum() / routes.table["deals"].sum()
key(
    "S6.1",
    deals_to_begin,
    hints=[
        "Work backwards: revenue, then deals won, then deals begun.",
        "Routes with many deals count more in the worth of an average deal.",
        "Weigh `value` by `deals`; divide the goal by it, and then by the win rate.",
    ],
    mistakes={
        "These are the deals to win; more must be begun, for some are lost.": (
            goal.estimate / average
        ),
        "You took the plain mean over routes: rare ones count as much as usual ones.": (
            goal.estimate / routes.table["value"].mean() / rivals.estimate
        ),
        "You multiplied with the win rate; deals begun are more than deals won.": (
            goal.estimate / average * rivals.estimate
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** compare the number with what the team can cover (the picture "capacity" of `goal`):
# "What must change - the goal, the team, the price or the win rate?"

# %% [markdown] minutes=2
# ## Take away
#
# * Give the range, not the point: the decision must hold at both ends.
# * TAM is context, SAM is strategy, SOM is the plan.
# * A trend is one that season and noise cannot explain. A strength is one that buyers see.
