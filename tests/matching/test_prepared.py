"""The bot is restarted: what was known of the library is read again, as long as all of it would be the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.library import Library
from bot.matching import Matcher
from bot.matching.bm25 import Floats
from bot.matching.encoder import STANDARD

WISHES = ["empathy", "a lost rign", "l'empathie", "teamwork in a restaurant", "not about airlines", "hamster"]


@dataclass
class Listening:
    """The standard encoder, which tells how many texts it was asked to encode."""

    version: str = STANDARD.version
    asked: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        return STANDARD.encode(texts)

    def pieces(self, text: str) -> list[str]:
        return STANDARD.pieces(text)


def start(library: Library, folder: Path) -> tuple[Matcher, list[str]]:
    """One start of the bot, and what had to be encoded for it."""
    encoder = Listening()
    matcher = Matcher(library, encoder, folder)
    return matcher, list(encoder.asked)


def test_the_second_start_answers_as_the_first(seventeen: Library, tmp_path: Path) -> None:
    first, asked = start(seventeen, tmp_path)
    again, asked_again = start(seventeen, tmp_path)
    assert len(asked) > 100 > len(asked_again)
    for wish in WISHES:
        assert again.match(wish) == first.match(wish)
        assert [match.why for match in again.match(wish)] == [match.why for match in first.match(wish)]


def test_what_an_earlier_version_kept_takes_no_room_any_more(seventeen: Library, tmp_path: Path) -> None:
    (tmp_path / "prepared.npz").write_bytes(b"of an earlier version")
    start(seventeen, tmp_path)
    assert {path.name.partition("-")[0] for path in tmp_path.iterdir()} == {"words.npz", "meaning.npz", "vectors"}


def test_an_edited_story_is_found_by_its_new_words(seventeen: Library, tmp_path: Path) -> None:
    start(seventeen, tmp_path)
    edited = seventeen.stories[0].model_copy(update={"title": "A hamster on line two"})
    after, asked = start(Library((edited, *seventeen.stories[1:]), seventeen.themes), tmp_path)
    assert edited.title in asked
    assert after.match("hamster")[0].story == edited


def test_what_was_kept_and_is_damaged_is_made_anew(seventeen: Library, tmp_path: Path) -> None:
    first, _ = start(seventeen, tmp_path)
    kept = tmp_path / "meaning.npz"
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] + b"\0" + whole[len(whole) // 2 + 1 :])
    again, _ = start(seventeen, tmp_path)
    assert again.match(WISHES[0]) == first.match(WISHES[0])
    assert kept.read_bytes()[:100] == whole[:100]
