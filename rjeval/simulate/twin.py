"""A synthetic twin: a study's tables and questions with invented people, from released margins."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rjeval.design.study import StudyDesign
from rjeval.errors import DesignError
from rjeval.results import Result
from rjeval.schemas.columns import Column
from rjeval.schemas.tables import TABLES
from rjeval.simulate.programme import simulate_programme
from rjeval.simulate.truth import Truth
from rjeval.simulate.twin_margins import MISSING, Margins, planted, released_margins

#: How a row of each table is kept with the rows that are kept: column, table, its column.
FOLLOWS = (
    ("person", "person_id", "referral", "person_id"),
    ("harmed_party", "case_id", "referral", "case_id"),
    ("session", "case_id", "referral", "case_id"),
    ("records_check", "person_id", "referral", "person_id"),
    ("followup_event", "person_id", "referral", "person_id"),
    ("exposure", "person_id", "referral", "person_id"),
    ("survey_invitation", "case_id", "referral", "case_id"),
    ("survey_response", "invitation_id", "survey_invitation", "invitation_id"),
    ("agreement", "referral_id", "referral", "referral_id"),
    ("obligation", "agreement_id", "agreement", "agreement_id"),
    ("payment", "obligation_id", "obligation", "obligation_id"),
)
#: Ids that are codes of the study, and so stay as they are.
CODES = frozenset({"site_id", "program_id", "instrument_id", "item_id", "training_id"})
#: More referrals are drawn than are kept, so that both arms can have their share.
SURPLUS = 3.0
#: Items of the generator that take the place of the study's own.
ITEMS = ("overall_satisfaction", "voice", "respect", "safety", "agreement_fair", "would_recommend")


def draw_twin(
    *results: Result, design: StudyDesign, seed: int = 1
) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """Return the tables of a synthetic twin, and the names of tables that cannot be drawn.

    Parameters
    ----------
    *results : Result
        Released results: a cohort flow, a baseline table by arm, fixed-window rates by arm,
        rating shares by role. No data are taken, so none can be in the twin.
    design : StudyDesign
        Says which tables and columns the study has.
    seed : int
        The same results, design and seed give the same twin.

    Raises
    ------
    DisclosureError
        A result was not released, or under a profile that hides nothing.
    DesignError
        The study brings durations instead of dates.

    Notes
    -----
    A programme is simulated (:func:`rjeval.simulate_programme`) with the released risks of
    reoffending; referrals are kept so that arms have their released sizes; characteristics and
    ratings are drawn anew from the released margins, each by itself given the arm.
    """
    if "referral" not in design.tables():
        raise DesignError(
            "A twin can be drawn of a study with a table of referrals only.",
            hint="Studies that bring durations have one table: invent it by hand.",
        )
    margins = released_margins(results, arms=design.arms.levels)
    rng = np.random.default_rng(seed)
    tables = _programme(margins, seed=int(rng.integers(2**31)))
    tables = _kept(tables, margins, rng)
    tables = _characterised(tables, margins, design=design, rng=rng)
    tables["survey_response"] = _answers(tables, margins, design=design, rng=rng)
    tables["records_check"] = _every_source(tables["records_check"], design)
    drawn = {
        name: _own(_columns(frame, name, design), name)
        for name, frame in tables.items()
        if name in design.tables()
    }
    return drawn, tuple(name for name in design.tables() if name not in drawn)


def _programme(margins: Margins, *, seed: int) -> dict[str, pd.DataFrame]:
    n = int(SURPLUS * margins.n_referrals)
    first = simulate_programme(n_referrals=n, seed=seed)
    risks = {arm: {365: first.risk(arm, at_days=365)} for arm in ("rj", "comparison")}
    truth = planted(margins, first=Truth(), risk_of=risks)
    return dict(simulate_programme(n_referrals=n, seed=seed, truth=truth).tables)


def _kept(
    tables: dict[str, pd.DataFrame], margins: Margins, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Keep whole cases in random order until each arm has its share, and what belongs to them."""
    referral = tables["referral"]
    sizes = referral.groupby("case_id", sort=False).size()
    arm = referral.groupby("case_id", sort=False)["arm"].first()
    arm = arm.astype(object).where(arm.notna(), "")
    without = float(referral["arm"].isna().mean())
    wanted = {one: share * (1 - without) for one, share in margins.arms.items()} | {"": without}
    order = rng.permutation(len(sizes))
    cases: list[str] = []
    for one, share in wanted.items():
        mine = order[(arm.to_numpy()[order] == one)]
        so_far = np.cumsum(sizes.to_numpy()[mine])
        n_cases = int(np.searchsorted(so_far, share * margins.n_referrals)) + 1
        cases += sizes.index[mine[:n_cases]].tolist() if share else []
    kept = dict(tables)
    kept["referral"] = referral[referral["case_id"].isin(cases)].reset_index(drop=True)
    for name, column, parent, key in FOLLOWS:
        frame = kept[name]
        kept[name] = frame[frame[column].isin(kept[parent][key])].reset_index(drop=True)
    return kept


