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
# # Start: what the tables can answer
#
# *10 minutes.* At the end of this chapter you can say
#
# * which tables were read, and how many rows could not be used and why,
# * which of the 24 questions these tables answer, and what is missing for the others.

# %% tags=["parameters"]
source = "larkspur"  # Larkspur HR, the sample company; write the folder of your own tables here

# %%
import segkit

base = segkit.read(source)
base

# %% [markdown] tags=["facilitator"]
# **Facilitator, 10 minutes (2 slack).** Before you run anything, ask the room: "Which of your
# tables would you trust with a budget decision?" Write the names down and come back to them at
# the ledger.

# %% [markdown]
# ## Every row is accounted for
#
# A row that cannot be used is set aside with its reason, never dropped in silence: rows read =
# rows used + rows set aside. Read this table first. If a reason looks wrong, mend the file or the
# `segkit.toml` beside it, and read again.

# %%
base.ledger

# %% [markdown]
# Things found that did not cost a row, or that you should know before you trust one:

# %%
base.findings()

# %% [markdown]
# ## The 24 questions
#
# The questions run from the market through the accounts and their buyers to the users. A question
# is answerable when every column it needs holds values.

# %%
base.coverage()

# %% [markdown] tags=["exercise"]
# ## Your turn
#
# Which share of all rows read could be used? Write the share into `used`.

# %% tags=["exercise"]
### BEGIN SOLUTION
used = base.ledger["used"].sum() / base.ledger["read"].sum()
used
### END SOLUTION

# %% [markdown] tags=["facilitator"]
# **Usual mistake:** the mean of the shares per table, which lets a table of ten rows count as much
# as one of ten thousand. Ask: "Which question does each of the two numbers answer?"

# %% [markdown]
# ## Take away
#
# * Check before you analyse: a wrong mapping looks like a finding.
# * A question that cannot be answered is a good result too: it says which table to ask for.
