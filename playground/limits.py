"""What Slack refuses: Block Kit's shapes and lengths, and those of messages and views, with Slack's error names.

Every figure is from https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/reference/methods, except
the size of all blocks of a message, which is undocumented and was measured by people who met it
(https://github.com/slackapi/bolt-js/issues/2509: 13,297 characters of text, about 125 fewer for each further block).

A check takes a value and a JSON pointer to it, and yields one problem a line in the words of Slack's answers.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from playground.errors import Refusal

Json = dict[str, Any]
Check = Callable[[Any, str], Iterator[str]]

MESSAGE_TEXT, UPDATED_TEXT = 40_000, 4_000
MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
BLOCKS_SIZE, SIZE_OF_A_FURTHER_BLOCK = 13_297, 125
VIEW_BYTES = 250_000
STACK = 3


def check_message(text: str, blocks: Any, most_text: int = MESSAGE_TEXT) -> None:
    """Raise the refusal that Slack would answer to a message of this text and these blocks."""
    if len(text) > most_text:
        raise Refusal("msg_too_long")
    if blocks:
        if problems := list(check_blocks(blocks, "message")):
            raise Refusal("invalid_blocks", problems)
        if _size(blocks) > BLOCKS_SIZE:
            raise Refusal("msg_blocks_too_long")
    elif not text.strip():
        raise Refusal("no_text")


def check_view(view: Any) -> None:
    """Raise the refusal that Slack would answer to this view."""
    if not isinstance(view, dict):
        raise Refusal("invalid_arguments", ["must provide an object [json-pointer:/view]"])
    if len(json.dumps(view)) > VIEW_BYTES:
        raise Refusal("view_too_large")
    kind = view.get("type")
    if kind not in ("modal", "home"):
        raise Refusal("invalid_arguments", ["unsupported type: must be modal or home [json-pointer:/view/type]"])
    known = _MODAL if kind == "modal" else _HOME
    needed = ("title", "blocks") if kind == "modal" else ("blocks",)
    problems = list(_fields(known, needed)(view, "/view"))
    if not problems:
        problems = list(check_blocks(view["blocks"], kind, "/view/blocks"))
    if not problems and kind == "modal" and "submit" not in view:
        problems = [
            "a `submit` is required when there are `input` blocks [json-pointer:/view]"
            for block in view["blocks"][:VIEW_BLOCKS]
            if block["type"] == "input"
        ][:1]
    if problems:
        raise Refusal("invalid_arguments", problems)


def check_suggestions(answer: Any) -> None:
    """Raise a refusal unless this answers a block_suggestion: options, or option_groups, 100 at most."""
    if not isinstance(answer, dict):
        raise Refusal("invalid_response", ["must provide an object"])
    told = {name: answer[name] for name in ("options", "option_groups") if name in answer}
    known = {"options": _items(0, 100, _OPTION), "option_groups": _items(0, 100, _GROUP)}
    if problems := list(_then(_fields(known), _exactly_one("options", "option_groups"))(told, "")):
        raise Refusal("invalid_response", problems)


def check_blocks(blocks: Any, surface: str, pointer: str = "/blocks") -> Iterator[str]:
    """Problems of a list of blocks on a surface: "message", "modal" or "home"."""
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    yield from _items(0, most, _block(surface))(blocks, pointer)
    if isinstance(blocks, list):
        ids = [block.get("block_id") for block in blocks if isinstance(block, dict) and block.get("block_id")]
        if len(set(map(str, ids))) < len(ids):
            yield f"`block_id` must be unique [json-pointer:{pointer}]"


def _size(blocks: list[Json]) -> int:
    return sum(map(_text_size, blocks)) + SIZE_OF_A_FURTHER_BLOCK * (len(blocks) - 1)


def _text_size(part: Any) -> int:
    if isinstance(part, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _text_size(v) for k, v in part.items())
    return sum(map(_text_size, part)) if isinstance(part, list) else 0


# Checks that are made of a length or a list


def _string(most: int, least: int = 0) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"must be a string [json-pointer:{pointer}]"
        elif len(value) > most:
            yield f"must be less than {most + 1} characters [json-pointer:{pointer}]"
        elif len(value) < least:
            yield f"must be more than {least - 1} characters [json-pointer:{pointer}]"

    return check


def _a(kind: type) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            yield f"must be a {kind.__name__} [json-pointer:{pointer}]"

    return check


def _of(*allowed: Any) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if value not in allowed:
            yield f"must be one of {', '.join(map(str, allowed))} [json-pointer:{pointer}]"

    return check


def _number(least: int, most: int) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        yield from _a(int)(value, pointer)
        if isinstance(value, int) and not least <= value <= most:
            yield f"must be between {least} and {most} [json-pointer:{pointer}]"

    return check


def _like(pattern: str, shape: str) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield f"must be like {shape} [json-pointer:{pointer}]"

    return check


def _url(most: int) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        yield from _string(most, 1)(value, pointer)
        if isinstance(value, str) and not re.match(r"[a-z][a-z0-9+.-]*:", value, re.IGNORECASE):
            yield f"must be a valid URL [json-pointer:{pointer}]"

    return check


def _items(least: int, most: int, each: Check) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"must be an array [json-pointer:{pointer}]"
        elif len(value) > most:
            yield f"no more than {most} items allowed [json-pointer:{pointer}]"
        elif len(value) < least:
            yield f"no fewer than {least} items allowed [json-pointer:{pointer}]"
        else:
            for index, item in enumerate(value):
                yield from each(item, f"{pointer}/{index}")

    return check


def _fields(known: dict[str, Check], needed: tuple[str, ...] = ()) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"must provide an object [json-pointer:{pointer}]"
            return
        for name in needed:
            if value.get(name) is None:
                yield f"missing required field: {name} [json-pointer:{pointer}]"
        for name, held in value.items():
            if name not in known:
                yield f"invalid additional property: {name} [json-pointer:{pointer}]"
            elif held is not None:
                yield from known[name](held, f"{pointer}/{name}")

    return check


def _anything(_value: Any, _pointer: str) -> Iterator[str]:
    yield from ()


def _text(most: int, *kinds: str) -> Check:
    kinds = kinds or ("mrkdwn", "plain_text")
    known = {"type": _of(*kinds), "text": _string(most, 1), "emoji": _a(bool), "verbatim": _a(bool)}
    return _fields(known, ("type", "text"))


def _by_type(known: dict[str, Check]) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"must provide an object [json-pointer:{pointer}]"
        elif not isinstance(value.get("type"), str) or value["type"] not in known:
            yield f"unsupported type: {value.get('type')} [json-pointer:{pointer}/type]"
        else:
            yield from known[value["type"]](value, pointer)

    return check


def _typed(known: dict[str, Check], *needed: str) -> Check:
    return _fields({"type": _anything, **known}, needed)


def _then(first: Check, second: Check) -> Check:
    """A check of what passed the first one, and so has its shape."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        problems = list(first(value, pointer))
        yield from problems or second(value, pointer)

    return check


