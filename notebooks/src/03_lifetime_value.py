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
# # Lifetime value: what is each customer worth?
#
# *45 minutes.* At the end of this chapter you can say
#
# * what the base is worth from today on, and who holds that value,
# * who is slipping away, and what that costs,
# * whether the model is right on your data,
# * what changes with another margin, discount rate or horizon.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import segkit

base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, 45 minutes (5 slack).** Ask first: "Which is worth more, a customer who pays
# 1,000 a month and stays three years, or one who pays 400 and stays ten?" Collect hands, then let
# the room compute it with a discount rate of 10 %.

# %% [markdown]
# ## The question and its data
#
# *What is each customer's lifetime value?* With contracts, we see who left and when: value is
# margin x the chance to be still there, discounted. With orders alone, nobody tells us that a
# customer has left, and the purchase history must. Each part below shows what your data can
# show, and leaves out what they cannot.

# %%
base.coverage().query("question == 'A5'").reset_index(drop=True)

# %% [markdown]
# ## What is the base worth?

# %%
answer = base.ask("A5")
answer

# %% [markdown]
# Value is never spread evenly:

# %%
for figure in answer.figures("base"):
    figure.show()

# %% [markdown]
# ## Who is worth what?

# %%
for figure in answer.figures("worth"):
    figure.show()

# %% [markdown]
# The customers worth most. Tier A holds the first 80 % of the value, B the next 15 %, C the rest.
# `answer.to_excel("value.xlsx")` hands on the whole list; `to_csv` and `to_json` give text.

# %%
answer.table.head(10)

# %% [markdown]
# ## Who is slipping away?
#
# With contracts: value x churn, what is expected to leave within a year. With orders: the fall of
# P(alive), the probability of still being a customer, x the value of one who is.

# %%
for figure in answer.figures("leaving"):
    figure.show()

# %% [markdown]
# ## Is the model right on my data?
#
# A lifetime value is only as good as the model of leaving behind it. So the model is held against
# what was seen, and, fitted to the past alone, against time it has not seen.

# %%
for figure in answer.figures("trust"):
    figure.show()

# %%
answer.ledger

# %% [markdown] tags=["interactive"]
# ## What if?
#
# Move a slider, or reach it by Tab and press the arrow keys: the value follows, and the models of
# leaving and spend stay as they are.

# %% tags=["interactive"]
from segkit.widgets import what_if

what_if(base)

# %% [markdown] tags=["exercise"]
# ## Your turn
#
# 1. Which share of the base's whole value do the ten most valuable customers hold? Write it into
#    `top_ten`.
# 2. How many customers are in tier A? Write it into `tier_a`.

# %% tags=["exercise"]
### BEGIN SOLUTION
top_ten = answer.table["value"].nlargest(10).sum() / answer.table["value"].sum()
top_ten
### END SOLUTION

# %% tags=["exercise"]
### BEGIN SOLUTION
tier_a = (answer.table["tier"] == "A").sum()
tier_a
### END SOLUTION

# %% [markdown] tags=["facilitator"]
# **Usual mistakes:** dividing by the number of customers; taking past revenue for future value;
# reading the interval of an expected value as the range of what one customer will pay.
# Ask: "Which of these customers would you visit next week, and what would it cost to lose one?"

# %% [markdown]
# ## Take away
#
# * Lifetime value looks forward: what was paid already is gone.
# * Judge the model of leaving first, the money second.
# * Call first where most value is leaving, not where most was bought.
