"""The `rjeval` command: unattended runs that join the stages.

- ``main``: arguments, and errors as one sentence with an exit code
- ``layout``: a new study folder
- ``drafting``: a draft of the map of unknown files
- ``data``: check, prepare, simulate
- ``simulation``: an invented programme
- ``words``: dictionary, wording rules, the fixed plan
- ``reports``: report, demo
- ``private``: keys, rows for others, a twin that holds nobody; ``private_files`` writes them
- ``console``: lines and a progress bar
"""