def _at_least_one(*names: str) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        if all(value.get(name) is None for name in names):
            yield f"missing required field: {' or '.join(names)} [json-pointer:{pointer}]"

    return check


def _exactly_one(*names: str) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        yield from _at_least_one(*names)(value, pointer)
        if sum(value.get(name) is not None for name in names) > 1:
            yield f"only one of {' and '.join(names)} may be given [json-pointer:{pointer}]"

    return check


# Elements


def _label(most: int) -> Check:
    return _text(most, "plain_text")


_STYLE = _of("primary", "danger")
_CONFIRM = _fields(
    {"title": _label(100), "text": _text(300), "confirm": _label(30), "deny": _label(30), "style": _STYLE},
    ("title", "text"),
)
# Menus take plain text only, radio buttons and checkboxes mrkdwn too, and only an overflow leads to a URL:
# https://docs.slack.dev/reference/block-kit/composition-objects/option-object
_OPTION = _fields({"text": _label(75), "value": _string(150), "description": _label(75)}, ("text", "value"))
_CHOICE = _fields({"text": _text(75), "value": _string(150), "description": _text(75)}, ("text", "value"))
_LEADING = _fields(
    {"text": _label(75), "value": _string(150), "description": _label(75), "url": _url(3000)}, ("text", "value")
)
_GROUP = _fields({"label": _label(75), "options": _items(1, 100, _OPTION)}, ("label", "options"))
_ACTING = {"action_id": _string(255), "confirm": _CONFIRM, "focus_on_load": _a(bool), "placeholder": _label(150)}
_IDS = _items(0, 100, _string(255))
_WHICH = _a(dict)


