"""Reads an estate from a file."""

from pathlib import Path

from local.estates.checking import mistakes
from local.estates.completing import complete
from local.estates.mistakes import EstateError, Mistake
from local.estates.model import Estate
from local.estates.parsing import parse
from local.estates.pinning import pin


def load(path: Path | str) -> Estate:
    """The estate that a YAML file describes, checked and completed.

    Raises EstateError with every mistake found; FileNotFoundError when there is no such file.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise EstateError(file, [Mistake("", str(error), "text in UTF-8")]) from error
    return loads(text, file)


def loads(text: str, file: Path = Path("estate.yaml")) -> Estate:
    """As `load`, from text; `file` is what mistakes name."""
    estate = parse(text)
    if isinstance(estate, Mistake):
        raise EstateError(file, [estate])
    found = mistakes(estate)
    if not found:
        complete(estate)
        found = pin(estate)
    if found:
        raise EstateError(file, found)
    return estate