def _place(name: str, design: StudyDesign) -> str:
    """Return the table in which a characteristic stands: where the design maps it."""
    for table in ("referral", "person"):
        for spec in design.exports:
            if spec.table == table and name in {*spec.columns, *spec.constants, *spec.templates}:
                return table
    return ""


def _characterised(
    tables: dict[str, pd.DataFrame],
    margins: Margins,
    *,
    design: StudyDesign,
    rng: np.random.Generator,
) -> dict[str, pd.DataFrame]:
    """Draw each declared characteristic anew from its released margin, given the arm."""
    referral = tables["referral"]
    first_arm = referral.groupby("person_id")["arm"].first()
    ready = dict(tables)
    for name in dict.fromkeys((*margins.levels, *margins.means, *design.covariates)):
        column = "age_at_referral" if name == "age_at_index" else name
        table = _place(column, design) or _place(
            "birth_year" if name == "age_at_index" else "", design
        )
        if not table:
            continue
        target = "age_at_referral" if name == "age_at_index" else name
        table = "referral" if target == "age_at_referral" else table
        frame = ready[table]
        hidden = name not in margins.levels and name not in margins.means
        if hidden and target in frame.columns:
            continue  # nothing was released of it: the generator's own values stay
        arm = frame["arm"] if "arm" in frame.columns else frame["person_id"].map(first_arm)
        arm = arm.astype(object).where(arm.notna(), design.arms.reference)
        known = TABLES[table].column(target)
        ready[table] = frame.assign(**{target: _drawn(arm, name, margins, known, rng)})
    ages = ready["referral"].groupby("person_id").first()
    born = ages["referral_date"].dt.year - pd.to_numeric(ages["age_at_referral"])
    ready["person"] = ready["person"].assign(
        birth_year=ready["person"]["person_id"].map(born).round().astype("Int64")
    )
    return ready


def _drawn(
    arm: pd.Series, name: str, margins: Margins, known: Column | None, rng: np.random.Generator
) -> pd.Series:
    values = pd.Series(pd.NA, index=arm.index, dtype=object)
    for one in arm.unique():
        mine = arm.eq(one).to_numpy()
        n = int(mine.sum())
        means, levels = margins.means.get(name, {}), margins.levels.get(name, {})
        if means or (known is not None and known.kind in ("int", "number")):
            mean, sd = means.get(one, next(iter(means.values()), (1.0, 1.0)))
            values[mine] = _numbers(rng, n, mean=mean, sd=sd, known=known).tolist()
        else:
            values[mine] = _texts(rng, n, levels.get(one, {}), known)
    return values


def _numbers(
    rng: np.random.Generator, n: int, *, mean: float, sd: float, known: Column | None
) -> np.ndarray:
    """Numbers of a mean and spread; counts that lie near 0 are negative binomial."""
    whole = known is not None and known.kind == "int"
    if whole and mean < 2 * sd and mean > 0:
        size = mean**2 / max(sd**2 - mean, 1e-6) if sd**2 > mean else 1e6
        return rng.negative_binomial(size, size / (size + mean), n)
    drawn = rng.normal(mean, sd, n)
    if known is not None:
        drawn = np.clip(drawn, known.low, known.high)
    return np.rint(drawn).astype(int) if whole else np.round(drawn, 2)