def _menu(one: str, what: str, first: Check, **known: Check) -> dict[str, Check]:
    """A menu's check, alone and with `multi_` before its name; `what` it chooses is in its `initial_` fields."""
    single = _typed({**_ACTING, **known, f"initial_{what}": first})
    known = {name: check for name, check in known.items() if name != "response_url_enabled"}
    several = {f"initial_{what}s": _items(1, 100, first), "max_selected_items": _number(1, 100)}
    return {one: single, f"multi_{one}": _typed({**_ACTING, **known, **several})}


def _offers_its_first(value: Any, pointer: str) -> Iterator[str]:
    """What is chosen at first must be among the options."""
    groups = value.get("option_groups") or [{"options": value.get("options") or []}]
    offered = [(option["value"], option["text"]["text"]) for group in groups for option in group["options"]]
    for first in [value.get("initial_option"), *(value.get("initial_options") or [])]:
        if first and (first["value"], first["text"]["text"]) not in offered:
            yield f"must be one of the options: {first['value']} [json-pointer:{pointer}/initial_option]"


def _choice(**first: Check) -> Check:
    known = {**_ACTING, "options": _items(1, 10, _CHOICE), **first}
    return _then(
        _typed({name: check for name, check in known.items() if name != "placeholder"}, "options"), _offers_its_first
    )


def _static(check: Check) -> Check:
    return _then(_then(check, _exactly_one("options", "option_groups")), _offers_its_first)


