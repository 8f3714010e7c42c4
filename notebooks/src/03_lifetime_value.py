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
# # Lifetime value: what is each customer worth?
#
# *{minutes} minutes.* At the end of this chapter you can say
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
# **Facilitator, {minutes} minutes (8 slack).**

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Which is worth more, a customer who pays 1,000 a month and stays three years, or
# one who pays 400 and stays ten?" Collect hands, then let the room compute it with a discount rate
# of 10 % a year. (31,400 against 31,100: the first, by a hair. At 8 % the second wins.)

# %% [markdown] minutes=2
# ## The question
#
# *What is each customer's lifetime value?* With contracts, we see who left and when: value is
# margin x the chance to be still there, discounted. With orders alone, nobody tells us that a
# customer has left, and the purchase history must. Each part below shows what your data can
# show, and leaves out what they cannot.

# %% [markdown] minutes=5
# ## What is the base worth?

# %% [markdown] tags=["facilitator"]
# **Ask first:** "What are all our customers together worth?" Everybody writes down an amount.

# %%
answer = base.ask("A5")
answer

# %% [markdown]
# How evenly is it spread over the customers?

# %%
for figure in answer.figures("base"):
    figure.show()

# %% [markdown] tags=["exercise"]
# ## Your turn: how much at least
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
# ### Exercise A5.1 (3 minutes)
#
# What is the base worth *at least*, if you want to be wrong in no more than one case of twenty?
# Read it off the answer and write it into `at_least`.
#
# `answer.estimate` is the number, and `answer.interval` its 90 % interval: `[0]` is the lower end,
# `[1]` the upper one. One case of twenty lies below it, one above.

# %% tags=["exercise"]
at_least = None
### BEGIN SOLUTION
at_least = answer.interval[0]
### END SOLUTION
check("A5.1", at_least)

