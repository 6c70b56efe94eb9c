"""What runs inside the notebook's own environment: plain Python 3.8 and later, needing nothing of ours.

The parent starts the environment's Python with `-c`, loads this folder as a package under a private name, and calls
one module's `main` with the path of a request file. Answers go to files in the request's outbox, so that what was said
before a crash is not lost.
"""
