"""Which repositories a purge concerns, and which of their tags its filters match."""

from shared.domain.cleanup.expressions import Pattern, compile_expression, split_filter
from shared.domain.cleanup.model import Purge, RefusedError
from shared.domain.cleanup.versions import behaviour

_EXPRESSION_SIGNS = frozenset("\\*+?|{[()^$.# \t\n")


class Filters:
    """The filters of one purge, ready to match. Raises RefusedError where the tool would stop
    before it begins, or where that is not known.
    """

    def __init__(self, purge: Purge) -> None:
        """Compile every repository's side; a tag's side only means something per repository."""
        self.every_repository = purge.untagged_only and not purge.filters
        self.tags_matter = not purge.untagged_only
        self._parts: list[tuple[str, Pattern, str]] = []
        for text in purge.filters:
            repository, tag = split_filter(text)
            literal = not _EXPRESSION_SIGNS.intersection(repository)
            if not literal and behaviour(purge.version).repository_expressions is None:
                raise RefusedError(
                    f"whether acr-cli {purge.version} takes an expression for repositories "
                    f"({repository[:100]!r}) is not known"
                )
            anchored = compile_expression(f"^{repository}$")
            self._parts.append((repository if literal else "", anchored, tag))
        self._compiled: dict[str, Pattern] = {}

    def concern(self, repository: str) -> bool:
        """Whether the purge looks at the repository at all."""
        return self.every_repository or any(self._hits(part, repository) for part in self._parts)

    def plain_names(self) -> tuple[str, ...] | None:
        """The repositories, where each filter names one; None where only the catalog tells."""
        names = tuple(part[0] for part in self._parts)
        return None if self.every_repository or "" in names else names

    def tag_pattern(self, repository: str) -> Pattern | None:
        """What matches the repository's tags; None where the purge leaves tags alone.

        All filters of a repository are one expression, joined with ``|``. Raises RefusedError.
        """
        if not self.tags_matter:
            return None
        texts = [part[2] for part in self._parts if self._hits(part, repository)]
        joined = "|".join(texts)
        if joined not in self._compiled:
            self._compiled[joined] = compile_expression(joined)
        return self._compiled[joined]

    @staticmethod
    def _hits(part: tuple[str, Pattern, str], repository: str) -> bool:
        literal, anchored, _ = part
        return literal == repository if literal else anchored.search(repository) is not None
