"""The menu in which themes are chosen."""

from collections.abc import Sequence
from typing import Any

from bot.blocks.form import option
from bot.blocks.message import Block, plain
from bot.domain.story import Theme

# Of a menu, of a group, and of the groups in a menu (Block Kit reference).
_OPTIONS = 100


def themes_menu(themes: Sequence[Theme], chosen: Sequence[str], placeholder: str, most: int | None = None) -> Block:
    """A menu of every theme by name, in groups where one menu cannot hold them; `chosen` holds ids."""
    named = sorted(themes, key=lambda theme: theme.name)[: _OPTIONS * _OPTIONS]
    options = [option(theme.name, theme.id, theme.meaning) for theme in named]
    menu: dict[str, Any] = {"type": "multi_static_select", "placeholder": plain(placeholder, 150)}
    if most:
        menu["max_selected_items"] = most
    if len(options) <= _OPTIONS:
        menu["options"] = options
    else:
        menu["option_groups"] = [_group(options[n : n + _OPTIONS]) for n in range(0, len(options), _OPTIONS)]
    if first := [option for option in options if option["value"] in chosen][: most or _OPTIONS]:
        menu["initial_options"] = first
    return menu


def _group(options: list[Block]) -> Block:
    first, last = (options[n]["text"]["text"] for n in (0, -1))
    return {"label": plain(f"{first} to {last}", 75), "options": options}
