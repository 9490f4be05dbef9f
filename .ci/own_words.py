"""Stories are told in our own words: no text shares more than seven consecutive words with a source document.

    python .ci/own_words.py [DOCUMENT_FOLDER]

Words are runs of letters or digits, case folded; an apostrophe parts them in stories and documents alike. Without the
folder of documents there is nothing to compare with: that is said, and the check passes.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

MOST_SHARED = 7
STORIES = Path(__file__).parent.parent / "stories"

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def runs_of(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Every run of one word more than may be shared."""
    return zip(*(words[start:] for start in range(MOST_SHARED + 1)), strict=False)


def texts_of(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Each text of a story with the name of its field. Sources are left out: the name of a source is its author's."""
    match value:
        case str():
            yield field, value
        case dict():
            for name, part in value.items():
                if name != "sources":
                    yield from texts_of(part, str(name))
        case list():
            for part in value:
                yield from texts_of(part, field)


def shared(text: str, runs: dict[tuple[str, ...], str]) -> Iterator[tuple[str, str]]:
    """The words that a text shares with a document, longest runs joined, and the name of that document."""
    words = words_of(text)
    start = 0
    while start + MOST_SHARED < len(words):
        if document := runs.get(tuple(words[start : start + MOST_SHARED + 1])):
            end = start + MOST_SHARED + 1
            while end < len(words) and tuple(words[end - MOST_SHARED : end + 1]) in runs:
                end += 1
            yield " ".join(words[start:end]), document
            start = end
        else:
            start += 1


def main(folder: Path) -> int:
    documents = sorted(folder.glob("*.txt"))
    if not documents:
        print(f"own words: no documents in {folder}, nothing to compare with")
        return 0
    runs = {run: path.name for path in documents for run in runs_of(words_of(path.read_text("utf-8")))}
    files = sorted(STORIES.glob("*.yaml"))
    found = 0
    for path in files:
        for field, text in texts_of(yaml.safe_load(path.read_text("utf-8"))):
            for words, document in shared(text, runs):
                found += 1
                print(f"{path.name}: {field}: shares “{words}” with {document}")
    print(f"own words: {len(files)} files beside {len(documents)} documents, {found} shared runs")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("seeds")))
