"""The one family of errors a user can cause and mend."""


class AnalysisError(Exception):
    """Something the user can put right: what, where, and what to do next.

    Printed as it stands, without a traceback, exit code 2. The text never holds a
    client's name, a note or other free text: file, row, column and rule suffice.
    """


class UnknownClient(AnalysisError):
    """The client asked for is not in the tables."""


class NothingToReport(AnalysisError):
    """The month or period asked for holds no data."""
