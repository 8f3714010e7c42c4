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
# # Users: who uses it, for what, and what stands in the way?
#
# *60 minutes.* At the end of this chapter you can say
#
# * which kinds of users there are, and whether these groups are found or drawn by us,
# * what users try to get done, at which step they fail, and why,
# * what they use instead, and whom you win from and lose to,
# * in what the product must lead, for whom.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import segkit

base = segkit.read(source)

# %% [markdown] tags=["facilitator"]
# **Facilitator, 60 minutes (10 slack).** Before the answer, ask each table for three kinds of users
# and the one number that tells them apart. Keep the cards and compare.

# %% [markdown]
# ## The question and its data
#
# *Who are our users?* Users are grouped by how often, how broadly and for what they use the
# product. Job titles are not used: they are compared with the groups afterwards.

# %%
base.coverage().query("phase == 'user'").reset_index(drop=True)

# %% [markdown]
# ## Who the users are

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

# %% [markdown]
# ## What they are trying to get done
#
# *What are users trying to get done?* A job has steps, whatever the product. Each outcome is worded so that it can be measured.

# %%
job = base.ask("U2")
job

# %%
for figure in job.figures():
    figure.show()

# %% [markdown]
# ## What stands in the way
#
# *What prevents users from getting it done?* Where tasks are begun and not finished, and for which reasons.

# %%
barriers = base.ask("U3")
barriers

# %%
for figure in barriers.figures():
    figure.show()

# %% [markdown]
# ## What they use instead
#
# *What alternatives do users have?* Doing nothing and a spreadsheet are rivals too.

# %%
instead = base.ask("U4")
instead

# %%
for figure in instead.figures():
    figure.show()

# %% [markdown]
# ## What they value in dealing with us
#
# *What do users value in dealing with us?* A score needs its error, and its drivers need shares that add up.

# %%
service = base.ask("U5")
service

# %%
for figure in service.figures():
    figure.show()

# %% [markdown]
# ## In what the product must lead
#
# *In what must the product be best?* Important and badly served: segment by segment, for an average hides both.

# %%
lead = base.ask("U6")
lead

# %%
for figure in lead.figures():
    figure.show()

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
# * Fix the step where most fail for one reason; lead where much matters and little is served.
# * "No structure" is an answer: then treat users alike, or ask them other questions.
