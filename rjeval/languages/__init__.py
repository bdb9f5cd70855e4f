"""Languages of what is printed.

- ``files``: reading a language, shipped or of a study's own
- ``es``: Spanish, one file of phrases per room of the code
"""
