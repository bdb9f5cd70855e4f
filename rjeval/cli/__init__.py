"""The `rjeval` command: unattended runs that join the stages.

- ``main``: arguments, and errors as one sentence with an exit code
- ``layout``: a new study folder
- ``drafting``: a draft of the map of unknown files
- ``data``: check, prepare, simulate
- ``simulation``: an invented programme
- ``words``: dictionary, wording rules, the fixed plan
- ``reports``: report, demo
- ``private``: keys and rows for others; ``private_files`` writes them
- ``twins``: a synthetic twin
- ``frames``: tracebacks without values of the data
- ``console``: lines and a progress bar
"""
