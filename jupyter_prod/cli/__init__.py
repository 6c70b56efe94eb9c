"""The command line: in come arguments, out come lines, JSON on request, and an exit code.

Each command is a module of its own with a click command that returns its exit code; `main` knows them by name and
imports only the one that is called. Codes are in `jupyter_prod.errors`.
"""