def _texts(
    rng: np.random.Generator, n: int, shares: dict[str, float], known: Column | None
) -> list[object]:
    """Levels by their shares; where nothing was shown, the dictionary's values evenly."""
    allowed = known.allowed if known is not None else ()
    usable = {k: v for k, v in shares.items() if k == MISSING or not allowed or k in allowed}
    if not usable or sum(usable.values()) <= 0:
        usable = dict.fromkeys(allowed or ("a", "b"), 1.0)
    weights = np.array(list(usable.values()))
    drawn = rng.choice(np.array(list(usable), dtype=object), n, p=weights / weights.sum())
    return [None if one == MISSING else one for one in drawn]


def _answers(
    tables: dict[str, pd.DataFrame],
    margins: Margins,
    *,
    design: StudyDesign,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Answers to the study's own items: the generator's order of people, the released shares."""
    asked = tables["survey_invitation"].set_index("invitation_id")
    given = tables["survey_response"]
    role = given["invitation_id"].map(asked["role"])
    wave = given["invitation_id"].map(asked["wave"])
    parts = []
    for survey in design.surveys:
        for place, item in enumerate(survey.items):
            like = ITEMS[place % len(ITEMS)]
            mine = given[role.eq(survey.role) & wave.eq(survey.wave) & given["item_id"].eq(like)]
            top = margins.tops.get((survey.role, item), 0.75)
            values = _rated(mine["value"], top, n_top=survey.top, n_all=len(survey.levels), rng=rng)
            parts.append(mine.assign(item_id=item, value=values))
    return pd.concat(parts, ignore_index=True) if parts else given.iloc[:0]


def _rated(
    values: pd.Series, share: float, *, n_top: int, n_all: int, rng: np.random.Generator
) -> np.ndarray:
    """Ratings in the order of the values given, ``share`` of them in the top categories."""
    known = values.notna().to_numpy()
    n = int(known.sum())
    order = np.lexsort((rng.random(n), values[known].to_numpy(dtype=float)))
    rank = np.empty(n)
    rank[order] = (np.arange(n) + 0.5) / max(n, 1)
    low = n_all - n_top
    below = np.ceil(rank / max(1 - share, 1e-9) * low)
    above = low + np.ceil((rank - (1 - share)) / max(share, 1e-9) * n_top)
    rated = np.full(len(values), np.nan)
    rated[known] = np.clip(np.where(rank <= 1 - share, below, above), 1, n_all)
    return rated


def _every_source(checks: pd.DataFrame, design: StudyDesign) -> pd.DataFrame:
    """Repeat each check for every source of records that a definition asks for."""
    sources = tuple(dict.fromkeys(s for one in design.recidivism for s in one.sources))
    if not sources:
        return checks
    parts = [checks.assign(source=sources[0])]
    for number, source in enumerate(sources[1:], start=2):
        more = checks["check_id"].astype(str) + f"-{number}"
        parts.append(checks.assign(source=source, check_id=more))
    return pd.concat(parts, ignore_index=True)


def _columns(frame: pd.DataFrame, table: str, design: StudyDesign) -> pd.DataFrame:
    """Columns that the study maps and the generator draws, and those that nothing goes without."""
    maps = [one for one in design.exports if one.table == table]
    mapped = {c for m in maps for c in (*m.columns, *m.constants, *m.templates, *m.fill)}
    if table == "referral":
        frame = _clocks(frame, mapped)
    wanted = {*mapped, *TABLES[table].needed, "missing_state"}
    return frame[[name for name in frame.columns if name in wanted]]


def _clocks(frame: pd.DataFrame, mapped: set[str]) -> pd.DataFrame:
    """Give dates and arms that the generator does not draw, but a study may start its clock by."""
    more: dict[str, pd.Series] = {}
    for name in mapped - set(frame.columns):
        known = TABLES["referral"].column(name)
        if known is not None and known.kind == "date":
            more[name] = frame["referral_date"]
    if "random_arm" in mapped:
        more["random_arm"] = frame["arm"].map({"rj": "rj", "comparison": "control"})
    return frame.assign(**more)


def _own(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Mark ids as those of a twin, so that none can be taken for one of the study."""
    ids = [
        one.name
        for one in TABLES[table].columns
        if one.kind == "id" and one.name not in CODES and one.name in frame.columns
    ]
    marked = {name: ("T" + frame[name].astype("string")).astype(object) for name in ids}
    return frame.assign(**marked)
