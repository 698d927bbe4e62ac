"""The clinician's desk: the pipeline's steps as a page in the browser, loopback only.

Voilà serves it, a kernel for each window does the work through `pipeline`, and every
longer step runs in a process of its own that can be stopped. Needs the extra `app`.
"""