# %% tags=["key"]
key(
    "A5.1",
    at_least,
    hints=[
        "No sum is needed: the answer holds this number.",
        "Look for the words in brackets in the headline, or at `answer.interval`.",
        "Take the lower end: `answer.interval[...]`, with the place of the lower end in brackets.",
    ],
    mistakes={
        "This is the best guess. The base is worth less than that in one case of two.": (
            answer.estimate
        ),
        'You took 90 % of the number. "90 %" says how sure the interval is, not how wide.': (
            0.9 * answer.estimate
        ),
        "You added up the lower ends of all customers. They do not all turn out badly together.": (
            answer.table["low"].sum()
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** The number, or its lower end: which of the two would you put into the plan, and which
# into a loan agreement?

# %% [markdown] minutes=5
# ## Who is worth what?

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Which part of that do the ten most valuable customers hold?" Collect shares.

# %%
for figure in answer.figures("worth"):
    figure.show()

# %% [markdown]
# The customers worth most, each with the 90 % interval of its value. Tier A holds the first 80 % of
# the value, B the next 15 %, C the rest. `answer.table` holds all customers and more columns;
# `answer.to_excel("value.xlsx")` hands it on, `to_csv` and `to_json` give text.

# %%
answer.table.head(10).filter(["account_id", "name", "tier", "value", "low", "high"])

# %% [markdown] tags=["exercise"]
# ## Your turn: who holds the value

# %% [markdown] tags=["exercise"]
# ### Exercise A5.2 (3 minutes)
#
# How many customers are in tier A? Write the number into `tier_a`.
#
# `(frame["column"] == "word").sum()` counts the rows of a table that hold a word.

# %% tags=["exercise"]
customers = answer.table  # its column is "tier"
tier_a = None
### BEGIN SOLUTION
tier_a = (customers["tier"] == "A").sum()
### END SOLUTION
check("A5.2", tier_a)

# %% tags=["key"]
key(
    "A5.2",
    tier_a,
    hints=[
        "The table has one row for each customer: count rows.",
        "Only the column `tier` is needed.",
        'Compare the column with `"A"`, and add up the rows where that is true.',
    ],
    mistakes={
        "You took 80 % of the customers. Tier A is 80 % of the value, and far fewer customers.": (
            round(0.8 * len(customers))
        ),
        "You counted the tiers A and B together.": customers["tier"].isin(["A", "B"]).sum(),
        "You counted customers above the mean. The tiers follow the sum of the value.": (
            (customers["value"] > customers["value"].mean()).sum()
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **If short of time:** leave out exercise A5.2; A5.3 practises the same on money.

# %% [markdown] tags=["exercise"]
# ### Exercise A5.3 (4 minutes)
#
# Which share of the base's whole value do the ten most valuable customers hold? Write it into
# `top_ten`.
#
# `frame.nlargest(3, "column")` takes the three rows with the largest numbers in a column, and
# `frame["column"].sum()` adds a column up.

# %% tags=["exercise"]
top_ten = None
### BEGIN SOLUTION
top_ten = customers.nlargest(10, "value")["value"].sum() / customers["value"].sum()
### END SOLUTION
check("A5.3", top_ten)

# %% tags=["key"]
# With contracts, money of the past: years so far x margin. With orders: the number of purchases.
so_far = customers.filter(["monthly_margin", "years_so_far", "purchases"]).prod(axis=1)
key(
    "A5.3",
    top_ten,
    hints=[
        "A share has two sums: that of the ten above the line, that of all below it.",
        "Only the column `value` is needed, once for ten rows and once for all.",
        "Divide the sum of `value` of the ten by the sum of `value` of `customers`.",
    ],
    mistakes={
        "You counted customers. Ten are few, but they are not alike.": 10 / len(customers),
        "You divided by the value of tier A. The question asks for the whole base.": (
            customers.nlargest(10, "value")["value"].sum()
            / customers.loc[customers["tier"] == "A", "value"].sum()
        ),
        "You looked back, at what was bought so far. Lifetime value looks ahead.": (
            so_far.nlargest(10).sum() / so_far.sum()
        ),
    },
)

# %% [markdown] tags=["exercise"]
# ### Exercise A5.4 (3 minutes)
#
# What is the *typical* customer worth, the one in the middle: half of the others are worth more,
# half less? Write the amount into `typical`.
#
# `.mean()`, `.median()`, `.min()` and `.max()` work on a column as `.sum()` does.

# %% tags=["exercise"]
typical = None
### BEGIN SOLUTION
typical = customers["value"].median()
### END SOLUTION
check("A5.4", typical)

# %% tags=["key"]
key(
    "A5.4",
    typical,
    hints=[
        "A few giants pull one kind of average up and leave another where it is.",
        "The customer in the middle is called the median.",
        "Take the median of the column `value`.",
    ],
    mistakes={
        "That is the mean. A few large customers pull it up; nearly everybody lies below it.": (
            customers["value"].mean()
        ),
        "That is the middle between the largest and the smallest, which only these two decide.": (
            (customers["value"].max() + customers["value"].min()) / 2
        ),
        "That is the median of the customers in tier A only.": (
            customers.loc[customers["tier"] == "A", "value"].median()
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** Which of the ten would you visit next week, and when did anybody last do so? What do
# you say to a customer who is worth as much as the typical one?

# %% [markdown] minutes=5
# ## Who is slipping away?
#
# With contracts: value x churn, what is expected to leave within a year. With orders: the fall of
# P(alive), the probability of still being a customer, x the value of one who is.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Who will leave us this year?" Everybody writes down one name, folded.

# %%
for figure in answer.figures("leaving"):
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Unfold the names. Are they among the twelve? A large customer who leaves as rarely as
# all others is on the list because of the money; a name from the room may know of a reason.

# %% [markdown] minutes=4
# ## Is the model right on my data?
#
# A lifetime value is only as good as the model of leaving behind it. So the model is held against
# what was seen, and, fitted to the past alone, against time it has not seen.

# %%
for figure in answer.figures("trust"):
    figure.show()

# %%
answer.ledger

# %% [markdown] tags=["facilitator"]
# **Discuss:** Would you have acted on last year's forecast? Where it missed, was it the number of
# leavers or the group?

# %% [markdown] tags=["facilitator"]
# **If short of time:** leave this section to the analysts, but never out of the report.

# %% [markdown] tags=["example"] minutes=4
# ## And without contracts?
#
# Where nobody signs, nobody tells when a customer has gone: a long silence may be the end, or the
# usual pace. The charts below are drawn from the orders of an invented shop, whose customers come,
# buy at their own pace and leave without a word. With `orders` of your own and no contracts, the
# parts above show these charts of your customers. A report leaves this example out.

# %% tags=["example"]
from segkit.samples import make_orders

shop = segkit.CustomerBase.from_tables({"orders": make_orders()}, {"currency": "USD"}).ask("A5")
print(shop.headline)

# %% tags=["example"]
for figure in shop.figures():
    figure.show()

# %% [markdown] tags=["interactive"] minutes=3
# ## What if?
#
# Move a slider, or reach it by Tab and press the arrow keys: the value follows, and the models of
# leaving and spend stay as they are.

# %% tags=["interactive"]
from segkit.widgets import what_if

what_if(base)

# %% [markdown] tags=["exercise"]
# ## Wrap-up

# %% [markdown] tags=["exercise"]
# ### Exercise A5.5 (10 minutes)
#
# A programme to keep customers costs, for each customer in it, 1 % of what the average customer is
# worth. It saves one fifth of what would leave. For how many customers does it pay, because it
# saves more than it costs? Write the number into `worth_keeping`. Then decide with your neighbour
# whom to begin with.
#
# `leaving` below has one number for each customer: the money expected to leave within a year (from
# contracts) or lost to silence (from orders). `(numbers > 5).sum()` counts those above 5.

# %% tags=["exercise"]
leaving = customers.filter(regex="expected_loss|lost_to_silence").sum(axis=1)
price = 0.01 * customers["value"].mean()
worth_keeping = None
### BEGIN SOLUTION
worth_keeping = (leaving / 5 > price).sum()
### END SOLUTION
check("A5.5", worth_keeping)

# %% tags=["key"]
key(
    "A5.5",
    worth_keeping,
    hints=[
        "For one customer: what is saved, what does it cost? Then count the customers.",
        "Saved is one fifth of `leaving`; the cost is `price`, the same for all.",
        "Count where `leaving` divided by 5 is larger than `price`.",
    ],
    mistakes={
        "You forgot the fifth: the programme does not save everybody.": (leaving > price).sum(),
        "You took a fifth of the whole value. Only what would leave can be saved.": (
            (customers["value"] / 5 > price).sum()
        ),
        "You counted those for whom it does not pay.": (leaving / 5 <= price).sum(),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** With contracts, everybody in a segment leaves at the same rate: the programme pays
# for the large ones. What would you have to know of a small customer to begin with that one?

# %% [markdown] minutes=2
# ## Take away
#
# * Lifetime value looks forward: what was paid already is gone.
# * Judge the model of leaving first, the money second.
# * Call first where most value is leaving, not where most was bought.
#
# **On Monday:** ring the first three of those slipping away, and ask what would make them go.
