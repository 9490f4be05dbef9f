"""What a form holds: first values, filling in by label, and what Slack's own client checks before it sends.

State values have the shapes of https://docs.slack.dev/reference/views (state.values), by element type.
"""

import re
from typing import Any, TypeVar

from playground import drawing, menus, mrkdwn
from playground.mrkdwn import Names
from playground.workspace import Workspace

Json = dict[str, Any]
Found = TypeVar("Found")

# Element type to the field of its state value, and the field of the element that holds its first value.
_STATE = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}


# What must be typed before an external menu asks the app, where `min_query_length` does not say.
MIN_QUERY = 3


def holds_a_value(element: Json) -> bool:
    return element["type"] in _STATE


def first_value(element: Json) -> Json:
    field, initial = _STATE[element["type"]]
    empty: Any = [] if field.endswith("s") else None
    return {"type": element["type"], field: element.get(initial, empty)}


def state_values(blocks: list[Json], held: Json) -> Json:
    """`state.values` of these blocks: what is held, and first values for the rest."""
    values: Json = {}
    for block, element in drawing.elements(blocks):
        if holds_a_value(element):
            block_id, action_id = block["block_id"], element["action_id"]
            value = held.get(block_id, {}).get(action_id)
            values.setdefault(block_id, {})[action_id] = value or first_value(element)
    return values


def is_external(element: Json) -> bool:
    """Whether the app is asked for a menu's options while a person types."""
    return str(element["type"]).endswith("external_select")


def filled(element: Json, said: Any, workspace: Workspace, user_id: str) -> Json:
    """The state value after a person gave `said`: words, an option's label, a name, or a list of these."""
    field, _ = _STATE[element["type"]]
    several = said if isinstance(said, list) else [said]
    value: list[Any]
    if field.startswith("selected_option"):
        value = [option(element, label, workspace.shown_name) for label in several]
    elif (offered := menus.offered(workspace, user_id, element)) is not None:
        value = [_named(name, offered) for name in several]
    else:
        value = [str(said) if field == "value" and said is not None else said]
    return {"type": element["type"], field: value if field.endswith("s") else value[0] if value else None}


def chosen(element: Json, told: Json) -> Json:
    """The choice that a page tells of, with the element's own options where it has any; of a button nothing."""
    if element["type"] == "overflow":
        return {"selected_option": _own_option(element, told["selected_option"])}
    if not holds_a_value(element):
        return {}
    field, _ = _STATE[element["type"]]
    value = told.get(field)
    if field == "selected_option" and value:
        value = _own_option(element, value)
    elif field == "selected_options":
        value = [_own_option(element, one) for one in value or []]
    return {field: value}


def _own_option(element: Json, told: Json) -> Json:
    if is_external(element):
        return _bare(told)
    return next(_bare(option) for option in drawing.options(element) if option["value"] == told["value"])


def option(element: Json, label: str, names: Names) -> Json:
    """An element's option by what a person reads on it; exact, or the only one that begins so."""
    read = [(mrkdwn.plain(drawing.text_tokens(found["text"], names)), found) for found in drawing.options(element)]
    return _bare(the_one(read, label))


def _bare(option: Json) -> Json:
    """An option as Slack repeats it in a choice."""
    return {name: option[name] for name in ("text", "value", "description") if name in option}


def the_one(labelled: list[tuple[str, Found]], label: str, nth: int | None = None) -> Found:
    """What is labelled exactly so, or else the only thing whose label begins so; of several alike, the `nth` from 0."""
    fitting = [found for shown, found in labelled if shown == label]
    fitting = fitting or [found for shown, found in labelled if shown.startswith(label)]
    if nth is not None:
        fitting = fitting[nth : nth + 1]
    if len(fitting) != 1:
        there = ", ".join(shown for shown, _ in labelled) or "nothing"
        raise LookupError(f"{'no' if not fitting else 'more than one'} “{label}” here; there is: {there}")
    return fitting[0]


def problems(blocks: list[Json], values: Json) -> dict[str, str]:
    """What Slack's client would not send, by block_id: empty inputs that are not optional, and bad lengths."""
    found = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            value = values.get(block["block_id"], {}).get(element["action_id"], {})
            said = value.get(_STATE[element["type"]][0])
            if problem := _problem(element, said, optional=bool(block.get("optional"))):
                found[block["block_id"]] = problem
    return found


def _problem(element: Json, said: Any, optional: bool) -> str | None:
    if said in (None, "", []):
        return None if optional else "Please complete this required field."
    most_chosen = element.get("max_selected_items")
    if most_chosen and len(said) > most_chosen:
        return f"Choose {most_chosen} at most; there are {len(said)}."
    match element["type"]:
        case "plain_text_input":
            least, most = element.get("min_length") or 0, element.get("max_length") or 3000
            if not least <= len(said) <= most:
                return f"This field takes {least} to {most} characters; there are {len(said)}."
        case "email_text_input" if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", said):
            return "This is not an email address."
        case "url_text_input" if not re.match(r"https?://[^\s]+", said):
            return "This is not a URL."
        case "number_input":
            return _number_problem(element, said)
    return None


def _number_problem(element: Json, said: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, said):
        return "This is not a number." if element.get("is_decimal_allowed") else "This is not a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if (least is not None and float(said) < float(least)) or (most is not None and float(said) > float(most)):
        return f"This number should be between {least} and {most}."
    return None


def _named(name: str, offered: dict[str, str]) -> str:
    """The id of what a menu offers under a name, which is written with or without its @ or #."""
    return the_one([(shown[1:].lower(), some_id) for some_id, shown in offered.items()], name.lstrip("@#").lower())
