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
# # Accounts: who is ideal, who fits, and what are they worth to us?
#
# *{minutes} minutes.* At the end of this chapter you can say
#
# * what the customers you win have in common, and which deals stall or are refused,
# * how well each prospect fits, and how far to trust that score,
# * what each account could spend, what a customer costs, and which open deals to work first,
# * which segments are of high value, and whether your colleagues see it as the data do.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import segkit

base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, {minutes} minutes (6 slack).** People work in pairs: one types, one reads the
# question aloud, and they change over after each exercise.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Describe your ideal customer in three words." Write the words down and leave them
# on the wall. Come back to them after the scorecard.

# %% [markdown] minutes=6
# ## The ideal customer
#
# *What is the profile of our ideal customer?* Each criterion is weighed with all others held equal,
# so that size does not take the credit of what large accounts happen to have.

# %%
profile = base.ask("A1")
profile

# %%
for figure in profile.figures("profile"):
    figure.show()

# %% [markdown]
# And who holds the revenue today: the true share, not "80/20".

# %%
for figure in profile.figures("value"):
    figure.show()

# %% [markdown]
# What marks the customers of class A, for those who choose audiences and write texts (index 200:
# twice as frequent as among all customers), and how steadily each class pays:

# %%
for figure in profile.figures("class A") + profile.figures("steadiness"):
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Which of your three words does the chart confirm, which does it not know, and which
# does it contradict? A word that no table holds is not wrong: it is not measured.

# %% [markdown] tags=["facilitator"]
# **In half the time:** leave out who holds the revenue; chapter 03 comes back to it.

# %% [markdown] tags=["exercise"]
# ## Your turn: odds and chances
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
# ### Exercise A1.1 (5 minutes)
#
# The chart gives odds, and people think in chances. Suppose that one deal in five is won where the
# strongest criterion is absent: 1 won for 4 lost, odds of 0.25. The criterion multiplies these
# *odds*. What is the *chance* to win where it is present? Write it into `chance`.
#
# Odds become a chance again by `odds / (1 + odds)`.

# %% tags=["exercise"]
strongest = profile.table["odds_ratio"].max()
odds = 0.2 / 0.8
chance = None
### BEGIN SOLUTION
odds = odds * strongest
chance = odds / (1 + odds)
### END SOLUTION
check("A1.1", chance)

# %% tags=["key"]
key(
    "A1.1",
    chance,
    hints=[
        "A chance cannot pass 1, however strong the criterion. Odds can.",
        "Two lines: first multiply the odds, then turn them into a chance.",
        "Multiply `odds` by `strongest`; divide the result by 1 + the result.",
    ],
    mistakes={
        "You multiplied the chance. The ratio is one of odds: turn the chance into odds first.": (
            0.2 * strongest
        ),
        "These are still odds, won deals for each one lost. One step is left.": 0.25 * strongest,
        "You multiplied by the weight, which is the logarithm of the odds ratio.": (
            0.25 * profile.table["weight"].max() / (1 + 0.25 * profile.table["weight"].max())
        ),
    },
)

# %% [markdown] minutes=2
# ## What interviews have shown
#
# Before there are deals there are interviews. Below two dozen of them, and a few payments, nothing
# should be concluded.

# %%
interviews = base.ask("S12")
interviews

# %%
for figure in interviews.figures():
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Which of your own convictions about customers rests on fewer interviews than these?
#
# **If short of time:** skip this section. No exercise needs it.

# %% [markdown] minutes=6
# ## What won, stuck and refused deals have in common
#
# A rule is shown only if it beats the best rule found in shuffled outcomes, and holds on deals kept
# out. No rule is a normal result.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Why did your last lost deal stall?" Take three answers. Which of these reasons
# could have been known on the first day?

# %%
evidence = base.ask("S9")
evidence

# %%
for figure in evidence.figures("rules"):
    figure.show()

# %% [markdown]
# How soon customers start, and what it would cost not to work the deals that look worst:

# %%
for figure in evidence.figures("start") + evidence.figures("policy"):
    figure.show()

# %% [markdown]
# And the open deals by route: targets get the full process, the rest a standard offer. The table
# adds up hours, value and what the team can do.

