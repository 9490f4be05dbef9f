"""Whoever asks in another language is heard through what surrounds the wish."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.judged import judged
from bot.matching import Matcher
from bot.matching.asking import MOST_CHARACTERS, Asking
from bot.matching.bm25 import Floats
from bot.matching.encoder import STANDARD


@pytest.fixture(scope="module")
def asking() -> Asking:
    return Asking(STANDARD.encode)


def wish(asking: Asking, text: str) -> str:
    return asking.left_out(text, STANDARD.encode, STANDARD.pieces)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("eine Geschichte über einen verlorenen Ring", "verlorenen Ring"),
        ("cuéntame una historia sobre un anillo perdido", "anillo perdido"),
        ("raconte-moi une histoire sur une bague perdue", "bague perdue"),
        ("расскажи мне историю о потерянном кольце", "потерянном кольце"),
        ("给我讲一个关于丢失戒指的故事", "丢失戒指"),
        ("なくした指輪についての話を教えてください", "なくした指輪"),
        ("เล่าเรื่องแหวนที่หายไปให้ฟังหน่อย", "แหวนที่หายไป"),
        ("hoi, kun je me een verhaal vertellen over een vergeten koffer", "een vergeten koffer"),
        ("Hunger am Flughafen bitte", "Hunger am Flughafen"),
        ("la neige dans le magasin pour notre réunion de demain", "la neige dans le magasin"),
    ],
)
def test_what_only_asks_is_left_out_before_a_wish_and_after_it(asking: Asking, typed: str, wanted: str) -> None:
    assert wish(asking, typed) == wanted


def test_a_wish_without_chat_stays_as_it_is(asking: Asking) -> None:
    plain = [query.words for query in judged("languages")]
    assert [wish(asking, words) for words in plain] == plain


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_of_any_text_a_part_is_left(asking: Asking, text: str) -> None:
    assert wish(asking, text) in text


def test_in_a_long_text_nobody_only_asks(asking: Asking) -> None:
    heard: list[str] = []

    def encode(texts: Sequence[str]) -> Floats:
        heard.extend(texts)
        return STANDARD.encode(texts)

    text = " ".join(letter * 60 for letter in "äöüßéèñç")
    assert asking.left_out(text, encode, STANDARD.pieces) == text
    assert max(map(len, heard)) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    "typed",
    [
        "eine Geschichte über einen verlorenen Ring",
        "een verhaal over een verloren ring",
        "cuéntame una historia sobre un anillo perdido",
        "uma história sobre um anel perdido",
        "расскажи мне историю о потерянном кольце",
        "bana kayıp bir yüzük hakkında bir hikaye anlat",
        "قصة عن خاتم مفقود",
        "잃어버린 반지 이야기를 들려줘",
        "เล่าเรื่องแหวนที่หายไปให้ฟังหน่อย",
    ],
)
def test_a_story_about_a_lost_ring_is_found_as_in_english(matcher: Matcher, typed: str) -> None:
    best = matcher.match(typed)[0]
    assert best.is_strong
    assert best.story.id == "nordstrom-vacuumed-diamond"
