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
# # Users: who uses it, for what, and what stands in the way?
#
# *{minutes} minutes.* At the end of this chapter you can say
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
# **Facilitator, {minutes} minutes (11 slack).**

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Name three kinds of users, and the one number that tells them apart." Keep the
# cards and compare.

# %% [markdown] minutes=2
# ## The question
#
# *Who are our users?* Users are grouped by how often, how broadly and for what they use the
# product. Job titles are not used: they are compared with the groups afterwards.

# %% [markdown] minutes=5
# ## Who the users are

# %%
answer = base.ask("U1")
answer

# %%
answer.figure()

# %%
answer.table

# %% [markdown] tags=["facilitator"]
# **Discuss:** Compare with the cards. Titles are not users: which title sits in two groups? Which
# group would notice first if the product were down on a Monday morning?

# %% [markdown] tags=["exercise"]
# ## Your turn: the largest group
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
# ### Exercise U1.1 (3 minutes)
#
# Which share of the users belongs to the largest group? Write it into `largest`.
#
# `frame["column"].max()` is the largest number of a column, `.sum()` adds the column up.

# %% tags=["exercise"]
groups = answer.table  # one row a group: segment, users
largest = None
### BEGIN SOLUTION
largest = groups["users"].max() / groups["users"].sum()
### END SOLUTION
check("U1.1", largest)

# %% tags=["key"]
key(
    "U1.1",
    largest,
    hints=[
        "A share is a part of the whole: what is the whole here?",
        "Only the column `users` is needed, once for one group and once for all.",
        "Divide the largest number of `users` by their sum.",
    ],
    mistakes={
        "You divided by the number of groups, as if all were alike.": 1 / len(groups),
        "You counted users. The question asks for their share.": groups["users"].max(),
        "You divided by the users of the other groups. A share is a part of the whole.": (
            groups["users"].max() / (groups["users"].sum() - groups["users"].max())
        ),
    },
)

# %% [markdown] minutes=3
# ## Why believe it
#
# Any data can be cut into groups. Groups are worth a name when other samples of the same users
# give the same groups again: that is what the next picture measures for each number of groups.

# %%
answer.figure(1)

# %%
answer.ledger

# %% [markdown] tags=["facilitator"]
# **If short of time:** read the verdict (found or drawn) off the answer, and leave this out.

# %% [markdown] minutes=5
# ## What they are trying to get done
#
# *What are users trying to get done?* A job has steps, whatever the product. Each outcome is worded so that it can be measured.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "What do users want to get done when they open our product?" No name of a feature
# may be said.

# %%
job = base.ask("U2")
job

# %%
for figure in job.figures():
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Read three outcomes aloud. Would a user say it like that? Which outcome is missing?

# %% [markdown] minutes=8
# ## What stands in the way
#
# *What prevents users from getting it done?* Where tasks are begun and not finished, and for which reasons.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "At which step do users give up, and why?" One step and one reason from each table.

# %%
barriers = base.ask("U3")
barriers

# %%
for figure in barriers.figures():
    figure.show()

# %% [markdown] tags=["exercise"]
# ## Your turn: where users fail

# %% [markdown] tags=["exercise"]
# ### Exercise U3.1 (4 minutes)
#
# Of all failures, which share happens at the step where most attempts fail? Write it into `worst`.
#
# `share` is the share of attempts completed; `failures` counts the others.

# %% tags=["exercise"]
steps = barriers.table
display(steps[["step", "attempts", "completed", "failures", "share"]])
worst = None
### BEGIN SOLUTION
worst = steps["failures"].max() / steps["failures"].sum()
### END SOLUTION
check("U3.1", worst)

# %% tags=["key"]
key(
    "U3.1",
    worst,
    hints=[
        "A share of all failures: all failures stand below the line.",
        "Only the column `failures` is needed, once for one step and once for all.",
        "Divide the largest number of `failures` by their sum.",
    ],
    mistakes={
        "You divided by the attempts at this step: that is how often it fails.": (
            1 - steps["share"].min()
        ),
        "You divided by all attempts. The question asks for a share of the failures.": (
            steps["failures"].max() / steps["attempts"].sum()
        ),
        "You divided by the number of steps, as if all failed alike.": 1 / len(steps),
    },
)

