"""Slack's markup as tokens: what a person reads, and which mentions and links would be live.

The rules are those of https://docs.slack.dev/messaging/formatting-message-text. Where Slack says nothing (a mention
inside a code span) the stand-in takes it for live, because a bot that is safe here is then safe there.

A token is a dict: `{"t": "text", "s": …}` with the flags `b`, `i`, `strike` and `code` where true, `{"t": "br"}`,
`{"t": "pre", "s": …}`, `{"t": "quote", "tokens": […]}`, and the live ones: `link` (url, s), `user` and `channel`
(id, s), `broadcast` (s), besides `emoji` (name, s).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from rich.emoji import Emoji

Token = dict[str, Any]
Names = Callable[[str], str | None]

LIVE = frozenset({"link", "user", "channel", "broadcast"})

_FENCE = re.compile(r"```(.+?)```", re.DOTALL)
_REFERENCE = re.compile(r"<([^<>\n]+)>")
_ATOM = re.compile(
    r"`(?P<code>[^`\n]+)`|<(?P<reference>[^<>\n]+)>|:(?P<emoji>[a-z0-9_+-]+):|(?P<url>https?://[^\s<>|`*~]+)"
)
_EMPHASIS = re.compile(
    r"(?<![^\W_])(?:\*(?=\S)(?P<b>[^*]+)(?<=\S)\*|_(?=\S)(?P<i>[^_]+)(?<=\S)_|~(?=\S)(?P<strike>[^~]+)(?<=\S)~)(?![^\W_])"
)
_QUOTED = re.compile(r"(?:>|&gt;) ?")
_HELD = "\x00"


def tokens(text: str, names: Names, verbatim: bool = False) -> list[Token]:
    """Tokens of a `mrkdwn` text. `verbatim` leaves bare URLs as plain text, as Slack's text objects can ask."""
    found: list[Token] = []
    for index, part in enumerate(_FENCE.split(text.replace(_HELD, ""))):
        if index % 2:
            found += _fixed(part.removeprefix("\n"), names, "pre")
        else:
            found += _lines(part, names, verbatim)
    return found


def plain_tokens(text: str, emoji: bool = True, **style: bool) -> list[Token]:
    """Tokens of a `plain_text` or of a rich text's text: words and line breaks, and emoji where asked."""
    found: list[Token] = []
    for index, line in enumerate(text.split("\n")):
        if index:
            found.append({"t": "br"})
        for piece in re.split(r"(:[a-z0-9_+-]+:)", line) if emoji else [line]:
            found += [_emoji(piece[1:-1])] if _is_emoji(piece) else _words(piece, style)
    return found


def plain(found: list[Token]) -> str:
    """What a person reads, without looks."""
    return "".join(
        "\n" if token["t"] == "br" else plain(token["tokens"]) if token["t"] == "quote" else token["s"]
        for token in found
    )


def live(found: list[Token]) -> list[Token]:
    """The tokens that would notify somebody or lead somewhere."""
    inside = [inner for token in found if token["t"] == "quote" for inner in live(token["tokens"])]
    return [token for token in found if token["t"] in LIVE] + inside


def _lines(text: str, names: Names, verbatim: bool) -> list[Token]:
    found: list[Token] = []
    quote: list[Token] | None = None
    for index, line in enumerate(text.split("\n")):
        quoted = _QUOTED.match(line)
        if quoted:
            if quote is None:
                quote = []
                found.append({"t": "quote", "tokens": quote})
            else:
                quote.append({"t": "br"})
            quote += _inline(line[quoted.end() :], names, verbatim)
        else:
            # A quote is a block of its own: the line break that ends it is already drawn.
            if index and quote is None:
                found.append({"t": "br"})
            quote = None
            found += _inline(line, names, verbatim)
    return found


def _inline(line: str, names: Names, verbatim: bool) -> list[Token]:
    """First lift out what emphasis must not cut (references, code, URLs, emoji), then read the emphasis around it."""
    held: list[list[Token]] = []

    def hold(match: re.Match[str]) -> str:
        atom = _atom(match, names, verbatim)
        if atom is None:
            return match[0]
        held.append(atom)
        return _HELD

    waiting = iter(held)
    return list(_emphasised(_ATOM.sub(hold, line), {}, waiting))


def _atom(match: re.Match[str], names: Names, verbatim: bool) -> list[Token] | None:
    if code := match["code"]:
        return _fixed(code, names, "text", code=True)
    if reference := match["reference"]:
        return [_reference(reference, names)]
    if name := match["emoji"]:
        return [_emoji(name)] if _is_emoji(match[0]) else None
    if verbatim:
        return None
    url = match["url"].rstrip(".,;:!?)'\"")
    return [{"t": "link", "url": _decoded(url), "s": _decoded(url)}, *_words(_decoded(match["url"][len(url) :]), {})]


def _emphasised(text: str, style: dict[str, bool], held: Iterator[list[Token]]) -> Iterator[Token]:
    end = 0
    for match in _EMPHASIS.finditer(text):
        yield from _stretch(text[end : match.start()], style, held)
        mark = str(match.lastgroup)
        yield from _emphasised(match[mark], {**style, mark: True}, held)
        end = match.end()
    yield from _stretch(text[end:], style, held)


def _stretch(text: str, style: dict[str, bool], held: Iterator[list[Token]]) -> Iterator[Token]:
    for index, words in enumerate(text.split(_HELD)):
        if index:
            for token in next(held):
                yield {**token, **style} if token["t"] != "emoji" else token
        yield from _words(_decoded(words), style)


def _fixed(text: str, names: Names, kind: str, **style: bool) -> list[Token]:
    """Code, where only references mean something."""
    found: list[Token] = []
    for index, piece in enumerate(_REFERENCE.split(text)):
        if index % 2:
            found.append({**_reference(piece, names), **style})
        elif piece:
            found.append({"t": kind, "s": _decoded(piece), **style})
    return found


def _reference(inside: str, names: Names) -> Token:
    target, _, label = inside.partition("|")
    label = _decoded(label)
    if re.fullmatch(r"@[UWB][A-Z0-9]+", target):
        return {"t": "user", "id": target[1:], "s": f"@{names(target[1:]) or label or target[1:]}"}
    if re.fullmatch(r"#[CGD][A-Z0-9]+", target):
        return {"t": "channel", "id": target[1:], "s": f"#{names(target[1:]) or label or target[1:]}"}
    if target.startswith("!date^"):
        return {"t": "text", "s": label or "a date"}
    if target.startswith("!"):
        return {"t": "broadcast", "s": label or "@" + target[1:]}
    if re.match(r"(https?://|mailto:|tel:|slack://)", target):
        return {"t": "link", "url": _decoded(target), "s": label or _decoded(target)}
    return {"t": "text", "s": f"<{_decoded(inside)}>"}


def _words(text: str, style: dict[str, bool]) -> list[Token]:
    return [{"t": "text", "s": text, **style}] if text else []


def _is_emoji(coded: str) -> bool:
    return len(coded) > 2 and coded[0] == coded[-1] == ":" and Emoji.replace(coded) != coded


def _emoji(name: str) -> Token:
    return {"t": "emoji", "name": name, "s": Emoji.replace(f":{name}:")}


def _decoded(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
