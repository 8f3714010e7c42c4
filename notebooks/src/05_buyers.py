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
# # Buyers: who decides?
#
# *25 minutes.* At the end of this chapter you can say
#
# * which of the seven buying-centre roles your deals reach, and which they miss,
# * how large the committee is,
# * with which roles at the table deals are won more often.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import segkit

base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, 25 minutes (5 slack).** Let each table draw the buying centre of its last lost
# deal from memory: initiator, user, influencer, decider, approver, buyer, gatekeeper. Who was
# never spoken to?

# %% [markdown]
# ## The question and its data
#
# *Who are our buyers?* People hold roles in a decision, often several. Roles noted in the CRM are
# used as they stand; where nobody noted one, the job title suggests it.

# %%
base.coverage().query("question == 'B1'").reset_index(drop=True)

# %% [markdown]
# ## The answer

# %%
answer = base.ask("B1")
answer

# %%
answer.figure()

# %%
answer.table

# %% [markdown]
# ## Why believe it
#
# The next picture compares deals with and without each role. It shows what goes together, not what
# causes what: a deal that lasts longer meets more people.

# %%
answer.figure(1)

# %%
answer.ledger

# %% [markdown] tags=["exercise"]
# ## Your turn
#
# Which role is missing from most deals? Write its name into `missed`.

# %% tags=["exercise"]
### BEGIN SOLUTION
missed = answer.table.sort_values("coverage")["role"].iloc[0]
missed
### END SOLUTION

# %% [markdown] tags=["facilitator"]
# **Usual mistake:** naming the role with the lowest win rate instead of the lowest coverage. Ask:
# "Would meeting this role be cheap or dear in your next three deals?"

# %% [markdown]
# ## Take away
#
# * A deal with one contact is a conversation, not a sale.
# * Ask of every deal: who decides, who uses it, who can say no?
