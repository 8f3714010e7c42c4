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
# # Buyers: who decides, what do they care about, and how?
#
# *60 minutes.* At the end of this chapter you can say
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
# **Facilitator, 60 minutes (10 slack).** Let each table draw the buying centre of its last lost
# deal from memory: initiator, user, influencer, decider, approver, buyer, gatekeeper. Who was
# never spoken to?

# %% [markdown]
# ## The question and its data
#
# *Who are our buyers?* People hold roles in a decision, often several. Roles noted in the CRM are
# used as they stand; where nobody noted one, the job title suggests it.

# %%
base.coverage().query("phase == 'buyer'").reset_index(drop=True)

# %% [markdown]
# ## Who the buyers are

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

# %% [markdown]
# ## What they care about
#
# *What do buyers care about?* Ratings put everything first. Choices do not: whoever takes one thing leaves another.

# %%
care = base.ask("B2")
care

# %%
for figure in care.figures():
    figure.show()

# %% [markdown]
# ## How they decide
#
# *How do buyers decide?* One picture of the way from first contact to signature: how many, how long, and where deals are lost. Open deals count as far as they have come.

# %%
path = base.ask("B3")
path

# %%
for figure in path.figures():
    figure.show()

# %% [markdown]
# ## How deals are qualified
#
# *Which qualification tells which deals will be won?* A framework is worth what it tells of the outcome. Unknown is not zero: nobody has asked.

# %%
known = base.ask("S11")
known

# %%
for figure in known.figures():
    figure.show()

# %% [markdown]
# ## What they value in working with us
#
# *What do buyers value in working with our team?* What they say matters, what moves their satisfaction, and how well we do it.

# %%
valued = base.ask("B4")
valued

# %%
for figure in valued.figures():
    figure.show()

# %% [markdown]
# ## In what to be best
#
# *In what must our team be best?* Importance x gap to the best rival x what it does to the chance of winning.

# %%
best = base.ask("B5")
best

# %%
for figure in best.figures():
    figure.show()

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
# * Mend the step where one more deal in ten changes most, not the one that looks worst.
