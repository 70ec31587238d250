"""The one error of the package."""


class QueryError(Exception):
    """The query is wrong or asks for what this subset lacks; the message says what and where."""
