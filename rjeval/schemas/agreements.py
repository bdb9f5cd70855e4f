"""Tables of repair: the agreement, what each person undertook, and money paid."""

from __future__ import annotations

from rjeval.schemas.columns import Table, category, day, flag, identity, number, text, whole

AGREEMENT = Table(
    name="agreement",
    title="Agreement",
    grain="one row per referral that came to an agreement, or tried to",
    key=("agreement_id",),
    parents=(("referral_id", "referral", "referral_id"),),
    columns=(
        identity("agreement_id", "Agreement", level="R", needed=True),
        identity(
            "referral_id",
            "Referral",
            level="R",
            needed=True,
            description="One agreement per responsible person, even within one conference.",
        ),
        day("signed_date", "Date signed"),
        day("due_date", "Date due"),
        day("closed_date", "Date closed"),
        category(
            "status",
            "What became of it",
            "active completed partial not_completed no_agreement_reached modified void",
            level="R",
            outcome=True,
        ),
        flag("consensus", "Everybody agreed"),
        whole("modified_count", "Times modified", "times"),
    ),
)

OBLIGATION = Table(
    name="obligation",
    title="Obligation",
    grain="one row per thing that a person undertook in an agreement",
    key=("obligation_id",),
    parents=(("agreement_id", "agreement", "agreement_id"),),
    columns=(
        identity("obligation_id", "Obligation", level="R", needed=True),
        identity("agreement_id", "Agreement", level="R", needed=True),
        category(
            "kind",
            "Kind",
            "apology_verbal apology_written restitution_money restitution_kind community_service "
            "service_to_harmed counselling education school employment stay_away "
            "community_project essay other",
            level="R",
            outcome=True,
        ),
        number("amount_owed", "Amount owed", "currency of the study", level="C", outcome=True),
        number("hours_owed", "Hours owed", "hours"),
        day("due_date", "Date due"),
        category(
            "status",
            "What became of it",
            "active completed partial not_completed modified void",
            level="R",
            outcome=True,
        ),
        day("completed_date", "Date completed"),
        identity("harmed_id", "Harmed party it was owed to", privacy="Q"),
    ),
)

PAYMENT = Table(
    name="payment",
    title="Payment",
    grain="one row per payment towards an obligation to pay",
    key=("payment_id",),
    parents=(("obligation_id", "obligation", "obligation_id"),),
    columns=(
        identity("payment_id", "Payment", level="R", needed=True),
        identity("obligation_id", "Obligation", level="R", needed=True),
        day("paid_date", "Date paid"),
        number("amount", "Amount paid", "currency of the study", level="R", needed=True),
        text("method", "Method"),
    ),
)
