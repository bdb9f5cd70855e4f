"""The demonstration exports: what the generator planted is what the reader finds."""

from __future__ import annotations

import pytest

import rjeval as rj


@pytest.fixture(scope="module")
def design(root):
    return rj.read_design(root)


@pytest.fixture(scope="module")
def exports(root, design):
    return rj.read_exports(root / "data" / "raw", design=design)


@pytest.fixture(scope="module")
def planted(tmp_path_factory, design):
    """Counts of planted defects, from the generator and the seed that wrote data/raw."""
    from rjeval.simulate.write import write_study

    programme = rj.simulate_programme(seed=design.seed)
    return write_study(programme, tmp_path_factory.mktemp("raw"))


def test_rows_are_conserved_in_every_table(exports):
    for one in exports.accounts:
        total = one.n_accepted + one.n_quarantined + one.n_duplicates + one.n_filtered
        assert one.n_read == total
        assert len(exports.tables[one.table]) == one.n_accepted
        refused = exports.quarantine.get(one.table)
        assert one.n_quarantined == (0 if refused is None else len(refused))
    assert {one.table for one in exports.accounts} == set(exports.tables)


def test_planted_duplicates_orphans_and_impossible_dates_are_found(exports, planted):
    accounts = {one.table: one for one in exports.accounts}
    for table in ("referral", "followup_event", "survey_response"):
        assert accounts[table].n_duplicates == planted[f"exact_duplicates_{table}"]
    for table in ("followup_event", "session"):
        refused = exports.quarantine[table]["rule"].eq("V12").sum()
        assert refused == planted[f"orphans_{table}"]
    assert exports.quarantine["harmed_party"]["rule"].tolist() == (
        ["V21"] * planted["impossible_dates"]
    )


def test_planted_spellings_and_blanks_are_mended(exports, planted):
    ledger = exports.ledger.groupby(["table", "column", "rule"])["n_rows"].sum()
    assert (
        ledger["harmed_party", "Case No.", "repeated_down"] == (planted["repeated_keys_left_blank"])
    )
    coded = ledger.loc["person"].groupby("rule").sum()
    assert coded["missing_code"] + coded["missing_state"] == planted["coded_missing_values"]
    assert exports.tables["referral"]["exit_status"].notna().all()


def test_planted_inversions_and_swaps_are_reported(exports, planted):
    failed = exports.quality.set_index(["rule", "column"])["n_failed"]
    assert failed["V25", "exit_date"] == planted["dates_in_each_others_box"]
    invitations = exports.tables["survey_invitation"]
    assert invitations["status"].notna().all()
    swapped = exports.quarantine["survey_response"].query("rule == 'V31'")
    assert (
        0 < swapped["read_invitation_id"].nunique() <= (planted["surveys_before_and_after_swapped"])
    )
