"""How one's own stories look: where each stands, and what can still be done with it."""

import pytest

from bot.blocks import ids
from bot.blocks.mine import mine
from bot.domain.submission import Credit
from playground.limits import check_message
from tests.blocks.test_looks import assert_slack_takes, found, texts_in
from tests.blocks.test_review import NOON, action_ids, by_ada, longest
from tests.blocks.test_submit import HOSTILE


def test_each_story_says_where_it_stands_and_offers_what_is_still_possible() -> None:
    pending = by_ada()
    message = mine(
        [
            pending,
            pending.approved("UGRACE", NOON),
            pending.rejected("UGRACE", NOON, "A customer could be recognised."),
            pending.withdrawn(NOON),
        ],
        "/story",
    )
    assert_slack_takes(message)
    for words in (
        "“The umbrella”: waits for a moderator, sent on 4 March 2025.",
        "“The umbrella”: in the library since 4 March 2025.",
        "“The umbrella”: not taken on 4 March 2025. Reason: A customer could be recognised.",
        "“The umbrella”: withdrawn on 4 March 2025.",
    ):
        assert words in message["text"]
    assert action_ids(message) == [ids.CHANGE_OWN, ids.WITHDRAW, ids.WITHDRAW, ids.TELL_AGAIN, ids.TELL]


def test_withdrawing_is_asked_twice_and_says_what_it_does() -> None:
    pending = by_ada()
    message = mine([pending, pending.approved("UGRACE", NOON)], "/story")
    asked = [button["confirm"]["text"]["text"] for button in found(message["blocks"], "action_id", ids.WITHDRAW)]
    assert asked == [
        "“The umbrella”: Moderators will not see it any more.",
        "“The umbrella”: It leaves the library at once, for everybody.",
    ]


def test_who_has_told_nothing_is_invited() -> None:
    message = mine([], "/story")
    assert_slack_takes(message)
    assert action_ids(message) == [ids.TELL]
    assert "/story submit" in message["text"]


@pytest.mark.parametrize("words", ["word ", "&", "思", *HOSTILE])
def test_many_long_stories_still_fit(words: str) -> None:
    rejected = by_ada(Credit.MODERATORS, longest(words)).rejected("UGRACE", NOON, "r" * 1_100)
    message = mine([rejected] * 21, "/story")
    assert_slack_takes(message)
    check_message(message["text"], message["blocks"])
    assert any("latest 20." in text for text in texts_in(message["blocks"]))
