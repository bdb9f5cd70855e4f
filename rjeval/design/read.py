"""``study.toml`` to a :class:`StudyDesign`, or one sentence that says why not."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rjeval.design import plan
from rjeval.design.checks import check_design
from rjeval.design.dictionary import table_columns
from rjeval.design.disclosure import DisclosureRule, profile_rule
from rjeval.design.exports import ExportMap
from rjeval.design.microdata import read_microdata
from rjeval.design.objectives import read_aims
from rjeval.design.parse import (
    build,
    choice,
    date_of,
    known,
    member,
    section,
    tables,
    text_list,
    text_map,
    texts,
    typed,
)
from rjeval.design.privacy import read_privacy
from rjeval.design.recidivism import (
    COMPETING_STATES,
    COURT_WAITING_DAYS,
    CUSTODY_RULES,
    EVENT_DATES,
    EVENT_KINDS,
    LEVELS,
    PROVEN_MEASURES,
    TIMES_KNOWN,
    RecidivismDefinition,
)
from rjeval.design.study import ArmsDesign, ModelDesign, StudyDesign, SurveyDesign
from rjeval.design.words import read_docx_template, read_words
from rjeval.errors import DesignError
from rjeval.language import language_labels, use_language
from rjeval.terms import AnalysisSet, Clock, DesignTier, RecidivismMeasure, Role, Wave

SECTIONS = (
    "study",
    "labels",
    "arms",
    "recidivism",
    "sensitivity",
    "subgroups",
    "equity",
    "survey",
    "models",
    "planning",
    "objectives",
    "performance_measures",
    "disclosure",
    "exports",
    "privacy",
    "microdata",
    "report",
    "terms",
)
STUDY_KEYS = (
    "title",
    "programme",
    "author",
    "synthetic",
    "period_start",
    "period_end",
    "extract_date",
    "seed",
    "covariates",
    "covariate_dates",
    "ages",
    "why_no_recidivism",
    "sources_note",
    "limits",
)
COMPARISON_TYPES = (
    "none",
    "rct_control",
    "willing_harmed_declined",
    "eligible_not_referred",
    "other_site",
    "historical",
    "predicted",
)


def read_design(path: str | Path | None = None) -> StudyDesign:
    """Read and check a study's design.

    Parameters
    ----------
    path : str or Path, optional
        ``study.toml``, or the folder that holds it; where none is given, the nearest
        ``study.toml`` here or in a folder above, so that a notebook finds its study.

    Returns
    -------
    StudyDesign
        Frozen and valid: a design that cannot be analysed is refused here. From here on
        everything is printed in its language.

    Raises
    ------
    DesignError
        The file is missing, is not TOML, holds an unknown key or a value that is not
        allowed, or asks for an analysis that its own dates cannot carry.
    """
    file = _nearest() if path is None else Path(path)
    file = file / "study.toml" if file.is_dir() else file
    raw = _load(file)
    known(raw, SECTIONS, where="study.toml")
    study = section(raw, "study")
    known(study, STUDY_KEYS, where="[study]")
    if not isinstance(study.get("title"), str) or not study["title"].strip():
        raise DesignError("[study] title is missing.", hint='Write title = "..." under [study].')
    privacy = section(raw, "privacy")
    exports = _exports(raw)
    given_labels = text_map(section(raw, "labels"), where="[labels]")
    language = replace(read_words(raw, folder=file.resolve().parent), own=given_labels)
    design = StudyDesign(
        title=study["title"],
        root=file.resolve().parent,
        programme=typed(study, "programme", str, "", "[study]"),
        author=typed(study, "author", str, "", "[study]"),
        synthetic=typed(study, "synthetic", bool, False, "[study]"),
        period_start=date_of(study, "period_start"),
        period_end=date_of(study, "period_end"),
        extract_date=date_of(study, "extract_date"),
        seed=_seed(study),
        arms=_arms(section(raw, "arms")),
        recidivism=tuple(_definition(one) for one in tables(raw, "recidivism")),
        sensitivity=plan.read_sensitivity(raw),
        subgroups=plan.read_subgroups(raw),
        equity=plan.read_equity(raw),
        why_no_recidivism=typed(study, "why_no_recidivism", str, "", "[study]"),
        surveys=tuple(_survey(one) for one in tables(raw, "survey")),
        models=build(ModelDesign, section(raw, "models"), where="[models]"),
        aims=read_aims(raw),
        covariates=text_list(study, "covariates", "[study]"),
        covariate_dates=plan.read_covariate_dates(study),
        ages=plan.read_ages(study),
        disclosure=_disclosure(section(raw, "disclosure")),
        labels=MappingProxyType({**language_labels(language), **given_labels}),
        language=language,
        docx_template=read_docx_template(raw, folder=file.resolve().parent),
        exports=exports,
        privacy=read_privacy(privacy, tuple(dict.fromkeys(one.table for one in exports))),
        microdata=read_microdata(raw),
        identifiers_reviewed=text_list(privacy, "reviewed_columns", "[privacy]"),
        sources_note=typed(study, "sources_note", str, "", "[study]"),
        limits=text_list(study, "limits", "[study]"),
        fingerprint=hashlib.sha256(file.read_bytes()).hexdigest(),
    )
    check_design(design)
    use_language(language)
    return design


def _nearest() -> Path:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "study.toml").is_file():
            return folder / "study.toml"
    return here / "study.toml"


def _load(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DesignError(
            f"There is no {file.name} in {file.parent.name or 'this folder'}.",
            hint="Run `rjeval init DIR` to lay out a study, or give the path of its study.toml.",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise DesignError(f"{file.name} is not valid TOML: {error}.", hint="Mend it.") from None
    except UnicodeDecodeError:
        raise DesignError(f"{file.name} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    except OSError as error:
        raise DesignError(f"{file.name} cannot be read: {error.strerror}.") from None


def _seed(study: dict[str, Any]) -> int:
    seed: int = typed(study, "seed", int, 1, "[study]")
    if seed < 0:
        raise DesignError("[study] seed must be 0 or more.")
    return seed


def _arms(given: dict[str, Any]) -> ArmsDesign:
    known(given, ("levels", "reference", "comparison_type", "tier"), where="[arms]")
    levels = texts(given.get("levels", ["rj"]), where="[arms] levels")
    reference = given.get("reference", levels[0] if levels else "")
    if reference not in levels:
        raise DesignError(
            f"[arms] reference is not among the arms: {', '.join(levels)}.",
            hint="Name one of the levels as reference, or add the arm to levels.",
        )
    kind = choice(
        given.get("comparison_type", "none"), COMPARISON_TYPES, where="[arms] comparison_type"
    )
    default = DesignTier.UNMATCHED if len(levels) > 1 else DesignTier.ONE_GROUP
    tier = member(DesignTier, str(given.get("tier", default)), where="[arms] tier")
    ordered = (reference, *(one for one in levels if one != reference))
    return ArmsDesign(levels=ordered, comparison_type=kind, tier=tier)


def _definition(given: dict[str, Any]) -> RecidivismDefinition:
    where = f"[[recidivism]] {given.get('name', '')}".rstrip()
    ready = dict(given)
    event = member(RecidivismMeasure, given.get("event", "refiling"), where=f"{where}: event")
    ready["event"] = event
    ready["clock"] = member(Clock, given.get("clock", "referral_date"), where=f"{where}: clock")
    ready["population"] = member(
        AnalysisSet, given.get("population", "all_eligible_referred"), where=f"{where}: population"
    )
    wait = COURT_WAITING_DAYS if event in PROVEN_MEASURES else 0
    ready.setdefault("waiting_period_days", wait)
    choice(given.get("minimum_level", "misdemeanor"), LEVELS, where=f"{where}: minimum_level")
    choice(given.get("times_known", "day"), TIMES_KNOWN, where=f"{where}: times_known")
    choice(given.get("custody", "ignore"), CUSTODY_RULES, where=f"{where}: custody")
    choice(
        given.get("repeat_referrals", "first"), ("first", "all"), where=f"{where}: repeat_referrals"
    )
    for key, allowed in (
        ("event_date", EVENT_DATES),
        ("count_event_kinds", EVENT_KINDS),
        ("competing", COMPETING_STATES),
    ):
        for one in texts(given.get(key, []), where=f"{where}: {key}"):
            choice(one, allowed, where=f"{where}: {key}")
    return build(RecidivismDefinition, ready, where=where)


def _survey(given: dict[str, Any]) -> SurveyDesign:
    where = f"[[survey]] {given.get('name', '')}".rstrip()
    ready = dict(given)
    ready["role"] = str(member(Role, given.get("role"), where=f"{where}: role"))
    ready["wave"] = str(member(Wave, given.get("wave", "post"), where=f"{where}: wave"))
    ready.setdefault("name", ready["role"])
    ready.setdefault("items", [given.get("item_id", "")])
    declared = given.get("comparable_wordings", [])
    ready["comparable_wordings"] = texts(declared, where=f"{where}: comparable_wordings")
    survey = build(SurveyDesign, ready, where=where)
    if survey.item_id not in survey.items:
        raise DesignError(f"{where}: item_id is not among items.")
    if not 2 <= len(survey.levels) <= 11 or not 1 <= survey.top < len(survey.levels):
        raise DesignError(
            f"{where}: levels must be 2 to 11 and top from 1 to one less than levels."
        )
    margin = survey.equivalence_margin
    if margin is not None and not (isinstance(margin, float) and 0 < margin < 1):
        raise DesignError(
            f"{where}: equivalence_margin must lie between 0 and 1, such as 0.10.",
            hint="It is a difference in the share of satisfied people, not in points.",
        )
    return survey


def _disclosure(given: dict[str, Any]) -> DisclosureRule:
    names = ("min_cell", "min_denominator", "round_to", "curve_grid_days", "min_residual_df")
    known(given, ("profile", *names), where="[disclosure]")
    raised = {name: typed(given, name, int, 0, "[disclosure]") for name in names if name in given}
    return profile_rule(str(given.get("profile", "public_strict")), **raised)


def _exports(raw: dict[str, Any]) -> tuple[ExportMap, ...]:
    maps = []
    for table, given in section(raw, "exports").items():
        table_columns(table)
        for number, one in enumerate(tables({table: given}, table), start=1):
            maps.append(_export(table, one, where=f"[exports.{table}] {number}"))
    return tuple(maps)


def _export(table: str, given: dict[str, Any], *, where: str) -> ExportMap:
    ready = dict(given)
    if not isinstance(given.get("file"), str):
        raise DesignError(f"{where}: file is missing.", hint='Write file = "name.csv".')
    for key in ("columns", "constants", "templates", "fill", "missing_states", "delimiters"):
        if key in given:
            ready[key] = text_map(given[key], where=f"{where}: {key}")
    for key in ("dates", "keep_where"):
        if key in given:
            entries = section(given, key).items()
            ready[key] = {name: texts(one, where=f"{where}: {key}.{name}") for name, one in entries}
    if "values" in given:
        entries = section(given, "values").items()
        ready["values"] = {n: text_map(one, where=f"{where}: values.{n}") for n, one in entries}
    return build(ExportMap, {"table": table, **ready}, where=where)
