"""Search engines that a Python bot might use in place of ours, each over the same texts, for the twelve best.

They answer by words alone, tantivy and rapidfuzz with forgiveness for typos too; none says why, or that it has nothing.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence

import bm25s
import Stemmer  # type: ignore[import-not-found]  # a compiled module without type hints
import tantivy
from rapidfuzz import fuzz, process

BEST = 12

Search = Callable[[str], Sequence[int]]
"""From what somebody typed to the numbers of texts, the best first."""


def with_tantivy(texts: Sequence[str], typos: int = 0) -> Search:
    """In memory, stemmed, any of the words; `typos` allowed in each."""
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("text", tokenizer_name="en_stem")
    schema.add_unsigned_field("number", stored=True)
    index = tantivy.Index(schema.build())
    writer = index.writer()
    for number, text in enumerate(texts):
        writer.add_document(tantivy.Document(text=text, number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    forgiving = {"text": (False, typos, True)} if typos else {}

    def search(words: str) -> Sequence[int]:
        query, _ = index.parse_query_lenient(words, ["text"], fuzzy_fields=forgiving)
        return [searcher.doc(found)["number"][0] for _, found in searcher.search(query, BEST).hits]

    return search


def with_tantivy_and_typos(texts: Sequence[str]) -> Search:
    return with_tantivy(texts, typos=1)


def with_fts5(texts: Sequence[str]) -> Search:
    """SQLite in memory, Porter's stemmer, any of the words."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE told USING fts5(text, tokenize = 'porter unicode61')")
    database.executemany("INSERT INTO told(rowid, text) VALUES (?, ?)", enumerate(texts))
    database.execute("INSERT INTO told(told) VALUES ('optimize')")
    find = f"SELECT rowid FROM told WHERE told MATCH ? ORDER BY rank LIMIT {BEST}"

    def search(words: str) -> Sequence[int]:
        any_of = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", words))
        return [number for (number,) in database.execute(find, (any_of,))] if any_of else []

    return search


def with_bm25s(texts: Sequence[str], backend: str = "numpy") -> Search:
    """bm25s with its own English stop words and Snowball's stemmer."""
    stemmer = Stemmer.Stemmer("english")

    def tokens(of: list[str]) -> list[list[str]]:
        split: list[list[str]] = bm25s.tokenize(
            of, stopwords="en", stemmer=stemmer, return_ids=False, allow_empty=False, show_progress=False
        )
        return split

    index = bm25s.BM25(backend=backend)
    index.index(tokens(list(texts)), show_progress=False)
    best = min(BEST, len(texts))

    def search(words: str) -> Sequence[int]:
        asked = tokens([words])
        if not asked[0]:
            return []
        found: list[int] = index.retrieve(asked, k=best, show_progress=False).documents[0].tolist()
        return found

    return search


def with_bm25s_and_numba(texts: Sequence[str]) -> Search:
    return with_bm25s(texts, backend="numba")


def with_rapidfuzz(texts: Sequence[str]) -> Search:
    """A scan over everything by `token_set_ratio`."""
    lowered = [text.lower() for text in texts]

    def search(words: str) -> Sequence[int]:
        return [
            number for _, _, number in process.extract(words.lower(), lowered, scorer=fuzz.token_set_ratio, limit=BEST)
        ]

    return search
