"""Tables of training and of the community: events, tests, surveys."""

from __future__ import annotations

from rjeval.schemas.columns import Column, Table, category, day, flag, identity, number, text, whole

TRAINING_EVENT = Table(
    name="training_event",
    title="Training",
    grain="one row per training",
    key=("training_id",),
    columns=(
        identity("training_id", "Training", level="R", needed=True),
        day("date", "Date", level="R", needed=True),
        category(
            "audience",
            "Audience",
            "law_student attorney judge police facilitator school_staff community",
            level="R",
            outcome=True,
        ),
        number("hours", "Length", "hours", level="R"),
        category("mode", "How it was held", "in_person video phone hybrid"),
        whole("n_registered", "Registered", "people"),
        whole("n_attended", "Attended", "people", level="R"),
    ),
)

TRAINING_RESPONSE = Table(
    name="training_response",
    title="Answer of a trainee",
    grain="one row per trainee, wave and item",
    key=("training_id", "trainee_id", "wave", "item_id"),
    parents=(("training_id", "training_event", "training_id"),),
    columns=(
        identity("training_id", "Training", level="C"),
        identity(
            "trainee_id",
            "Trainee",
            level="R",
            privacy="Q",
            needed=True,
            description="A code that the trainee made up.",
        ),
        category("wave", "Wave", "pre post retro_pre followup_3m", level="R", needed=True),
        identity("item_id", "Item", level="C"),
        number("value", "Answer", "points of the item's scale", low=None, outcome=True),
        number("test_score", "Test score", "points", outcome=True),
        number("test_max", "Best possible score", "points", outcome=True),
        flag("applied_on_job", "Used at work since"),
    ),
)


def _trust(name: str, title: str) -> Column:
    return number(name, title, "points, 1 to 5", low=1, high=5, outcome=True)


COMMUNITY_SURVEY = Table(
    name="community_survey",
    title="Answer to a community survey",
    grain="one row per person asked, in repeated cross-sections",
    key=("respondent_id",),
    columns=(
        identity("respondent_id", "Respondent", level="R", privacy="Q", needed=True),
        identity("wave", "Wave", level="R", needed=True),
        text("area", "Area", level="R", privacy="Q"),
        category(
            "sample_type",
            "How people were chosen",
            "probability convenience panel",
            level="R",
            outcome=True,
            description="Waves chosen in different ways are no trend.",
        ),
        number("weight", "Weight", "people that the answer stands for"),
        text("age_band", "Age band", privacy="Q"),
        text("race_ethnicity", "Race and ethnicity", privacy="QS"),
        _trust("trust_legal_system", "Trust in the legal system"),
        _trust("trust_police", "Trust in the police"),
        _trust("fairness", "Fairness of the legal system"),
        _trust("willing_to_cooperate", "Would cooperate"),
        flag("aware_of_program", "Knows the programme"),
    ),
)

COMMUNITY_EVENT = Table(
    name="community_event",
    title="Event in the community",
    grain="one row per event",
    key=(),
    columns=(
        day("date", "Date", level="R", needed=True),
        text("kind", "Kind", level="R"),
        text("partner", "Partner organisation"),
        whole("attendance", "Attendance", "people", level="R"),
        number("volunteer_hours", "Hours of volunteers", "hours"),
    ),
)
