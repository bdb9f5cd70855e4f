"""Scales that programmes ask for: our own items by construct, published ones by scoring rule."""

from __future__ import annotations

from rjeval.surveys.scales import Scale

_IESR = tuple(f"iesr_{number}" for number in range(1, 23))


def _iesr(name: str, *numbers: int) -> Scale:
    return Scale(
        name=name,
        items=tuple(f"iesr_{number}" for number in numbers),
        scoring="mean",
        lowest=0,
        citation="Weiss and Marmar (1997), Impact of Event Scale - Revised; items not printed.",
    )


#: Scales by name.
SCALES: dict[str, Scale] = {
    scale.name: scale
    for scale in (
        Scale(
            name="overall_satisfaction",
            items=("satisfied_process", "satisfied_outcome", "would_recommend", "waste_of_time"),
            reverse=("waste_of_time",),
            wording={
                "satisfied_process": "I am satisfied with how it was done",
                "satisfied_outcome": "I am satisfied with what came of it",
                "would_recommend": "I would recommend it to others",
                "waste_of_time": "It was a waste of my time",
            },
        ),
        Scale(
            name="procedural_justice",
            items=("voice", "respect", "neutrality", "trust_facilitator"),
            wording={
                "voice": "I could say what mattered to me",
                "respect": "I was treated with respect",
                "neutrality": "The facilitator took no side",
                "trust_facilitator": "I could trust the facilitator",
            },
            citation="Constructs after Tyler (1990); Van Camp and Wemmers (2013), IRV 19(2).",
        ),
        Scale(
            name="feeling_safe",
            items=("safety", "prepared", "could_stop"),
            wording={
                "safety": "I felt safe during the meeting",
                "prepared": "I knew what would happen at the meeting",
                "could_stop": "I could have stopped at any time",
            },
        ),
        Scale(
            name="closure",
            items=("understand_why", "move_on", "still_open"),
            reverse=("still_open",),
            wording={
                "understand_why": "I understand better why it happened",
                "move_on": "I can move on",
                "still_open": "Much is still open for me",
            },
        ),
        Scale(
            name="agency",
            items=("own_choice", "shaped_agreement", "pushed_along"),
            reverse=("pushed_along",),
            wording={
                "own_choice": "Taking part was my own choice",
                "shaped_agreement": "I had a hand in what was agreed",
                "pushed_along": "Others decided for me what would happen",
            },
        ),
        Scale(
            name="accountability_perceived",
            items=("took_responsibility", "apology_meant", "repairs_harm"),
            wording={
                "took_responsibility": "The person took responsibility",
                "apology_meant": "The apology was meant",
                "repairs_harm": "What was agreed repairs some of the harm",
            },
        ),
        Scale(
            name="trust_legal_system",
            items=("courts_fair", "would_report", "law_serves_all"),
            wording={
                "courts_fair": "Courts here treat people fairly",
                "would_report": "I would report a crime again",
                "law_serves_all": "The law is for people like me too",
            },
        ),
        Scale(
            name="conflict_skill",
            items=("listen_first", "say_calmly", "look_for_common", "walk_away_angry"),
            reverse=("walk_away_angry",),
            wording={
                "listen_first": "In a conflict I listen before I answer",
                "say_calmly": "I can say calmly what I need",
                "look_for_common": "I look for what both sides want",
                "walk_away_angry": "I walk away angry",
            },
        ),
        Scale(
            name="training_knowledge",
            items=("know_voluntary", "know_prepare", "know_sides", "know_stop", "know_private"),
            lowest=0,
            wording={
                "know_voluntary": "Test: who may refuse to take part, and until when",
                "know_prepare": "Test: what each party is told before they meet",
                "know_sides": "Test: what a facilitator does who has taken a side",
                "know_stop": "Test: when a meeting must be stopped",
                "know_private": "Test: what may be passed on, and to whom",
            },
            citation="Marked wrong (0) or right (1); the score is the share right.",
        ),
        Scale(
            name="vsods",
            items=tuple(f"vsods_{number}" for number in range(1, 12)),
            citation=(
                "Victim Satisfaction with Offender Dialogue Scale, 11 items, mean: Bradshaw and "
                "Umbreit (2003); items not printed."
            ),
        ),
        Scale(
            name="iesr_total",
            items=_IESR,
            scoring="sum",
            lowest=0,
            citation="Weiss and Marmar (1997), Impact of Event Scale - Revised; items not printed.",
        ),
        _iesr("iesr_intrusion", 1, 2, 3, 6, 9, 14, 16, 20),
        _iesr("iesr_avoidance", 5, 7, 8, 11, 12, 13, 17, 22),
        _iesr("iesr_hyperarousal", 4, 10, 15, 18, 19, 21),
    )
}