_STATIC = {"options": _items(1, 100, _OPTION), "option_groups": _items(1, 100, _GROUP)}
_FILTER = _then(
    _fields(
        {
            "include": _items(1, 4, _of("im", "mpim", "private", "public")),
            "exclude_external_shared_channels": _a(bool),
            "exclude_bot_users": _a(bool),
        }
    ),
    _at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
_CONVERSATIONS = {"default_to_current_conversation": _a(bool), "response_url_enabled": _a(bool), "filter": _FILTER}
_TYPING = {**_ACTING, "initial_value": _string(3000), "dispatch_action_config": _WHICH}

BUTTON = _typed(
    {
        **{name: check for name, check in _ACTING.items() if name != "placeholder"},
        "text": _label(75),
        "url": _url(3000),
        "value": _string(2000),
        "style": _STYLE,
        "accessibility_label": _string(75),
        "agent_prompt": _string(4000),
    },
    "text",
)
_IMAGE = {"image_url": _url(3000), "slack_file": _WHICH, "alt_text": _string(2000)}
_IMAGE_ELEMENT = _typed(_IMAGE, "alt_text")

MENUS = {
    **{name: _static(check) for name, check in _menu("static_select", "option", _OPTION, **_STATIC).items()},
    **_menu("external_select", "option", _OPTION, min_query_length=_number(0, 100)),
    **_menu("users_select", "user", _string(255)),
    **_menu("channels_select", "channel", _string(255), response_url_enabled=_a(bool)),
    **_menu("conversations_select", "conversation", _string(255), **_CONVERSATIONS),
    "radio_buttons": _choice(initial_option=_CHOICE),
    "checkboxes": _choice(initial_options=_items(1, 10, _CHOICE)),
    "datepicker": _typed({**_ACTING, "initial_date": _like(r"\d{4}-\d\d-\d\d", "YYYY-MM-DD")}),
    "timepicker": _typed({**_ACTING, "initial_time": _like(r"\d\d:\d\d", "HH:mm"), "timezone": _string(100)}),
    "datetimepicker": _typed({**_ACTING, "initial_date_time": _a(int)}),
}
_INLINE = {"style": _WHICH}
_DATE = {"timestamp": _a(int), "format": _string(255), "url": _url(3000), "fallback": _string(255)}
_RICH_INLINE = _by_type(
    {
        "text": _typed({**_INLINE, "text": _string(40_000, 1)}, "text"),
        "link": _typed({**_INLINE, "url": _url(3000), "text": _string(3000), "unsafe": _a(bool)}, "url"),
        "user": _typed({**_INLINE, "user_id": _string(255)}, "user_id"),
        "channel": _typed({**_INLINE, "channel_id": _string(255)}, "channel_id"),
        "usergroup": _typed({**_INLINE, "usergroup_id": _string(255)}, "usergroup_id"),
        "broadcast": _typed({**_INLINE, "range": _of("here", "channel", "everyone")}, "range"),
        "emoji": _typed({**_INLINE, "name": _string(255), "unicode": _string(255), "skin_tone": _a(int)}, "name"),
        "date": _typed({**_INLINE, **_DATE}, "timestamp"),
        "color": _typed({**_INLINE, "value": _string(255)}, "value"),
    }
)
_RICH_PARTS = _items(0, 10_000, _RICH_INLINE)
_RICH_SECTION = _typed({"elements": _RICH_PARTS}, "elements")
_RICH_LIST = _typed(
    {
        "style": _of("bullet", "ordered"),
        "elements": _items(1, 10_000, _by_type({"rich_text_section": _RICH_SECTION})),
        "indent": _a(int),
        "offset": _a(int),
        "border": _a(int),
    },
    "style",
    "elements",
)
_RICH_QUOTE = {"elements": _RICH_PARTS, "border": _a(int)}
_RICH = _by_type(
    {
        "rich_text_section": _RICH_SECTION,
        "rich_text_list": _RICH_LIST,
        "rich_text_quote": _typed(_RICH_QUOTE, "elements"),
        "rich_text_preformatted": _typed({**_RICH_QUOTE, "language": _string(255)}, "elements"),
    }
)
_RICH_TEXT = _typed({"block_id": _string(255), "elements": _items(0, 1000, _RICH)}, "elements")

_LENGTHS = {"min_length": _number(0, 3000), "max_length": _number(1, 3000)}
_PLAIN_INPUT = {**_TYPING, "multiline": _a(bool), **_LENGTHS}
_NUMBER_INPUT = {**_TYPING, "is_decimal_allowed": _a(bool), "min_value": _string(255), "max_value": _string(255)}
INPUTS = {
    **MENUS,
    "plain_text_input": _typed(_PLAIN_INPUT),
    "email_text_input": _typed(_TYPING),
    "url_text_input": _typed(_TYPING),
    "number_input": _typed(_NUMBER_INPUT, "is_decimal_allowed"),
    "rich_text_input": _typed({**_TYPING, "initial_value": _by_type({"rich_text": _RICH_TEXT})}),
    "file_input": _typed({"action_id": _string(255), "filetypes": _IDS, "max_files": _a(int)}),
}
_OVERFLOW = _typed({"action_id": _string(255), "options": _items(1, 5, _LEADING), "confirm": _CONFIRM}, "options")
_WORKFLOW_BUTTON = _typed({**_ACTING, "text": _label(75), "workflow": _WHICH, "style": _STYLE}, "text", "workflow")
_OF_ACTIONS = {name: check for name, check in MENUS.items() if not name.startswith("multi_")}
_PRESSED = {"button": BUTTON, "overflow": _OVERFLOW, "workflow_button": _WORKFLOW_BUTTON}
_FEEDBACK = {
    "feedback_buttons": _typed({"action_id": _string(255), "positive_button": _WHICH, "negative_button": _WHICH}),
    "icon_button": _typed({**_ACTING, "icon": _string(50), "text": _label(75), "value": _string(2000)}),
}

# Blocks


def _laid(known: dict[str, Check], *needed: str) -> Check:
    return _typed({"block_id": _string(255), **known}, *needed)


CARD = _then(
    _laid(
        {
            "hero_image": _IMAGE_ELEMENT,
            "icon": _IMAGE_ELEMENT,
            "title": _text(150),
            "subtitle": _text(150),
            "body": _text(200),
            "actions": _items(1, 5, _by_type({"button": BUTTON})),
        }
    ),
    _at_least_one("hero_image", "title", "body", "actions"),
)
_SECTION = _then(
    _laid(
        {
            "text": _text(3000),
            "fields": _items(1, 10, _text(2000)),
            "accessory": _by_type({**_PRESSED, **MENUS, "image": _IMAGE_ELEMENT}),
            "expand": _a(bool),
        }
    ),
    _at_least_one("text", "fields"),
)
_CONTEXT_PART = _by_type({"mrkdwn": _text(3000), "plain_text": _text(3000), "image": _IMAGE_ELEMENT})
_VIDEO = ("video_url", "thumbnail_url", "title", "alt_text", "title_url", "description", "author_name", "provider_name")
_EVERYWHERE: dict[str, Check] = {
    "section": _SECTION,
    "divider": _laid({}),
    "header": _laid({"text": _label(150), "level": _a(int)}, "text"),
    "context": _laid({"elements": _items(1, 10, _CONTEXT_PART)}, "elements"),
    "actions": _laid({"elements": _items(1, 25, _by_type({**_PRESSED, **_OF_ACTIONS}))}, "elements"),
    "image": _laid({**_IMAGE, "title": _label(2000)}, "alt_text"),
    "input": _laid(
        {
            "label": _label(2000),
            "hint": _label(2000),
            "optional": _a(bool),
            "dispatch_action": _a(bool),
            "element": _by_type(INPUTS),
        },
        "label",
        "element",
    ),
    "rich_text": _RICH_TEXT,
    "video": _laid(dict.fromkeys(_VIDEO, _anything), "video_url", "thumbnail_url", "title", "alt_text"),
    "card": CARD,
    "carousel": _laid({"elements": _items(1, 10, _by_type({"card": CARD}))}, "elements"),
}
_IN_MESSAGES: dict[str, Check] = {
    **_EVERYWHERE,
    "context_actions": _laid({"elements": _items(1, 5, _by_type(_FEEDBACK))}, "elements"),
    "markdown": _laid({"text": _string(12_000, 1)}, "text"),
    "table": _laid({"rows": _items(1, 100, _a(list)), "column_settings": _items(0, 20, _anything)}, "rows"),
    "file": _laid({"external_id": _string(255), "source": _of("remote")}, "external_id", "source"),
}
_CONTAINER = {
    "title": _label(150),
    "rich_text_title": _by_type({"rich_text": _RICH_TEXT}),
    "subtitle": _text(150),
    "child_blocks": _items(1, 10, _by_type(_IN_MESSAGES)),
    "width": _of("narrow", "standard", "wide", "full"),
    "icon": _IMAGE_ELEMENT,
    "is_collapsible": _a(bool),
    "default_collapsed": _a(bool),
    "has_header_divider": _a(bool),
}
_IN_MESSAGES["container"] = _then(_laid(_CONTAINER, "child_blocks"), _at_least_one("title", "rich_text_title"))
_ALERT = _laid({"text": _text(3000), "level": _of("default", "info", "warning", "error", "success")}, "text")


def _block(surface: str) -> Check:
    if surface == "message":
        return _by_type(_IN_MESSAGES)
    return _by_type({**_EVERYWHERE, "alert": _ALERT} if surface == "modal" else _EVERYWHERE)


# Views

_HOME: dict[str, Check] = {
    "type": _anything,
    "blocks": _a(list),
    "private_metadata": _string(3000),
    "callback_id": _string(255),
    "external_id": _string(255),
}
_MODAL: dict[str, Check] = {
    **_HOME,
    "title": _label(24),
    "submit": _label(24),
    "close": _label(24),
    "clear_on_close": _a(bool),
    "notify_on_close": _a(bool),
    "submit_disabled": _a(bool),
}
