"""Languages of what is printed.

- ``files``: reading a language, shipped or of a study's own
- ``es.toml``: Spanish, and the pattern for others
"""
