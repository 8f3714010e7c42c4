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
# *30 minutes.* At the end of this chapter you can say
#
# * what each customer is worth from today on, and what the base is worth as a whole,
# * how fast customers leave, by segment, and how sure that is,
# * how much of the value sits with how few customers.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import segkit

base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, 30 minutes (5 slack).** Ask first: "Which is worth more, a customer who pays
# 1,000 a month and stays three years, or one who pays 400 and stays ten?" Collect hands, then let
# the room compute it with a discount rate of 10 %.

# %% [markdown]
# ## The question and its data
#
# *What is each customer's lifetime value?* With contracts, we see who left and when: value is
# margin x the chance to be still there, discounted. With orders alone, nobody tells us that a
# customer has left, and the purchase history must.

# %%
base.coverage().query("question == 'A5'").reset_index(drop=True)

# %% [markdown]
# ## The answer

# %%
answer = base.ask("A5")
answer

# %%
answer.figure()

# %% [markdown]
# The customers worth most:

# %%
answer.table.head(10)

# %% [markdown]
# ## Why believe it
#
# A lifetime value is only as good as the model of leaving behind it. The next picture holds that
# model against what was seen.

# %%
answer.figure(1)

# %% [markdown]
# Value is never spread evenly. This picture says how unevenly:

# %%
answer.figure(2)

# %%
answer.ledger

# %% [markdown] tags=["exercise"]
# ## Your turn
#
# Which share of the base's whole value do the ten most valuable customers hold? Write it into
# `top_ten`.

# %% tags=["exercise"]
### BEGIN SOLUTION
top_ten = answer.table["value"].nlargest(10).sum() / answer.table["value"].sum()
top_ten
### END SOLUTION

# %% [markdown] tags=["facilitator"]
# **Usual mistakes:** dividing by the number of customers; taking past revenue for future value.
# Ask: "Which of these customers would you visit next week, and what would it cost to lose one?"

# %% [markdown]
# ## Take away
#
# * Lifetime value looks forward: what was paid already is gone.
# * Judge the model of leaving first, the money second.
