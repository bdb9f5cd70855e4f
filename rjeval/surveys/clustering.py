"""Which answers share errors, and what is done where there are few such groups."""

from __future__ import annotations

from dataclasses import dataclass

from rjeval.errors import EstimationError

CORRECTIONS = ("auto", "none", "small_sample")
#: Below this many clusters sandwich variances are too small on average.
FEW_CLUSTERS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """How standard errors allow for answers that belong together.

    Parameters
    ----------
    by : str
        Column whose groups share errors, such as ``"case_id"``.
    correction : {"auto", "none", "small_sample"}
        ``none`` is the plain sandwich of :func:`rjeval.ordinal_regression`. ``small_sample`` is,
        for linear models, CR2 with Satterthwaite degrees of freedom (Bell and McCaffrey 2002;
        Pustejovsky and Tipton 2018, doi 10.1080/07350015.2016.1247004) and, for models fitted by
        maximum likelihood, the cluster jackknife CV3 with Student's t on G - 1 degrees of
        freedom (MacKinnon, Nielsen and Webb 2023, doi 10.1016/j.jeconom.2022.04.001). ``auto``
        takes ``small_sample`` under 30 clusters, where the plain sandwich is too small.

    Examples
    --------
    >>> Clustering(by="case_id", correction="none").is_small(12)
    False
    >>> Clustering(by="case_id").is_small(12)
    True
    """

    by: str
    correction: str = "auto"

    def __post_init__(self) -> None:
        if self.correction not in CORRECTIONS:
            raise EstimationError(f"correction must be one of {', '.join(CORRECTIONS)}.")

    def is_small(self, n_clusters: int) -> bool:
        """Whether the small-sample correction applies to this number of clusters."""
        if self.correction == "auto":
            return n_clusters < FEW_CLUSTERS
        return self.correction == "small_sample"


def as_clustering(cluster: str | Clustering | None) -> Clustering | None:
    """Return a column name as a clustering with the automatic correction."""
    return Clustering(by=cluster) if isinstance(cluster, str) else cluster