# %%
for figure in evidence.figures("routes"):
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Which rule would you put to use on Monday, and what would you lose if it were wrong?
# The last picture has the price.

# %% [markdown] tags=["facilitator"]
# **If short of time:** skip this section, or show the rules only. No exercise needs it.

# %% [markdown] minutes=7
# ## How well each prospect fits
#
# *How well does each prospect fit the ideal profile?* The card fits on one page: add up the points
# by hand if you like. No score stands without the number of deals it rests on.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Of ten prospects on your list, how many fit?" Write down the numbers; people
# mostly guess too many.

# %%
score = base.ask("A2")
score

# %%
for figure in score.figures("card"):
    figure.show()

# %% [markdown]
# What the score was worth on deals it had not seen:

# %%
for figure in score.figures("trust"):
    figure.show()

# %%
score.table.head(10)

# %% [markdown]
# Fit says whether an account is like those you win. Engagement says whether anybody there moves.
# They stay two axes:

# %%
for figure in score.figures("grid"):
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Take the best and the worst prospect and read their reasons aloud. Would the person
# who knows them agree? Then add up one score by hand from the card.

# %% [markdown] tags=["facilitator"]
# **In half the time:** leave out fit and engagement; never leave out what the score was worth.

# %% [markdown] tags=["exercise"]
# ## Your turn: who fits

# %% [markdown] tags=["exercise"]
# ### Exercise A2.1 (3 minutes)
#
# How many prospects fit well, that is, have grade A? Write the number into `well`.
#
# `(frame["column"] == "word").sum()` counts the rows of a table that hold a word.

# %% tags=["exercise"]
prospects = score.table  # its column is "grade"
well = None
### BEGIN SOLUTION
well = (prospects["grade"] == "A").sum()
### END SOLUTION
check("A2.1", well)

# %% tags=["key"]
key(
    "A2.1",
    well,
    hints=[
        "The table has one row for each prospect: count rows.",
        "Look at the column `grade` alone; the points and the chance are not needed.",
        'Compare the column with `"A"`, and add up the rows where that is true.',
    ],
    mistakes={
        "You counted chances of at least one half. Grade A begins at 1.5 times the share won.": (
            (prospects["chance"] >= 0.5).sum()
        ),
        "You counted grades A and B: B is as good as most, A is better.": (
            prospects["grade"].isin(["A", "B"]).sum()
        ),
        "You counted from 50 points on. Points order accounts; they are no percent.": (
            (prospects["score"] >= 50).sum()
        ),
    },
)

# %% [markdown] minutes=5
# ## What each account could spend
#
# *What could each account spend with us?* The wallet is what one in ten like customers reaches.
# Trust the order; take the level as a lower bound.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Which customer could buy twice as much from us?" Collect one name from each table.

# %%
potential = base.ask("A3")
potential

# %%
for figure in potential.figures("headroom") + potential.figures("white space"):
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Are the names from the room among the first twelve? Where one is missing, who is
# nearer the truth: the colleague, who knows what the account buys elsewhere, or the table?

# %% [markdown] minutes=5
# ## What a customer costs
#
# *What does it cost to acquire a customer?* Paid cost is what the advertisement cost. Fully loaded
# cost is what it cost the company, to the cent.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "What does a new customer cost us?" Let everybody write down one number.

# %%
cost = base.ask("A4")
cost

# %%
for figure in cost.figures("cost") + cost.figures("segments") + cost.figures("return"):
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Would you close the dearest source? Ask what its customers are worth (last picture)
# and whether the cheapest could bring more of them at the same price.

# %% [markdown] tags=["facilitator"]
# **In half the time:** leave out the cost by segment.

# %% [markdown] tags=["exercise"]
# ## Your turn: what a customer costs

# %% [markdown] tags=["exercise"]
# ### Exercise A4.1 (4 minutes)
#
# Fully loaded, how many times as much does a customer cost by the dearest source as by the
# cheapest? Write it into `times`.
#
# `paid` and `loaded` are what one customer costs. `frame["column"].max()` is the largest number of
# a column, `.min()` the smallest.

