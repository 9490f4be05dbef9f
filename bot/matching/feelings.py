"""Emoji that say what somebody feels or agrees to, and nothing of what a story should be about: faces, hands, "100"."""

CHARACTERS = frozenset(
    (
        *range(0x1F600, 0x1F650),  # faces and gestures
        *range(0x1F90C, 0x1F930),  # more of them
        *range(0x1F970, 0x1F97B),  # and more
        *range(0x1F440, 0x1F451),  # eyes and hands
        0x1F937,  # a shrug
        0x2640,  # whose, a woman's
        0x2642,  # or a man's
    )
)


def _listed(names: str) -> frozenset[str]:
    return frozenset(names.split())


NAMES = _listed(
    """
    +1 -1 100 clap cry disappointed eyes face_palm facepalm female_sign grimacing grin grinning hugging_face joy
    laughing male_sign man-facepalming man-shrugging muscle neutral_face ok_hand point_up pray raised_hands rofl
    rolling_eyes shrug slightly_frowning_face slightly_smiling_face smile smiley smirk sob sweat_smile thinking
    thinking_face thumbsdown thumbsup upside_down_face wave white_check_mark wink woman-facepalming woman-shrugging
    """
)
"""How Slack writes the commonest of them: ":shrug:"."""
