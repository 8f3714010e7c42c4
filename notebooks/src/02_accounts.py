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
# # Accounts: who is ideal, who fits, and what are they worth to us?
#
# *75 minutes.* At the end of this chapter you can say
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
# **Facilitator, 75 minutes (10 slack).** Ask first: "Describe your ideal customer in three words."
# Write the words down and leave them on the wall. Come back to them after the scorecard.

# %%
base.coverage().query("phase == 'account'").reset_index(drop=True)

# %% [markdown]
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
# ## What won, stuck and refused deals have in common
#
# A rule is shown only if it beats the best rule found in shuffled outcomes, and holds on deals kept
# out. No rule is a normal result.

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
# ## How well each prospect fits
#
# *How well does each prospect fit the ideal profile?* The card fits on one page: add up the points
# by hand if you like. No score stands without the number of deals it rests on.

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

# %% [markdown]
# ## What each account could spend
#
# *What could each account spend with us?* The wallet is what one in ten like customers reaches.
# Trust the order; take the level as a lower bound.

# %%
potential = base.ask("A3")
potential

# %%
for figure in potential.figures("headroom") + potential.figures("white space"):
    figure.show()

# %% [markdown]
# ## What a customer costs
#
# *What does it cost to acquire a customer?* Paid cost is what the advertisement cost. Fully loaded
# cost is what it cost the company, to the cent.

# %%
cost = base.ask("A4")
cost

# %%
for figure in cost.figures("cost") + cost.figures("segments") + cost.figures("return"):
    figure.show()

# %% [markdown]
# ## How likely, and what is that worth?
#
# *How likely is each account to buy, and what is that worth?* Work first what earns most a day,
# not what is largest.

# %%
likely = base.ask("A6")
likely

# %%
for figure in likely.figures("speed") + likely.figures("priority"):
    figure.show()

# %%
for figure in likely.figures("prospects"):
    figure.show()

# %% [markdown]
# ## Who is like our best customers?
#
# A ranking by likeness to those who buy most. It is not a chance of buying.

# %%
alike = base.ask("S10")
alike

# %%
for figure in alike.figures("reach") + alike.figures("likeness"):
    figure.show()

# %% [markdown]
# ## Which segments are of high value?
#
# Five criteria, weighed by your colleagues, and how much of the order hangs on these weights.

# %%
segments = base.ask("S7")
segments

# %%
for figure in segments.figures():
    figure.show()

# %% [markdown]
# ## What the conference table says
#
# Colleagues from sales and customer success rank the accounts. Where they differ is what to talk
# about.

# %%
table = base.ask("S8")
table

# %%
for figure in table.figures("") + table.figures("disagreement: ranking"):
    figure.show()

# %% [markdown] tags=["interactive"]
# Hold a conference of your own: judgements are saved as you enter them.

# %% tags=["interactive"]
from segkit.widgets import hold_conference

hold_conference("conference_table.csv", criteria=["fit", "revenue", "margin", "relations", "cycle"])

# %% [markdown] tags=["exercise"]
# ## Your turn
#
# 1. How many prospects fit well (grade A)? Write it into `well`.
# 2. Which share of the expected value of all open deals do the ten that earn most a day hold?
#    Write it into `ten`.
# 3. How many times as much does a customer cost by the dearest source as by the cheapest? Write it
#    into `times`.

# %% tags=["exercise"]
### BEGIN SOLUTION
well = (score.table["grade"] == "A").sum()
well
### END SOLUTION

# %% tags=["exercise"]
### BEGIN SOLUTION
deals = likely.table.dropna(subset=["opp_id"])
ten = deals.nlargest(10, "per_day")["expected"].sum() / deals["expected"].sum()
ten
### END SOLUTION

# %% tags=["exercise"]
### BEGIN SOLUTION
times = cost.table["loaded"].max() / cost.table["loaded"].min()
times
### END SOLUTION

# %% [markdown] tags=["facilitator"]
# **Usual mistakes:** reading an odds ratio as a ratio of chances; adding fit and engagement into one
# number; taking likeness for likeliness; dividing this month's spending by this month's customers.
# Ask: "Which three words on the wall does the scorecard confirm?"

# %% [markdown]
# ## Take away
#
# * A criterion counts if it holds with all others equal, on deals the model has not seen.
# * A score without its number of deals is an opinion with digits.
# * Work by expected revenue a day; grow where the wallet is open; talk where the panel disagrees.