# %% tags=["exercise"]
sources = cost.table[cost.table["channel"] != "all"]
display(sources[["channel", "customers", "total", "paid", "loaded"]])
times = None
### BEGIN SOLUTION
times = sources["loaded"].max() / sources["loaded"].min()
### END SOLUTION
check("A4.1", times)

# %% tags=["key"]
key(
    "A4.1",
    times,
    hints=[
        '"How many times as much" asks for a division.',
        "Of the costs in the table, take the one that holds everything: `loaded`.",
        "Divide the largest number of `loaded` by the smallest.",
    ],
    mistakes={
        "You took what the advertisement cost (`paid`): people and partners come on top.": (
            sources["paid"].max() / sources["paid"].min()
        ),
        "You took what each source cost in all (`total`). A large source is not a dear one.": (
            sources["total"].max() / sources["total"].min()
        ),
        "You compared with the average customer. The question asks for the cheapest source.": (
            sources["loaded"].max() / (sources["total"].sum() / sources["customers"].sum())
        ),
    },
)

# %% [markdown] minutes=6
# ## How likely, and what is that worth?
#
# *How likely is each account to buy, and what is that worth?* Work first what earns most a day,
# not what is largest.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "You have one hour this afternoon. Which open deal gets it?" Ask why; most people
# name the largest.

# %%
likely = base.ask("A6")
likely

# %%
for figure in likely.figures("speed") + likely.figures("priority"):
    figure.show()

# %%
for figure in likely.figures("prospects"):
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Does your hour go to the deal you named? What do you know of it that the table does
# not, and would that change its chance by a tenth or by half?

# %% [markdown] tags=["facilitator"]
# **In half the time:** leave out the prospects.

# %% [markdown] tags=["exercise"]
# ## Your turn: an hour for the best deals

# %% [markdown] tags=["exercise"]
# ### Exercise A6.1 (5 minutes)
#
# Which share of the expected value of all open deals do the ten deals hold that earn most a day?
# Write it into `ten`.
#
# `frame.nlargest(3, "column")` takes the three rows with the largest numbers in a column;
# `["other column"].sum()` behind it adds up another column of these rows.

# %% tags=["exercise"]
deals = likely.table.dropna(subset=["opp_id"])
display(deals[["opp_id", "value", "chance", "expected", "per_day"]].head(3))
ten = None
### BEGIN SOLUTION
ten = deals.nlargest(10, "per_day")["expected"].sum() / deals["expected"].sum()
### END SOLUTION
check("A6.1", ten)

# %% tags=["key"]
key(
    "A6.1",
    ten,
    hints=[
        "A share has two sums: that of the ten above the line, that of all below it.",
        "Choose the ten by `per_day`, and add up their `expected`.",
        "Divide by the sum of `expected` over all rows of `deals`.",
    ],
    mistakes={
        "You counted deals. Ten deals are few, but they are not alike.": 10 / len(deals),
        "You added up `value`, which comes only if a deal is won. `expected` knows its chance.": (
            deals.nlargest(10, "per_day")["value"].sum() / deals["value"].sum()
        ),
        "You divided by the other deals. A share is a part of the whole.": (
            deals.nlargest(10, "per_day")["expected"].sum()
            / (deals["expected"].sum() - deals.nlargest(10, "per_day")["expected"].sum())
        ),
    },
)

# %% [markdown] minutes=3
# ## Who is like our best customers?
#
# A ranking by likeness to those who buy most. It is not a chance of buying.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Name a prospect that reminds you of our best customer. In what?"

# %%
alike = base.ask("S10")
alike

# %%
for figure in alike.figures("reach") + alike.figures("likeness"):
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Likeness is no chance of buying. For which work is a list by likeness the right one
# (events, a mailing), and for which one by expected value?

# %% [markdown] tags=["facilitator"]
# **If short of time:** skip this section; A6 ranks the same prospects by money.

# %% [markdown] minutes=3
# ## Which segments are of high value?
#
# Five criteria, weighed by your colleagues, and how much of the order hangs on these weights.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Which of fit, revenue, margin, relations and cycle would you weigh most?" Let each
# table share out ten beans.

