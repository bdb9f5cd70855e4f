"""Exports in, clean tables out: read as text, typed by declared rules, every row accounted for.

- ``exports``: the door: ``read_exports``, ``save_exports``, ``load_exports``
- ``files``, ``unpack``, ``readers``: which files a map names, their bytes, which reader they need
- ``text_tables``, ``text_rows``, ``workbooks``, ``typed_files``: each kind of file to a frame of
  text; ``text_stream``: a large text file chunk by chunk
- ``furniture``: lines that are no data
- ``headers``: where the column names stand, and whether they are those that the map asks for
- ``identifiers``: the gate that stops direct identifiers; ``identifier_values`` and
  ``identifier_people`` know what they look like
- ``protection``, ``shifting``: what ``[privacy]`` does with identifying columns and with dates
- ``keys``: the study's key, pseudonyms, offsets
- ``rows``: a file's rows to the text of one table
- ``mapping``, ``matching``, ``guesses``, ``known_names``, ``known_codes``: a draft of the map,
  from unknown files
- ``values``, ``dates``: text to values, by declared rules only
- ``drafts``, ``assembly``, ``settling``: one table from its maps: duplicates, refused rows,
  conservation
- ``large_tables``, ``column_tables``, ``spill``: the same for a table too large for memory
- ``held_tables``: clean tables in order, in memory or not, with the file of each row
- ``blocks``: outcomes that were not understood stop the study
- ``checks``: rules within and across tables, applied
- ``ledger``: what was changed, in counts
- ``gaps``: what is missing, alone and together, and codes that nobody mapped
- ``quality``, ``quality_page``: the account as a result, and as a page for those who hold data
- ``previous``: what is not as it was last time
- ``store``: Parquet, manifest and quarantine, written whole or not at all
"""
