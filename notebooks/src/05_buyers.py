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
# # Buyers: who decides, what do they care about, and how?
#
# *{minutes} minutes.* At the end of this chapter you can say
#
# * which of the seven buying-centre roles your deals reach, and which they miss,
# * with which roles at the table deals are won more often,
# * what buyers would rather have, and what they would pay for it,
# * how deals move, where they stall, and what one step mended would bring,
# * what to be best at in working with them.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import segkit

base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, {minutes} minutes (10 slack).**

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Draw the buying centre of your last lost deal from memory: initiator, user,
# influencer, decider, approver, buyer, gatekeeper. Who was never spoken to?" Each table draws one.

# %% [markdown] minutes=2
# ## The question
#
# *Who are our buyers?* People hold roles in a decision, often several. Roles noted in the CRM are
# used as they stand; where nobody noted one, the job title suggests it.

# %% [markdown] minutes=5
# ## Who the buyers are

# %%
answer = base.ask("B1")
answer

# %%
answer.figure()

# %%
answer.table

# %% [markdown] tags=["facilitator"]
# **Discuss:** Is it the role that is missing from your drawings too? Would meeting it be cheap or
# dear in your next three deals?

# %% [markdown] tags=["exercise"]
# ## Your turn: who is missing
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
# ### Exercise B1.1 (4 minutes)
#
# Take the role that is missing from most deals. From which share of the deals is it missing? Write
# it into `missing`.
#
# The column `coverage` says which share of the deals meets a role. `frame["column"].min()` is the
# smallest number of a column, `.max()` the largest.

# %% tags=["exercise"]
roles = answer.table  # role, coverage, win_rate_with, win_rate_without
missing = None
### BEGIN SOLUTION
missing = 1 - roles["coverage"].min()
### END SOLUTION
check("B1.1", missing)