# %%
segments = base.ask("S7")
segments

# %%
for figure in segments.figures():
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Would the first segment stay first with the weights from your table's beans? `keeps`
# says under how many weights it does.

# %% [markdown] minutes=3
# ## What the conference table says
#
# Colleagues from sales and customer success rank the accounts. Where they differ is what to talk
# about.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "On which account do sales and customer success disagree most?" Write down names.

# %%
table = base.ask("S8")
table

# %%
for figure in table.figures("") + table.figures("disagreement: ranking"):
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Read one column of the disagreement map: what does this panelist know that the others
# do not? A panelist who stands apart everywhere may have understood the question otherwise.

# %% [markdown] tags=["facilitator"]
# **In half the time:** show the disagreement map only, and hold the conference below.

# %% [markdown] tags=["interactive"]
# Hold a conference of your own: judgements are saved as you enter them.

# %% tags=["interactive"]
from segkit.widgets import hold_conference

hold_conference("conference_table.csv", criteria=["fit", "revenue", "margin", "relations", "cycle"])

# %% [markdown] tags=["exercise"]
# ## Your turn: where we disagree

# %% [markdown] tags=["exercise"]
# ### Exercise S8.1 (4 minutes)
#
# On which account do the panelists disagree most? Write its name into `disputed`.
#
# `rank_spread` says how far their ranks lie apart. `frame.nlargest(1, "column")["other"].iloc[0]`
# takes the row with the largest number in a column, and from it the entry of another column.

# %% tags=["exercise"]
panel = table.table
display(panel[["name", "points", "mean_rank", "revenue_rank", "rank_spread"]].head(3))
disputed = None
### BEGIN SOLUTION
disputed = panel.nlargest(1, "rank_spread")["name"].iloc[0]
### END SOLUTION
check("S8.1", disputed)

# %% tags=["key"]
apart = (panel["mean_rank"].rank() - panel["revenue_rank"]).abs()
key(
    "S8.1",
    disputed,
    hints=[
        "Disagreement is not a low place: all may agree that an account comes last.",
        "Look at `rank_spread`: 0 means that all panelists gave the same rank.",
        "Take the row with the largest `rank_spread`, and from it the `name`.",
    ],
    mistakes={
        "This account has the fewest points. On that the panel may well agree.": (
            panel.nsmallest(1, "points")["name"].iloc[0]
        ),
        "Here the panel disagrees with the revenue, not with itself.": (
            panel.loc[apart.idxmax(), "name"]
        ),
        "Here the panelists are most of one mind: you took the smallest spread.": (
            panel.nsmallest(1, "rank_spread")["name"].iloc[0]
        ),
    },
)

# %% [markdown] tags=["exercise"] minutes=32
# ## A conference table of six
#
# *32 minutes.* Six people, six open deals, one question: *which account should get our next free
# hour?* You do not have to agree. You have to find out **why** you do not.
#
# | card | you speak for | you know best |
# |---|---|---|
# | Sales | the people who call | who answers, and who only asks for prices |
# | Customer success | the people who stay | who will use it, and who will leave |
# | Delivery | the people who build | what it costs to serve |
# | Finance | the money | who pays, and when |
# | Product | what comes next | whom we can serve well in a year |
# | Chair | nobody | the clock: asks, writes down, ranks last |
#
# 1. **Draw a card** (2 minutes), and read it aloud. From now on you speak for it.
# 2. **Alone** (6 minutes). Enter the name of your card below and rank the six accounts. Do not
#    talk: who hears the first ranking follows it. At one laptop, take turns and turn it round.
# 3. **Look** (4 minutes). Run the cell that shows where you disagree. Find the row with the
#    strongest colours: that account is disputed. Find the column with the strongest colours: that
#    person knows something, or understood the question otherwise.
# 4. **Talk** (10 minutes) over the two most disputed accounts, and no other. Who ranked highest
#    speaks first, then who ranked lowest, one minute each: a fact, not an opinion. Then the others.
# 5. **Again** (4 minutes). Save the picture of the map (the camera above it). Rank once more, alone,
#    and change only what a fact has changed; then run the cell again. Is the map paler?
# 6. **Write down** (6 minutes): the account, who calls whom by when, the fact that decided it, and
#    what the dissenter would have done. Chapter 07 has a place for it.

