"""Answers of people trained and of the community, as ratings."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from rjeval.analysis_data import Exports, Ratings
from rjeval.design.study import SurveyDesign
from rjeval.errors import DataError
from rjeval.language import mark, phrase
from rjeval.surveys.flat import ratings
from rjeval.terms import Wave

#: Points of the community survey's items, worst first, and how they are shown.
TRUST_POINTS = ("1", "2", "3", "4", "5")
TRUST_LEVELS = (mark("1 (least)"), "2", "3", "4", mark("5 (most)"))
TOP_OF_TRUST = 2
#: Items of the community survey in words.
COMMUNITY_ITEMS = {
    "trust_legal_system": mark("Trust in the legal system"),
    "trust_police": mark("Trust in the police"),
    "fairness": mark("Courts and police treat people fairly"),
    "willing_to_cooperate": mark("Willing to work with the police and the courts"),
}


def score_training(exports: Exports, *, before: str = Wave.PRE.value) -> tuple[Ratings, Ratings]:
    """Return the tests of people trained, before and after, for :func:`rjeval.paired_change`.

    Parameters
    ----------
    exports : Exports
        With ``training_response``: ``training_id, trainee_id, wave, test_score, test_max``.
    before : {"pre", "retro_pre"}
        Which earlier wave; answers asked afterwards about before are ``retro_pre``.

    Returns
    -------
    (Ratings, Ratings)
        One test per person and wave, in points; trainings are the cases. The upper half of the
        points counts as high.

    Raises
    ------
    DataError
        No test scores, or tests with different best scores.
    """
    table = exports.tables["training_response"]
    tests = table[table["test_score"].notna()]
    best = tests["test_max"].dropna().unique()
    if len(best) != 1:
        raise DataError(
            f"{len(best)} different best scores of tests were found where 1 is needed.",
            hint="Give test_max for each test, and score all tests to the same best score.",
        )
    levels = [str(point) for point in range(int(best[0]) + 1)]
    waves = (tests[tests["wave"] == wave] for wave in (before, Wave.POST.value))
    earlier, later = (_tests(wave, levels) for wave in waves)
    return earlier, later


def _tests(rows: pd.DataFrame, levels: list[str]) -> Ratings:
    frame = pd.DataFrame(
        {
            "test_score": rows["test_score"].round().astype("Int64").astype("string"),
            "trainee": rows["training_id"].astype(str) + "/" + rows["trainee_id"].astype(str),
            "training": rows["training_id"].astype(str),
        }
    ).drop_duplicates("trainee")
    tests = ratings(
        frame,
        rating="test_score",
        levels=levels,
        id="trainee",
        top=len(levels) // 2,
    )
    return replace(tests, role="trainee")


def score_community(exports: Exports, *, item: str = "trust_legal_system") -> Ratings:
    """Return answers to one item of the community survey, all waves, for :func:`rating_trend`.

    Parameters
    ----------
    exports : Exports
        With ``community_survey``.
    item : str
        ``trust_legal_system``, ``trust_police``, ``fairness`` or ``willing_to_cooperate``.

    Returns
    -------
    Ratings
        One row per person asked, with ``wave`` (in the order of the names of the waves) and
        ``sample_type``; weighted where the survey has weights (a person without one counts as
        the average). The two best of five points count as high.

    Raises
    ------
    DataError
        The survey has no such item.
    """
    table = exports.tables["community_survey"]
    if item not in table.columns:
        raise DataError(f"The community survey has no item {item}.")
    columns = [one for one in ("wave", "sample_type", "area", "weight") if one in table.columns]
    frame = table[[item, *columns, "respondent_id"]].copy()
    points = frame[item].round().astype("Int64").astype("string")
    levels = tuple(phrase(one) for one in TRUST_LEVELS)  # as a survey's own, in its language
    shown = dict(zip(TRUST_POINTS, levels, strict=True))
    frame[item] = points.map(lambda point: shown.get(point, point), na_action="ignore")
    if "weight" in frame:
        frame["weight"] = frame["weight"] / frame["weight"].mean()
        frame["weight"] = frame["weight"].fillna(1.0)
    names = sorted(frame["wave"].dropna().astype(str).unique())
    frame["wave"] = pd.Categorical(frame["wave"].astype(str), categories=names, ordered=True)
    answers = ratings(
        frame,
        rating=item,
        levels=levels,
        id="respondent_id",
        weight="weight" if "weight" in frame else None,
        top=TOP_OF_TRUST,
    )
    declared = SurveyDesign(
        name="community",
        role="community",
        item_id=item,
        items=(item,),
        levels=levels,
        wording={name: phrase(said) for name, said in COMMUNITY_ITEMS.items()},
        top=TOP_OF_TRUST,
    )
    return replace(answers, role="community", survey=declared)