# %% tags=["key"]
key(
    "B1.1",
    missing,
    hints=[
        "A role that is missing from most deals is one that few deals meet.",
        "`coverage` is the share of deals that meet a role. Which end of the column do you need?",
        "Take the smallest `coverage`; what lacks to 1 is the share that misses the role.",
    ],
    mistakes={
        "That is the share of deals that do meet this role.": roles["coverage"].min(),
        "That is the role deals meet most often. Take the other end of the column.": (
            1 - roles["coverage"].max()
        ),
        "You looked at win rates. Who is missing and who wins are two questions.": (
            1 - roles["win_rate_with"].min()
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **If short of time:** leave out exercise B1.1, and read the answer off the chart.

# %% [markdown] minutes=5
# ## Why believe it
#
# The next picture compares deals with and without each role. It shows what goes together, not what
# causes what: a deal that lasts longer meets more people.

# %%
answer.figure(1)

# %%
answer.ledger

# %% [markdown] tags=["facilitator"]
# **Discuss:** Do these people win the deal, or does a good deal bring them to the table? How could
# one find out? (Invite them to half of the next deals, chosen by a coin.)

# %% [markdown] tags=["exercise"]
# ## Your turn: how much more often

# %% [markdown] tags=["exercise"]
# ### Exercise B1.2 (4 minutes)
#
# "Twice as often" may mean 2 deals in 100 instead of 1, or 60 instead of 30. Take the row with the
# largest `ratio`. How many more deals *in 100* are won with these people at the table than without?
# Write the number into `more`.
#
# `frame.nlargest(1, "column").iloc[0]` is the row with the largest number in a column; take an
# entry of it by `row["other column"]`. A win rate of 0.5 is 50 in 100.

# %% tags=["exercise"]
row = roles.nlargest(1, "ratio").iloc[0]
display(row[["role", "win_rate_with", "win_rate_without", "ratio"]].to_frame())
more = None
### BEGIN SOLUTION
more = 100 * (row["win_rate_with"] - row["win_rate_without"])
### END SOLUTION
check("B1.2", more)

# %% tags=["key"]
key(
    "B1.2",
    more,
    hints=[
        '"How many more in 100" asks for a difference, not for a ratio.',
        "Both numbers stand in `row`: `win_rate_with` and `win_rate_without`.",
        "Take one from the other, and multiply by 100.",
    ],
    mistakes={
        "That is how many more in percent of the smaller rate, not deals in 100.": (
            100 * (row["ratio"] - 1)
        ),
        "That is a share of one. In 100 deals it is a hundred times as many.": (
            row["win_rate_with"] - row["win_rate_without"]
        ),
        "That is how many in 100 are won with them at the table; some are won without, too.": (
            100 * row["win_rate_with"]
        ),
    },
)

# %% [markdown] minutes=9
# ## What they care about
#
# *What do buyers care about?* Ratings put everything first. Choices do not: whoever takes one thing leaves another.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "What do our buyers care about most?" Each table orders five cards, one thing a
# card.

# %%
care = base.ask("B2")
care

# %%
for figure in care.figures():
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Whose cards lay nearest? Where roles differ, no buyer is like the average: whom did
# you have in mind? And which item would you stop paying for?

# %% [markdown] tags=["facilitator"]
# **In half the time:** show what they care about, and one of the pictures of offers.

# %% [markdown] tags=["exercise"]
# ## Your turn: what matters how much

# %% [markdown] tags=["exercise"]
# ### Exercise B2.1 (3 minutes)
#
# How many times as much do buyers prefer the first item to the last? Write it into `times`.
#
# The column `share` is the share of preference over all buyers.

# %% tags=["exercise"]
items = care.table
display(items[["item", "share"]])
times = None
### BEGIN SOLUTION
times = items["share"].max() / items["share"].min()
### END SOLUTION
check("B2.1", times)

# %% tags=["key"]
key(
    "B2.1",
    times,
    hints=[
        '"How many times as much" asks for a division.',
        "Take the largest and the smallest number of `share`.",
        'Divide `items["share"].max()` by the smallest.',
    ],
    mistakes={
        "You divided places. Places say who is before whom, not by how much.": len(items),
        "You compared with the average item.": items["share"].max() / items["share"].mean(),
        "You took the difference, in points of preference.": (
            items["share"].max() - items["share"].min()
        ),
    },
)

# %% [markdown] minutes=10
# ## How they decide
#
# *How do buyers decide?* One picture of the way from first contact to signature: how many, how long, and where deals are lost. Open deals count as far as they have come.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Of 100 deals that begin at the first stage, how many are won?" Write the guesses
# down.

# %%
path = base.ask("B3")
path

# %%
for figure in path.figures():
    figure.show()

# %% [markdown] tags=["facilitator"]
# **In half the time:** show how deals are decided and the step that brings most; leave out the
# rest.

# %% [markdown] tags=["exercise"]
# ## Your turn: all the way

# %% [markdown] tags=["exercise"]
# ### Exercise B3.1 (5 minutes)
#
# Each stage passes on a share of its deals (`conversion`). A deal that begins at the first stage
# must pass them all. If it never steps back, what is its chance to be won? Write it into `through`.
#
# `.prod()` multiplies the numbers of a column, as `.sum()` adds them up.

# %% tags=["exercise"]
stages = path.table
display(stages[["stage", "entered", "advanced", "lost", "conversion"]])
through = None
### BEGIN SOLUTION
through = stages["conversion"].prod()
### END SOLUTION
check("B3.1", through)

# %% tags=["key"]
key(
    "B3.1",
    through,
    hints=[
        "If one half passes the first stage and one half of these the second, a quarter is left.",
        "Only the column `conversion` is needed, with all its stages.",
        "Multiply the conversions of all stages.",
    ],
    mistakes={
        "You took the mean. Each stage takes from what the one before has left.": (
            stages["conversion"].mean()
        ),
        "You divided the wins by the deals that entered the first stage. Some deals begin later.": (
            stages["advanced"].iloc[-1] / stages["entered"].iloc[0]
        ),
        "That is the answer's own chance, which knows of deals that step back. Here, multiply.": (
            path.estimate
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** Compare with the guesses. The answer's own chance also knows of deals that step back
# and come again: why do the two differ? Then: which step would you mend, and is it the one with
# the lowest conversion?

# %% [markdown] minutes=4
# ## How deals are qualified
#
# *Which qualification tells which deals will be won?* A framework is worth what it tells of the outcome. Unknown is not zero: nobody has asked.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Which question do you ask before you give a deal your time?"

# %%
known = base.ask("S11")
known

# %%
for figure in known.figures():
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** If you could ask a prospect two things only, which two does the chart choose? Unknown
# is not zero: whom does it hurt if nobody asked?

# %% [markdown] tags=["facilitator"]
# **If short of time:** leave this section out where nobody in the room qualifies deals.

# %% [markdown] minutes=5
# ## What they value in working with us
#
# *What do buyers value in working with our team?* What they say matters, what moves their satisfaction, and how well we do it.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "What do buyers praise us for, and what do they wait for?"

# %%
valued = base.ask("B4")
valued

# %%
for figure in valued.figures():
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** What is your team proud of that buyers hardly care for? What would you stop doing to
# win the hours?

# %% [markdown] tags=["exercise"]
# ## Your turn: where to concentrate

# %% [markdown] tags=["exercise"]
# ### Exercise B4.1 (4 minutes)
#
# On which items should the team concentrate: important to buyers, and done worse than most? Write
# their names into `concentrate`, as many as there are.
#
# `frame[frame["column"] == "some words"]` keeps the rows that hold these words, and `["other"]`
# behind it takes another column of them.

# %% tags=["exercise"]
ratings = valued.table
display(ratings[["item", "importance", "performance", "quadrant"]])
concentrate = None
### BEGIN SOLUTION
concentrate = ratings[ratings["quadrant"] == "concentrate here"]["item"]
### END SOLUTION
check("B4.1", concentrate)

# %% tags=["key"]
weak = ratings["performance"] < ratings["performance"].mean()
key(
    "B4.1",
    concentrate,
    hints=[
        "The picture has four corners. One of them holds what matters and is done badly.",
        "The corner stands in the column `quadrant`: read the words that occur there.",
        "Keep the rows whose `quadrant` is `concentrate here`, and take their `item`.",
    ],
    mistakes={
        "These are done worse than most, but some of them matter little.": (ratings[weak]["item"]),
        "These matter more than most, but some of them are done well.": (
            ratings[ratings["importance"] > ratings["importance"].mean()]["item"]
        ),
        "You took everything that falls short of its importance. Two scales are not one.": (
            ratings[ratings["gap"] > 0]["item"]
        ),
    },
)

# %% [markdown] minutes=5
# ## In what to be best
#
# *In what must our team be best?* Importance x gap to the best rival x what it does to the chance of winning.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "If the team could be best in one thing only, in which?" Write it on a card.

# %%
best = base.ask("B5")
best

# %%
for figure in best.figures():
    figure.show()

# %% [markdown] tags=["exercise"]
# ## Wrap-up

# %% [markdown] tags=["exercise"]
# ### Exercise B5.1 (10 minutes)
#
# You can train the team in one thing: the item with the largest `gain`. Each point more multiplies
# the *odds* of winning by `odds_ratio`, and `gap` says how many points you are behind the best
# rival. A deal has a chance of one in four today: 1 won for 3 lost. What is its *chance* once you
# have caught up in this item? Write it into `chance`. Then decide with your neighbour: is it worth
# the training, and would you rather mend what buyers named in the last exercise?
#
# `first["column"]` takes an entry of this item. Two points more multiply the odds by the ratio
# twice: `a ** b` multiplies by `a` as often as `b` says, a half included. Odds become a chance
# again by `odds / (1 + odds)`.

# %% tags=["exercise"]
first = best.table.nlargest(1, "gain").iloc[0]
display(first[["item", "odds_ratio", "gap", "gain"]].to_frame())
odds = 1 / 3
chance = None
### BEGIN SOLUTION
odds = odds * first["odds_ratio"] ** first["gap"]
chance = odds / (1 + odds)
### END SOLUTION
check("B5.1", chance)

# %% tags=["key"]
caught_up = first["odds_ratio"] ** first["gap"]
key(
    "B5.1",
    chance,
    hints=[
        "Three steps: how far, by how much the odds rise, and back to a chance.",
        'The odds are multiplied by `first["odds_ratio"] ** first["gap"]`.',
        "Multiply `odds` by that, then divide the result by 1 + the result.",
    ],
    mistakes={
        "You multiplied the chance. The ratio is one of odds: a chance rises less.": (
            0.25 * caught_up
        ),
        "You went a whole point. You are behind by `gap` points.": (
            first["odds_ratio"] / 3 / (1 + first["odds_ratio"] / 3)
        ),
        "These are still odds, won deals for each one lost. One step is left.": caught_up / 3,
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** The list of what buyers wait for and the list of what moves deals may differ. Which
# of the two do you follow for customers you have, and which for deals you want?

# %% [markdown] minutes=2
# ## Take away
#
# * A deal with one contact is a conversation, not a sale.
# * Ask of every deal: who decides, who uses it, who can say no?
# * Mend the step where one more deal in ten changes most, not the one that looks worst.
#
# **On Monday:** in your three largest open deals, name the role nobody has met, and who meets it.