# %% tags=["exercise", "interactive"]
from segkit.widgets import hold_conference

# The six accounts whose deals earn most a day; or write six names of your own into the braces of
# six = {"their id": "their name"}.
first = likely.table.reindex(columns=["account_id", "name"]).drop_duplicates().head(6)
six = dict(zip(first["account_id"], first["name"].fillna(first["account_id"]), strict=True))
hold_conference("conference_table.csv", ranking=six) if six else "Name six accounts first."

# %% tags=["exercise", "interactive"]
from pathlib import Path

from segkit.widgets import merge_judgements

# From several laptops: put their files into this folder and name them all here.
files = [file for file in ["conference_table.csv"] if Path(file).exists()]
tables = {**base.tables, "conference_table": merge_judgements(*files)}
ours = segkit.CustomerBase.from_tables(tables, base.settings).ask("S8")
for figure in ours.figures():
    figure.show()
ours

# %% [markdown] tags=["facilitator"]
# **Discuss:** What to look for in the disagreement map, after the first ranking and after the
# second:
#
# * *A row of strong colours:* a disputed account. Ask for facts; do not take the mean.
# * *Two colours, each in half of a row:* two camps with two questions in mind ("what is it worth?",
#   "shall we win it?"). Say the question again.
# * *A column of strong colours:* one card sees all otherwise. Let it speak first, and longest.
# * *Paler the second time:* somebody learnt something. Ask what. If it was "I did not want to stand
#   alone", take the first ranking.
# * *The same as the ranking by money a day:* good, and then ask what the table added.

# %% [markdown] tags=["facilitator"]
# **In half the time:** one ranking, and talk over one account. With fewer than six people leave out
# Product, then Delivery. Print the cards before.

# %% [markdown] tags=["facilitator"]
# **If short of time:** hold it as the last part of the day, or leave it out.

# %% [markdown] tags=["exercise"]
# ## Wrap-up

# %% [markdown] tags=["exercise"]
# ### Exercise A6.2 (10 minutes)
#
# Two answers make a decision. A new customer costs what A4 says, once, when won. What it pays in
# the first year stands in A6. How many open deals, if won, would pay less in their first year than
# a new customer costs? Write the number into `unpaid`. Then decide with your neighbour: which of
# them do you go on working, and why?
#
# `(frame["column"] < number).sum()` counts the rows whose entry lies below a number.

# %% tags=["exercise"]
everyone = cost.table[cost.table["channel"] == "all"].iloc[0]  # one row; take everyone["column"]
unpaid = None
### BEGIN SOLUTION
unpaid = (deals["value"] < everyone["loaded"]).sum()
### END SOLUTION
check("A6.2", unpaid)

# %% tags=["key"]
key(
    "A6.2",
    unpaid,
    hints=[
        "The cost is that of a customer who was won. Compare it with what a deal pays if won.",
        'Compare the column `value` of `deals` with one number, `everyone["loaded"]`.',
        "Count the rows of `deals` whose `value` is below it.",
    ],
    mistakes={
        "You took `expected`, which has the chance in it. The cost of lost deals is already in "
        "`loaded`: the chance would count twice.": (deals["expected"] < everyone["loaded"]).sum(),
        "You took the paid cost. Your colleagues' time is not free.": (
            deals["value"] < everyone["paid"]
        ).sum(),
        "You counted the deals that do pay it back. The question asks for the others.": (
            deals["value"] >= everyone["loaded"]
        ).sum(),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** A deal that does not pay back in a year may do so in three, or open a door. Which
# ones do you keep, and who says so? And who would tell the sellers to stop?

# %% [markdown] minutes=2
# ## Take away
#
# * A criterion counts if it holds with all others equal, on deals the model has not seen.
# * A score without its number of deals is an opinion with digits.
# * Work by expected revenue a day; grow where the wallet is open; talk where the panel disagrees.
#
# **On Monday:** take the ten deals that earn most a day, and strike out one that does not pay back.
