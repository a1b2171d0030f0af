"""`parse_mode=HTML`: text with tags becomes text with entities, or a refusal in Telegram's words.

Byte offsets in the refusals count UTF-8, entity offsets count UTF-16, as in the real service.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram import utf16
from sandbox.telegram.errors import ApiError, bad_request

Entity = dict[str, Any]

SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
}
TAGS = {*SIMPLE_TAGS, "a", "span", "blockquote", "tg-emoji", "tg-time"}
NAMED_REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]+));?")
UNQUOTED_VALUE = re.compile(r"[a-zA-Z0-9.\-]+")
SPACE = " \t\r\n"
UNIX_TIME = re.compile(r"\d{1,12}")
TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")


@dataclass
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]


@dataclass
class _Parser:
    source: str
    at: int = 0
    written: list[str] = field(default_factory=list)
    offset: int = 0  # of the text written, in UTF-16 code units
    entities: list[Entity] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)

    def refuse(self, reason: str, at: int | None = None) -> ApiError:
        place = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        return bad_request(f"can't parse entities: {reason}{place}")

    def write(self, text: str) -> None:
        self.written.append(text)
        self.offset += utf16.length(text)

    def peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def skip_space(self) -> None:
        while self.peek() and self.peek() in SPACE:
            self.at += 1

    def run(self) -> tuple[str, list[Entity]]:
        while char := self.peek():
            if char == "&":
                self.reference()
            elif char != "<":
                end = min((i for c in "&<" if (i := self.source.find(c, self.at)) >= 0), default=len(self.source))
                self.write(self.source[self.at : end])
                self.at = end
            elif self.source.startswith("</", self.at):
                self.end_tag()
            else:
                self.start_tag()
        if self.open:
            raise self.refuse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.written), self.entities

    def reference(self) -> None:
        char, length = _decoded(self.source, self.at)
        self.write(char)
        self.at += length

    def start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self.name()
        if not self.peek():
            raise self.refuse("Unclosed start tag", begin)
        if name not in TAGS:
            raise self.refuse(f'Unsupported start tag "{name}"', begin)
        attributes: dict[str, str] = {}
        while True:
            self.skip_space()
            if not self.peek():
                raise self.refuse(f'Unclosed start tag "{name}"', begin)
            if self.peek() == ">":
                break
            key, value = self.attribute(name, begin)
            attributes[key] = value
        self.at += 1
        self.check(name, attributes, begin)
        if name == "pre":
            attributes.pop("language", None)  # only the code tag inside may say so
        self.open.append(_Open(name, self.offset, attributes))

    def name(self) -> str:
        begin = self.at
        while self.peek() and self.peek() not in f"{SPACE}>":
            self.at += 1
        return self.source[begin : self.at].lower()

    def attribute(self, tag: str, tag_begin: int) -> tuple[str, str]:
        begin = self.at
        while self.peek() and self.peek() not in f"{SPACE}=>/\"'":
            self.at += 1
        key = self.source[begin : self.at].lower()
        if not key:
            raise self.refuse(f'Empty attribute name in the tag "{tag}"', tag_begin)
        self.skip_space()
        if self.peek() != "=":
            return key, ""
        self.at += 1
        self.skip_space()
        if not self.peek():
            raise self.refuse(f'Unclosed start tag "{tag}"', tag_begin)
        return key, self.value(tag_begin)

    def value(self, tag_begin: int) -> str:
        quote = self.peek()
        if quote not in "\"'":
            found = UNQUOTED_VALUE.match(self.source, self.at)
            begin, self.at = self.at, found.end() if found else self.at
            if not self.peek() or self.peek() not in f"{SPACE}>":
                raise self.refuse("Unexpected end of name token", begin)
            return self.source[begin : self.at].lower()
        end = self.source.find(quote, self.at + 1)
        if end < 0:
            raise self.refuse("Unclosed start tag", tag_begin)
        raw, self.at = self.source[self.at + 1 : end], end + 1
        return REFERENCE.sub(lambda match: _decoded(match.group(), 0)[0], raw)

    def check(self, tag: str, attributes: dict[str, str], begin: int) -> None:
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self.refuse('Tag "span" must have class "tg-spoiler"', begin)
        if tag == "tg-emoji" and not attributes.get("emoji-id", "").isdigit():
            raise self.refuse("Invalid custom emoji identifier specified", begin)
        if tag == "tg-time":
            if not UNIX_TIME.fullmatch(attributes.get("unix", "")):
                raise self.refuse("Invalid Unix time specified", begin)
            if not TIME_FORMAT.fullmatch(attributes.get("format", "")):
                raise self.refuse("Invalid date-time format specified", begin)

    def end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self.refuse("Unexpected end tag", begin)
        self.at += 2
        name = self.name()
        self.skip_space()
        if self.peek() != ">":
            raise self.refuse("Unclosed end tag", begin)
        self.at += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise self.refuse(
                f"Unmatched end tag at byte offset {len(self.source[:begin].encode())}, "
                f'expected "</{opened.tag}>", found "</{name}>"'
            )
        self.close(opened)

    def close(self, opened: _Open) -> None:
        entity = self.entity_of(opened)
        if entity is not None and self.offset > opened.start:
            self.entities.append({**entity, "offset": opened.start, "length": self.offset - opened.start})

    def entity_of(self, opened: _Open) -> Entity | None:
        attributes = opened.attributes
        match opened.tag:
            case "a":
                return _link(attributes.get("href") or "")
            case "span":
                return {"type": "spoiler"}
            case "blockquote":
                return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote"}
            case "tg-emoji":
                return {"type": "custom_emoji", "custom_emoji_id": attributes["emoji-id"]}
            case "tg-time":
                entity: Entity = {"type": "date_time", "unix_time": int(attributes["unix"])}
                return entity | ({"date_time_format": attributes["format"]} if attributes.get("format") else {})
            case "code" if attributes.get("class", "").startswith("language-"):
                return self.language_of_pre(opened)
            case "pre" if "language" in attributes:
                return {"type": "pre", "language": attributes["language"]}
        return {"type": SIMPLE_TAGS[opened.tag]}

    def language_of_pre(self, code: _Open) -> Entity | None:
        """`<pre><code class="language-x">` is one entity: the language moves to the enclosing pre."""
        if not self.open or self.open[-1].tag != "pre" or self.open[-1].start != code.start:
            return {"type": "code"}
        self.open[-1].attributes["language"] = code.attributes["class"].removeprefix("language-")
        return None


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Text and entities of `source`; raises the 400 of a text whose tags are broken."""
    return _Parser(source).run()


def _decoded(source: str, at: int) -> tuple[str, int]:
    """The character that the reference at `at` stands for and its length; a lone "&" stands for itself."""
    found = REFERENCE.match(source, at)
    if found is None:
        return "&", 1
    decimal, hexadecimal, name = found.groups()
    if name:
        char = NAMED_REFERENCES.get(name.lower(), "")
    else:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        char = chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""
    return (char, len(found.group())) if char else ("&", 1)


def _link(href: str) -> Entity | None:
    if not href:
        return None
    if mention := re.fullmatch(r"tg://user/?\?id=(\d+)", href):
        return {"type": "text_mention", "user_id": int(mention.group(1))}
    url = href if "://" in href or href.startswith("mailto:") else f"http://{href}"
    return {"type": "text_link", "url": url}
