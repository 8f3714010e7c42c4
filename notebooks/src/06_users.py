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
# # Users: who uses it, and how?
#
# *25 minutes.* At the end of this chapter you can say
#
# * which kinds of users there are, told by what they do,
# * whether these groups are found in the data or drawn by us,
# * what marks each group.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import segkit

base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, 25 minutes (5 slack).** Before the answer, ask each table for three kinds of users
# and the one number that tells them apart. Keep the cards and compare.

# %% [markdown]
# ## The question and its data
#
# *Who are our users?* Users are grouped by how often, how broadly and for what they use the
# product. Job titles are not used: they are compared with the groups afterwards.

# %%
base.coverage().query("question == 'U1'").reset_index(drop=True)

# %% [markdown]
# ## The answer

# %%
answer = base.ask("U1")
answer

# %%
answer.figure()

# %%
answer.table

# %% [markdown]
# ## Why believe it
#
# Any data can be cut into groups. Groups are worth a name when other samples of the same users
# give the same groups again: that is what the next picture measures for each number of groups.

# %%
answer.figure(1)

# %%
answer.ledger

# %% [markdown] tags=["exercise"]
# ## Your turn
#
# Which share of the users belongs to the largest group? Write it into `largest`.

# %% tags=["exercise"]
### BEGIN SOLUTION
largest = answer.table["users"].max() / answer.table["users"].sum()
largest
### END SOLUTION

# %% [markdown] tags=["facilitator"]
# **Usual mistake:** dividing by the number of groups. Ask: "Which group would notice first if the
# product were down on a Monday morning?"

# %% [markdown]
# ## Take away
#
# * Group by what people do; check against who they say they are.
# * "No structure" is an answer: then treat users alike, or ask them other questions.
