"""Larkspur HR, the sample company, drawn from a seed with its planted truths.

Each truth is a "parameter" (exact in the process that drew the data) or "realised" (exact in the
drawn tables). Where proposals for the company could not hold together, this was chosen:

* Won deals (620 of 2,100) against the chance to win from the first stage (.177): both hold; deals
  enter at any stage, see `stages`.
* The logit of winning against the rules of fast and stuck deals: all are exact; the rules decide
  how a deal is won or lost, not whether, see `deals`.
* Class A of 18 % of the customers holds 80 % of the value: this is what the sizes of the accounts
  aim at; the share in the draw is in the truth. With such sizes the tenth of the prospects that
  promises most holds about 70 % of the promise, not 38 %.
* Partners buy 30 % of the licences, and pooling them moves the mean contract by 41 %, which asks
  for more than 1,200 running contracts of end users: customers hold 2.5 modules on average.
* Five vendors cannot have an HHI below 2,000: the market has nine.
* Rises of 12 points in four waves are told from noise among ten needs with 600 answers a wave.
* `rep_month` has its own small customers: their churn differs between reps, that of `contracts`
  by segment alone.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
