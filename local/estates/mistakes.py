"""What is wrong with an estate, said so that it can be put right."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mistake:
    """One wrong value. `path` is such as `registries[0].firewall.allow[1]`."""

    path: str
    value: object
    accepted: str

    def __str__(self) -> str:
        return (
            f"{self.path or 'the file'}: {self.value!r} is not accepted; accepted: {self.accepted}"
        )


class EstateError(ValueError):
    """An estate file that cannot be used; `mistakes` holds all that were found."""

    def __init__(self, file: Path, mistakes: list[Mistake]) -> None:
        self.file = file
        self.mistakes = mistakes
        super().__init__("\n  ".join([f"{file} is not a valid estate:", *map(str, mistakes)]))
