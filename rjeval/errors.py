"""Every exception and warning that rjeval raises, one branch per person who can mend it.

A message is one sentence that says what is wrong, where, how many and what is
allowed; ``hint`` is a second sentence that says what to do. Neither may ever
hold a row value or an identifier: counts, row numbers, column names only.
"""

from __future__ import annotations


class RjevalError(Exception):
    """Root of all errors meant for the person at the keyboard.

    Parameters
    ----------
    message : str
        What is wrong, where, how many, what is allowed. No row values.
    hint : str, optional
        What to do about it.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message}\n{hint}" if hint else message)


class DesignError(RjevalError):
    """``study.toml`` asks for something that cannot be read or analysed."""

    exit_code = 10


class DataError(RjevalError):
    """The data cannot carry what was asked of them."""

    exit_code = 11


class ExportError(DataError):
    """A file is missing, unreadable, or not the table that was expected."""


class ValidationError(DataError):
    """Rows break the data dictionary.

    Parameters
    ----------
    checks : tuple of (table, column, rule, n_failed)
        Counts only.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        checks: tuple[tuple[str, str, str, int], ...] = (),
    ) -> None:
        super().__init__(message, hint=hint)
        self.checks = checks


class FailedRulesError(ValidationError):
    """Error rules failed in some rows, which are refused; the study can go on without them."""

    exit_code = 15


class LinkageError(DataError):
    """Keys do not meet across tables."""


class IdentifierError(DataError):
    """A direct identifier of a person stands in the data."""


class EstimationError(RjevalError):
    """An estimate was refused, because the data cannot carry it."""

    exit_code = 12


class TooFewEventsError(EstimationError):
    """Too few events for the model asked for."""

    def __init__(self, message: str, *, n_events: int, required: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.n_events = n_events
        self.required = required


class RankDeficiencyError(EstimationError):
    """Terms of the formula say the same thing twice."""

    def __init__(self, message: str, *, terms: tuple[str, ...], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.terms = terms


class ConvergenceError(EstimationError):
    """The likelihood has no maximum that could be found (often separation)."""

    def __init__(
        self,
        message: str,
        *,
        iterations: int = 0,
        terms: tuple[str, ...] = (),
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.iterations = iterations
        self.terms = terms


class GuardError(EstimationError):
    """A contrast that the design cannot support (for example completers against others)."""


class DisclosureError(RjevalError):
    """An output would show more about people than the disclosure rule allows."""

    exit_code = 13


class WithheldError(DisclosureError):
    """A result rests on too few people to be shown at all; the others can be."""


class ReportError(RjevalError):
    """A report could not be made.

    Parameters
    ----------
    notebook : str
        File name of the notebook that failed, or ``""``.
    cell : int
        Number of the failing code cell, from 1; 0 where no cell is meant.
    """

    exit_code = 14

    def __init__(self, message: str, *, notebook: str = "", cell: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.notebook = notebook
        self.cell = cell


class RjevalWarning(UserWarning):
    """Root of all warnings."""


class AssumptionWarning(RjevalWarning):
    """A model's assumption looks doubtful on these data."""


class DataQualityWarning(RjevalWarning):
    """The data are usable, with a caveat that travels into the report."""