# %% [markdown] tags=["facilitator"]
# **If short of time:** leave out exercise U3.1; U3.2 asks more of the same table.

# %% [markdown] tags=["exercise"]
# ### Exercise U3.2 (4 minutes)
#
# To get the whole job done, a user must pass every step. If the steps succeed or fail by
# themselves, which share gets through all of them? Write it into `through`.
#
# `.prod()` multiplies the numbers of a column, as `.sum()` adds them up.

# %% tags=["exercise"]
through = None
### BEGIN SOLUTION
through = steps["share"].prod()
### END SOLUTION
check("U3.2", through)

# %% tags=["key"]
key(
    "U3.2",
    through,
    hints=[
        "If one half passes the first step and one half of these the second, a quarter is left.",
        "Only the column `share` is needed, with all its steps.",
        "Multiply the shares of all steps.",
    ],
    mistakes={
        "You took the mean. Each step takes from what the one before has left.": (
            steps["share"].mean()
        ),
        "That is the worst step alone. The others cost something too.": steps["share"].min(),
        "You added up what each step loses, and took that from 1: who is lost once is counted "
        "again.": 1 - (1 - steps["share"]).sum(),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** Most steps may be fine, and many users still do not get through. Which reason
# can be mended by us, and which by the customer? What would you do first?

# %% [markdown] minutes=7
# ## What they use instead
#
# *What alternatives do users have?* Doing nothing and a spreadsheet are rivals too.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "Who is our hardest rival?" If nobody says "nothing" or "a spreadsheet", wait.

# %%
instead = base.ask("U4")
instead

# %%
for figure in instead.figures():
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** What made people switch, a push away or a pull towards? What keeps the others where
# they are, and is it in your sales pitch?

# %% [markdown] tags=["facilitator"]
# **In half the time:** leave out what is used for each job, and where switches lead.

# %% [markdown] tags=["exercise"]
# ## Your turn: who joins us

# %% [markdown] tags=["exercise"]
# ### Exercise U4.1 (4 minutes)
#
# Take the alternative that gains most by switches (the largest `net`). For each user who left it,
# how many joined it? Write the number into `joined`.
#
# `frame.nlargest(1, "column").iloc[0]` is the row with the largest number in a column; take an
# entry of it by `row["other column"]`.

# %% tags=["exercise"]
row = instead.table.nlargest(1, "net").iloc[0]
display(row[["alternative", "users", "left", "joined", "net"]].to_frame())
joined = None
### BEGIN SOLUTION
joined = row["joined"] / row["left"]
### END SOLUTION
check("U4.1", joined)

# %% tags=["key"]
key(
    "U4.1",
    joined,
    hints=[
        '"For each user who left": those who left stand below the line.',
        "Both numbers stand in `row`: `joined` and `left`.",
        "Divide `joined` by `left`.",
    ],
    mistakes={
        "That is how many it gained, not how many for each who left.": row["net"],
        "You divided by its users of today. The question asks for those who left.": (
            row["joined"] / row["users"]
        ),
        "You divided the other way round: how many left for each who joined.": (
            row["left"] / row["joined"]
        ),
    },
)

# %% [markdown] minutes=5
# ## What they value in dealing with us
#
# *What do users value in dealing with us?* A score needs its error, and its drivers need shares that add up.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "What is our net promoter score, give or take how much?" Write down both numbers.

# %%
service = base.ask("U5")
service

# %%
for figure in service.figures():
    figure.show()

# %% [markdown] tags=["facilitator"]
# **Discuss:** Next year the score is five points higher. Is that more than chance? (Look at the
# interval.) And which driver would you mend first?

# %% [markdown] tags=["facilitator"]
# **In half the time:** leave out the score by segment.

# %% [markdown] tags=["exercise"]
# ## Your turn: the score

# %% [markdown] tags=["exercise"]
# ### Exercise U5.1 (6 minutes)
#
# Compute the net promoter score yourself: the percentage who gave 9 or 10, less the percentage who
# gave 6 or less. Write it into `nps`, a number between -100 and 100.
#
# `(scores >= 5).mean()` is the share of scores of 5 or more; a share times 100 is a percentage.

# %% tags=["exercise"]
scores = base["nps_survey"]["score"].dropna()
display(scores.head(3).to_frame())
nps = None
### BEGIN SOLUTION
nps = 100 * ((scores >= 9).mean() - (scores <= 6).mean())
### END SOLUTION
check("U5.1", nps)

# %% tags=["key"]
key(
    "U5.1",
    nps,
    hints=[
        "Two shares, one taken from the other; those who gave 7 or 8 are in neither.",
        "The first share is that of `scores >= 9`, the second that of `scores <= 6`.",
        "Take the second share from the first, and multiply by 100.",
    ],
    mistakes={
        "That is the mean score. Two companies with one mean may differ much in this score.": (
            scores.mean()
        ),
        "You counted 7 and 8 among the promoters. They are satisfied, and they are silent.": (
            100 * ((scores >= 7).mean() - (scores <= 6).mean())
        ),
        "You subtracted numbers of people. Take percentages, or the score grows with the survey.": (
            (scores >= 9).sum() - (scores <= 6).sum()
        ),
    },
)

# %% [markdown] minutes=8
# ## In what the product must lead
#
# *In what must the product be best?* Important and badly served: segment by segment, for an average hides both.

# %% [markdown] tags=["facilitator"]
# **Ask first:** "If the product could be best in one thing only, in which?" Write it on a card.

# %%
lead = base.ask("U6")
lead

# %%
for figure in lead.figures():
    figure.show()

# %% [markdown] tags=["exercise"]
# ## Wrap-up

# %% [markdown] tags=["exercise"]
# ### Exercise U6.1 (10 minutes)
#
# Three answers meet. U3 names the step where users fail most, U2 says which outcomes belong to
# which step, and U6 lists the outcomes in which the product must lead. How many of these belong to
# the step where users fail most? Write the number into `here`. Then look at them, and decide with
# your neighbour: is one of them the next thing to build?
#
# `frame[frame["column"] == something]` keeps the rows that hold it, and `len(...)` counts rows.

# %% tags=["exercise"]
fails_most = steps.nsmallest(1, "share")["step"].iloc[0]  # the step, by its name
step_of = job.table.set_index("outcome")["step"]
must_lead = lead.table[lead.table["kind"] == "outcome"]
must_lead = must_lead.assign(step=must_lead["id"].map(step_of))
display(must_lead[["what", "opportunity", "step"]].head(3))
here = None
### BEGIN SOLUTION
here = len(must_lead[must_lead["step"] == fails_most])
### END SOLUTION
check("U6.1", here)

# %% tags=["key"]
fails_least = steps.nlargest(1, "share")["step"].iloc[0]
key(
    "U6.1",
    here,
    hints=[
        "The first lines have brought all together in `must_lead`: only rows have to be chosen.",
        "Compare the column `step` with `fails_most`.",
        "Keep the rows of `must_lead` where they are the same, and count them.",
    ],
    mistakes={
        "These are all outcomes that must lead. Keep those of one step.": len(must_lead),
        "These belong to the other steps: turn the comparison round.": (
            must_lead["step"].ne(fails_most).sum()
        ),
        "You took the step that most users complete: `share` counts successes.": (
            must_lead["step"].eq(fails_least).sum()
        ),
    },
)

# %% [markdown] tags=["facilitator"]
# **Discuss:** Compare with the cards. What on the cards is neither important nor badly served, and
# who asked for it? What must the product lead in although users get through?

# %% [markdown] minutes=2
# ## Take away
#
# * Group by what people do; check against who they say they are.
# * Fix the step where most fail for one reason; lead where much matters and little is served.
# * "No structure" is an answer: then treat users alike, or ask them other questions.
#
# **On Monday:** watch one user at the step where most fail, and say nothing for ten minutes.
