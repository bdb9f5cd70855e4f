"""The wording rules W1 to W20: what each catches, when it does not, and what to write instead.

A rule looks at one sentence, or at a whole paragraph where what matters is what stands together.
"""

from __future__ import annotations

from rjeval.report.claim_wording import CLAIM_RULES
from rjeval.report.number_wording import NUMBER_RULES

RULES = tuple(sorted((*CLAIM_RULES, *NUMBER_RULES), key=lambda one: int(one.name[1:])))
