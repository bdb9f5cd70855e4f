"""The whole design of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rjeval.design.disclosure import DisclosureRule
from rjeval.design.exports import ExportMap
from rjeval.design.microdata import MicrodataDesign
from rjeval.design.objectives import Aims
from rjeval.design.plan import EquityDesign, SensitivityDesign, SubgroupDesign
from rjeval.design.privacy import PrivacyDesign
from rjeval.design.recidivism import RecidivismDefinition
from rjeval.errors import DesignError
from rjeval.language import Language
from rjeval.terms import LABELS, DesignTier, label


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsDesign:
    """The arms compared, reference first.

    Parameters
    ----------
    levels : tuple of str
        All arms; the reference arm stands first. One level means one group.
    comparison_type : str
        ``none``, ``rct_control``, ``willing_harmed_declined``, ``eligible_not_referred``,
        ``other_site``, ``historical`` or ``predicted``.
    tier : DesignTier
        How much the design can carry; it picks the verbs of the report.
    """

    levels: tuple[str, ...] = ("rj",)
    comparison_type: str = "none"
    tier: DesignTier = DesignTier.ONE_GROUP

    @property
    def reference(self) -> str:
        """Reference arm."""
        return self.levels[0]

    @property
    def has_comparison(self) -> bool:
        """Whether there are at least two arms."""
        return len(self.levels) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDesign:
    """One survey question analysed as an outcome.

    Parameters
    ----------
    name : str
    role : str
        Whose answers; roles are never pooled.
    item_id : str
        The item analysed first.
    items : tuple of str
        All items shown for this role, ``item_id`` among them.
    wave : str
    levels : tuple of str
        Answer categories from worst to best; the item's values 1, 2, ... in that order.
    wording : mapping of item to its short wording
    top : int
        How many of the best categories count as satisfied.
    equivalence_margin : float, optional
        Difference in the share of satisfied people that would not matter, fixed before the data
        are seen: above 0, below 1 (0.10 is ten points in a hundred). Without it nothing is
        called "as good as".
    comparable_wordings : tuple of str
        Items whose versions are declared to ask the same, though their texts differ.
    """

    name: str
    role: str
    item_id: str
    items: tuple[str, ...]
    wave: str = "post"
    levels: tuple[str, ...] = (
        "very dissatisfied",
        "dissatisfied",
        "neither",
        "satisfied",
        "very satisfied",
    )
    wording: Mapping[str, str] = field(default_factory=dict)
    top: int = 2
    equivalence_margin: float | None = None
    comparable_wordings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDesign:
    """Formulas named in the design, so that a report's models are declared ahead.

    ``response`` names what is known of everybody asked and may go with answering: answers are
    weighted by it against non-response.
    """

    recidivism: str = ""
    satisfaction: str = ""
    response: str = ""
    cluster: str = "case_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDesign:
    """Everything that can change a published number.

    Made by :func:`rjeval.read_design`; valid by construction.
    """

    title: str
    root: Path
    programme: str = ""
    author: str = ""
    synthetic: bool = False
    period_start: date | None = None
    period_end: date | None = None
    extract_date: date | None = None
    seed: int = 1
    arms: ArmsDesign = field(default_factory=ArmsDesign)
    recidivism: tuple[RecidivismDefinition, ...] = ()
    sensitivity: SensitivityDesign = field(default_factory=SensitivityDesign)
    subgroups: tuple[SubgroupDesign, ...] = ()
    equity: EquityDesign = field(default_factory=EquityDesign)
    why_no_recidivism: str = ""
    surveys: tuple[SurveyDesign, ...] = ()
    models: ModelDesign = field(default_factory=ModelDesign)
    aims: Aims = field(default_factory=Aims)
    covariates: tuple[str, ...] = ()
    covariate_dates: Mapping[str, str] = field(default_factory=dict)
    ages: tuple[int, ...] = ()
    disclosure: DisclosureRule = field(default_factory=DisclosureRule)
    labels: Mapping[str, str] = field(default_factory=lambda: dict(LABELS))
    language: Language = field(default_factory=Language)
    docx_template: str = ""
    exports: tuple[ExportMap, ...] = ()
    privacy: PrivacyDesign = field(default_factory=PrivacyDesign)
    microdata: MicrodataDesign = field(default_factory=MicrodataDesign)
    identifiers_reviewed: tuple[str, ...] = ()
    sources_note: str = ""
    limits: tuple[str, ...] = ()
    fingerprint: str = ""

    @property
    def primary(self) -> RecidivismDefinition:
        """The primary definition of reoffending."""
        if not self.recidivism:
            why = f" {self.why_no_recidivism}" if self.why_no_recidivism else ""
            raise DesignError(
                f"This study declares no [[recidivism]] definition.{why}",
                hint="Add one to study.toml, or leave the recidivism sections out.",
            )
        return self.recidivism[0]

    @property
    def subgroup_columns(self) -> tuple[str, ...]:
        """Columns of the subgroups declared ahead."""
        return tuple(one.by for one in self.subgroups)

    def definition(self, name: str | None = None) -> RecidivismDefinition:
        """Return a definition by name; the primary one where no name is given."""
        if name is None:
            return self.primary
        for one in self.recidivism:
            if one.name == name:
                return one
        names = ", ".join(one.name for one in self.recidivism) or "none"
        raise DesignError(f"There is no recidivism definition of that name; declared: {names}.")

    def survey(self, role: str) -> SurveyDesign:
        """Return the survey outcome of a role."""
        for one in self.surveys:
            if one.role == role:
                return one
        roles = ", ".join(one.role for one in self.surveys) or "none"
        raise DesignError(f"No [[survey]] is declared for role {role}; declared: {roles}.")

    def label(self, identifier: str) -> str:
        """Return what people read for an identifier."""
        return label(identifier, dict(self.labels))

    def tables(self) -> tuple[str, ...]:
        """Names of the tables that this study collects."""
        return tuple(dict.fromkeys(one.table for one in self.exports))
