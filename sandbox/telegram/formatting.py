"""From what a bot or a person wrote to `text` and `entities` as Telegram stores them."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.telegram import utf16
from sandbox.telegram.errors import bad_request
from sandbox.telegram.markup_language import Entity, parse_html

FindPerson = Callable[[int], dict[str, Any] | None]

TEXT_MAX = 4096
CAPTION_MAX = 1024
ENTITIES_MAX = 100
SOURCE_MAX_BYTES = 64 * 1024

PLAIN_ENTITIES = {
    "bold", "italic", "underline", "strikethrough", "spoiler", "code", "blockquote", "expandable_blockquote",
}  # fmt: skip
FOUND_BY_TELEGRAM = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
NEEDS = {
    "text_link": ("url",),
    "text_mention": ("user",),
    "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time",),
    "pre": (),
}
OPTIONAL = {"pre": ("language",), "date_time": ("date_time_format",)}
DETECTED = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"]*[^\s<>\".,;:!?)'])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<mention>(?<![\w@/])@[a-zA-Z]\w{4,31}\b)"
    r"|(?P<hashtag>(?<![\w#])#\w*[^\W\d]\w*)"
    r"|(?P<bot_command>(?<![\w/<>@:.])/\w{1,64}(?:@\w{3,32})?(?![\w/]))"
)


def format_text(
    source: str, *, parse_mode: str | None, entities: Any, find_person: FindPerson
) -> tuple[str, list[Entity]]:
    """The stored text and entities; `entities` count only without a `parse_mode`.

    `find_person` gives the Bot API `User` with an id, for mentions of somebody without a user name.
    """
    if len(source.encode()) > SOURCE_MAX_BYTES:
        raise bad_request("message is too long")
    text, found = _parsed(source, parse_mode=parse_mode, entities=entities)
    text, found = _trimmed(text.replace("\r\n", "\n").replace("\r", ""), found)
    found = [_mention_of(entity, find_person) for entity in found]
    found = [entity for entity in found if entity["length"] > 0]
    detected = [entity for entity in detect(text) if not any(_overlap(entity, other) for other in found)]
    together = sorted([*_without_inner(found), *detected], key=lambda entity: (entity["offset"], -entity["length"]))
    return text, together[:ENTITIES_MAX]


def detect(text: str) -> list[Entity]:
    """Entities that Telegram finds by itself: links, addresses, mentions, hashtags, commands."""
    if not any(mark in text for mark in "/@#:"):
        return []
    offsets = utf16.boundaries(text)
    return [
        {
            "type": match.lastgroup,
            "offset": offsets[match.start()],
            "length": offsets[match.end()] - offsets[match.start()],
        }
        for match in DETECTED.finditer(text)
    ]


def _parsed(source: str, *, parse_mode: str | None, entities: Any) -> tuple[str, list[Entity]]:
    match (parse_mode or "none").lower():
        case "html":
            return parse_html(source)
        case "none":
            return source, [_checked(entity, utf16.length(source)) for entity in entities or []]
        case "markdown" | "markdownv2":
            raise bad_request("can't parse entities: the sandbox reads parse_mode HTML and entities only")
    raise bad_request("unsupported parse_mode")


def _checked(entity: Any, length: int) -> Entity:
    if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
        raise bad_request("can't parse MessageEntity: type must be of type String")
    kind = entity["type"]
    if kind not in NEEDS and kind not in PLAIN_ENTITIES and kind not in FOUND_BY_TELEGRAM:
        raise bad_request(f"can't parse MessageEntity: unsupported type {kind} specified")
    try:
        offset, size = int(entity["offset"]), int(entity["length"])
    except (KeyError, TypeError, ValueError):
        raise bad_request("can't parse MessageEntity: offset and length must be of type Integer") from None
    if offset < 0 or size < 0 or offset + size > length:
        raise bad_request("entity beyond the text: ENTITY_BOUNDS_INVALID")
    missing = [name for name in NEEDS.get(kind, ()) if name not in entity]
    if missing:
        raise bad_request(f"can't parse MessageEntity: can't find field \"{missing[0]}\"")
    kept = {name: entity[name] for name in (*NEEDS.get(kind, ()), *OPTIONAL.get(kind, ())) if entity.get(name)}
    if kind == "text_mention":
        kept = {"user_id": int(kept["user"]["id"])}
    return {"type": kind, "offset": offset, "length": size, **kept}


def _mention_of(entity: Entity, find_person: FindPerson) -> Entity:
    if "user_id" not in entity:
        return entity
    person = find_person(entity["user_id"])
    kept = {name: value for name, value in entity.items() if name != "user_id"}
    return {**kept, "user": person} if person else {**kept, "length": 0}


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without white space at both ends; entities are moved and cut accordingly."""
    stripped = text.lstrip(" \n\t")
    lead = len(text) - len(stripped)
    stripped = stripped.rstrip(" \n\t")
    end = utf16.length(stripped)
    moved = []
    for entity in entities:
        begin = max(entity["offset"] - lead, 0)
        stop = min(entity["offset"] + entity["length"] - lead, end)
        moved.append({**entity, "offset": begin, "length": max(stop - begin, 0)})
    return stripped, moved


def _overlap(one: Entity, other: Entity) -> bool:
    is_apart = one["offset"] + one["length"] <= other["offset"] or other["offset"] + other["length"] <= one["offset"]
    return not is_apart and other["type"] in {
        "code",
        "pre",
        "text_link",
        "text_mention",
        "url",
        "custom_emoji",
        "date_time",
    }


def _without_inner(entities: list[Entity]) -> list[Entity]:
    """Nothing is formatted inside code, and a link inside a link is dropped."""
    solid = [entity for entity in entities if entity["type"] in {"code", "pre"}]
    return [entity for entity in entities if not any(_is_inside(entity, outer) for outer in solid)]


def _is_inside(entity: Entity, outer: Entity) -> bool:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    return entity is not outer and outer["offset"] <= begin and end <= outer["offset"] + outer["length"]
