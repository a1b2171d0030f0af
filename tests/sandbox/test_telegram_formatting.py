"""Formatting is read as TDLib reads it; most cases are of its own tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram import utf16
from sandbox.telegram.errors import ApiError
from sandbox.telegram.formatting import format_text
from sandbox.telegram.markup_language import parse_html


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("🏟 🏟&lt;<abac>", 'Unsupported start tag "abac" at byte offset 13'),
        ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ('🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
        ("🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
        ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
        ("🏟 🏟&lt;<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("a <5 tokens", 'Unsupported start tag "5" at byte offset 2'),
        ('<span class="x">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_tags_are_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)

    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("&ge;&lt;&gt;&amp;&quot;&laquo;&#12345678;", '&ge;<>&"&laquo;&#12345678;', []),
        ("&#65;&#x42; & Co", "AB & Co", []),
        ("➡️ ➡️<i>➡️ ➡️</i>", "➡️ ➡️➡️ ➡️", [{"type": "italic", "offset": 5, "length": 5}]),
        ("🏟<B>x</B>", "🏟x", [{"type": "bold", "offset": 2, "length": 1}]),
        ("<b></b>x", "x", []),
        (
            '<tg-time unix="1790000000" format="wDT">Tue</tg-time>',
            "Tue",
            [{"type": "date_time", "unix_time": 1790000000, "date_time_format": "wDT", "offset": 0, "length": 3}],
        ),
        (
            '<pre><code class="language-py">x</code></pre>',
            "x",
            [{"type": "pre", "language": "py", "offset": 0, "length": 1}],
        ),
        ("<blockquote expandable>x</blockquote>", "x", [{"type": "expandable_blockquote", "offset": 0, "length": 1}]),
        (
            "<a href='https://a.org/?x=1&amp;y=2'>x</a>",
            "x",
            [{"type": "text_link", "url": "https://a.org/?x=1&y=2", "offset": 0, "length": 1}],
        ),
    ],
)
def test_tags_become_entities_with_utf_16_offsets(source: str, text: str, entities: list[object]) -> None:
    assert format_text(source, parse_mode="HTML", entities=None, find_person=lambda _: None) == (text, entities)


def test_white_space_at_the_ends_goes_and_entities_move() -> None:
    text, entities = format_text("\n <b>x </b> ", parse_mode="HTML", entities=None, find_person=lambda _: None)

    assert text == "x"
    assert entities == [{"type": "bold", "offset": 0, "length": 1}]


def test_commands_links_and_mentions_are_found_but_not_in_code() -> None:
    text, entities = format_text(
        "/book https://a.org. <code>/cancel</code> @somebody",
        parse_mode="HTML",
        entities=None,
        find_person=lambda _: None,
    )

    assert [(entity["type"], text[entity["offset"] :][: entity["length"]]) for entity in entities] == [
        ("bot_command", "/book"),
        ("url", "https://a.org"),
        ("code", "/cancel"),
        ("mention", "@somebody"),
    ]


@given(st.text(alphabet="<>/&;=\"'abi 😀\n", max_size=40))
def test_any_text_is_either_parsed_or_refused(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except ApiError:
        return

    assert all(entity["offset"] + entity["length"] <= utf16.length(text) for entity in entities)
