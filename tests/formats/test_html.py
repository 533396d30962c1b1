"""HTML: what of a page is its article, and where it stands."""

from __future__ import annotations

import codecs
import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from mtqa.formats.plain import Unreadable
from tests.formats.readings import found, paragraphs, read


def shown(body: str) -> list[str]:
    return paragraphs(read("html", body))


def test_blocks_are_paragraphs_and_inline_elements_are_transparent() -> None:
    body = "<h1>Fire in <i>Split</i></h1><p>He <b>ca</b>me.</p>She left.<ul><li>One<li>Two</ul>"
    assert shown(body) == ["Fire in Split", "He came.", "She left.", "One", "Two"]


def test_white_space_collapses_as_on_the_screen() -> None:
    assert shown("<p>\n  He <b> came </b>\n\tat\n noon. </p>\n") == ["He came at noon."]
    assert shown("<p>5&nbsp;km</p><p>a&#32; b</p>") == ["5\u00a0km", "a b"]


def test_references_are_read_and_soft_hyphens_are_not() -> None:
    reading = read(
        "html", "<p>&ldquo;R&amp;D&#8217;s <b>aim&quot;</b> un&shy;der&lt;5&copy &x; &</p>"
    )
    assert reading.text == '“R&D’s aim" under<5© &x; &'
    assert found(reading, 'D’s aim"') == "D&#8217;s <b>aim&quot;"
    assert found(reading, "under") == "un&shy;der"


def test_a_line_break_goes_on_in_the_paragraph_and_two_end_it() -> None:
    assert shown("<p>Port of<br>Split<br> <br/>It rained.</p>") == ["Port of\nSplit", "It rained."]


def test_preformatted_lines_are_those_of_plain_text() -> None:
    assert shown("<pre>\nOne  line.\nTwo.\n</pre>") == ["One  line.", "Two."]
    assert shown("<p>Run it:</p><pre><code>x = 1</code></pre>") == ["Run it:"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>if (a < b) document.write('<p>no</p>')</script>",
        "<style>p { color: red }</style>",
        "<!-- no -- > <p>no --><!-->",
        "<nav><ul><li>Home<li>News</ul></nav>",
        "<aside><p>Related</p></aside>",
        "<footer>(c) 2024</footer>",
        '<p hidden>no<p class="x" hidden>no',
        '<span class="sr-only">no <span>no</span></span>',
        '<span aria-hidden="true">no</span>',
        "<div style='display: none'><p>no</div>",
        "<button>Share</button>",
        "<svg><title>no</title><text>no</text><script/></svg>",
        "<noscript><p>no</p></noscript>",
        "<template><p>no</p></template>",
        "<textarea><p>no</textarea>",
        "<select><option>no<option>no</select>",
        "<figure><img alt='no'><figcaption>no</figcaption></figure>",
        '<div role="navigation">no</div>',
        "<?php no ?>",
        "<![CDATA[no]]>",
    ],
)
def test_what_is_not_shown_or_not_of_the_article_is_left_out(hidden: str) -> None:
    assert "".join(shown(f"<body><p>He came.</p>{hidden}<p>She left.</p>")) == "He came.She left."


def test_what_stands_outside_the_article_is_left_out() -> None:
    page = "<header>Daily</header>{}<div>Read more</div>"
    article = "<article><header><h1>Fire</h1></header><p>It rained.</p></article>"
    assert shown(page.format(article)) == ["Fire", "It rained."]
    assert shown(page.format(f"<main>{article}<p>Tags</p></main>")) == ["Fire", "It rained."]
    assert shown(page.format("<main><p>It rained.</p></main>")) == ["It rained."]
    assert shown(page.format("<article></article>")) == ["Daily", "Read more"]


PROSE = [
    "The ferry to Vis lay in the harbour for nine hours on Friday, because nobody on board had "
    "the papers that the harbour master had asked for.",
    "Passengers slept on deck, and the crew handed out water and bread. In the evening a pilot "
    "from Split brought the papers in his own boat, and the ferry sailed at midnight.",
    "The company said that it would pay back all the tickets. The harbour master, who had been "
    "asked for a comment, did not want to say anything about the matter before Monday.",
    "It was the third time within a year that a ferry did not leave the harbour, and the second "
    "time for the same reason, as the mayor of the island said.",
]
TEASER = "<p>{} in Zadar was shut for the whole of August, and the fishermen are asking why.</p>"
MENU = "<ul><li><a href='/'>Home</a><li><a href='/world'>World</a><li><a href='/t'>Travel</a></ul>"


LIST = "<dl>" + "<dt>Ctrl+S<dd>Save the translation" * 40 + "</dl>"


def article(title: str = "<h1>No papers, no ferry</h1>") -> str:
    return title + "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)


@pytest.mark.parametrize(
    "page",
    [
        # Pages as they were made before HTML had elements for it, and as systems write them now.
        f"<div id='top'>{MENU}</div><div id='left'>{article()}</div><div>{MENU}</div>",
        f"<table><tr><td>{MENU}<td>{article()}<td class='sidebar'><p>Weather: rain</table>",
        f"<div>{MENU}<div>{article()}</div><div class='box'>{TEASER.format('A pier')}</div></div>",
        f"<div>{MENU}<h1>No papers, no ferry</h1><div>{article('')}</div></div>",
        # Teasers of other articles, and comments, are `article` elements, too.
        f"<article>{article()}<div id='comments'><article>{TEASER.format('No! A pier')}</article>"
        f"</div></article><article>{TEASER.format('A road')}</article>",
        f"<main>{MENU}<div>{article()}</div><div class='related-posts'>"
        f"<article>{TEASER.format('A road')}</article><article>{TEASER.format('A pier')}</article>"
        "</div></main>",
        f"<h1>No papers, no ferry</h1><article>{article('')}</article><p>Follow us</p>",
        f"<h1>Adria Daily</h1><article>{article()}</article><p>Follow us</p>",
    ],
)
def test_of_a_page_the_article_is_read_and_nothing_else(page: str) -> None:
    assert shown(f"<body>{page}</body>") == ["No papers, no ferry", *PROSE]


@pytest.mark.parametrize(
    "furniture",
    [
        '<div class="cookie-consent"><p>We value your privacy.</p></div>',
        '<div id="comments"><p>First!</p></div>',
        '<div class="SocialShare"><span>Share this</span></div>',
        '<ul class="breadcrumbs"><li>Home</li><li>World</li></ul>',
        '<div><h3>More on this</h3><a href="/1">A pier is shut</a> <a href="/2">A road</a></div>',
        f"<div>{MENU}</div>",
    ],
)
def test_furniture_of_a_page_is_left_out_within_the_article_too(furniture: str) -> None:
    body = "<article><p>He came.</p>{}<p>She left.</p></article>"
    assert shown(body.format(furniture)) == ["He came.", "She left."]


@pytest.mark.parametrize(
    "page",
    [
        # A text without navigation is read whole, wherever most of its prose stands.
        f"<h1>Report</h1><div>{article('')}</div><ul><li>Nine hours<li>Three times</ul>",
        # A page of lists, with a note in prose, and a box beside the text.
        f"<div>{LIST}<div>{LIST}</div><div>{article()}</div><ul class='menu'></ul></div>",
        f"<p>{PROSE[0]}</p><div class='sidebar'><p>{PROSE[1]}</p></div><p>{PROSE[2]}</p>",
        # Names say nothing of what most of the prose stands in, nor beside words for the article.
        f'<div class="page with-sidebar">{article()}</div><p>Ends.</p>',
        f'<div class="footer">{article()}</div>',
        '<p>He came.</p><div class="comment-text"><p>She left.</p></div>',
        # Links within sentences, and a line that is a link, are no menu.
        '<p>He <a href="/">came from the island of Vis</a>.</p><p><a href="/">She left.</a></p>',
        '<header><h1><a href="/1">He came.</a></h1></header><p>She left.</p>',
        '<div><a name="top">He came.</a></div><p>She left.</p>',
        # All of it seems to be furniture.
        f"<div class='comments'>{MENU}</div>",
    ],
)
def test_no_text_is_lost_that_may_be_the_article(page: str) -> None:
    assert "\n".join(shown(page)) == "\n".join(
        filter(None, (line.strip() for line in re.sub("<[^>]+>+", "\n", page).split("\n")))
    ).replace("He\ncame from the island of Vis\n.", "He came from the island of Vis.")


def test_a_page_in_chinese_is_read_alike() -> None:
    prose = [
        "周五，前往维斯岛的渡轮在港口停泊了九个小时，因为船上没有人持有港务长要求的文件。" * 2
    ] * 4
    body = "".join(f"<p>{number}{paragraph}</p>" for number, paragraph in enumerate(prose))
    page = f"<div>{MENU}</div><div>{body}</div><div><p>热门文章</p></div>"
    assert shown(page) == [f"{number}{paragraph}" for number, paragraph in enumerate(prose)]


@pytest.mark.parametrize(
    ("soup", "text"),
    [
        ("<p>one<p>two</p></p>three", ["one", "two", "three"]),
        ("<p>a < b<p>a <3 b", ["a < b", "a <3 b"]),
        ("<p>one</ p>two</>three", ["onetwothree"]),
        ('<p title="a > b">one<p title=a"b>two', ["one", "two"]),
        ("<p>one<a href='x>two</p>", ["one"]),
        ("<p>one<!-- two", ["one"]),
        ("<p>one<script>two", ["one"]),
        ("<nav>one</div>two</nav>three", ["three"]),
        ("<div><nav>one</div>two", ["two"]),
        ("<span hidden>one<p>two</span>three", ["three"]),
        ("<div><span hidden>one</div>two", ["two"]),
        ("one</br>two", ["one\ntwo"]),
    ],
)
def test_tag_soup_is_read_as_browsers_read_it(soup: str, text: list[str]) -> None:
    assert shown(soup) == text


@pytest.mark.parametrize(
    "ruby",
    [
        "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>",
        "<ruby>漢<rt>かん</ruby><ruby>字<rt lang=ja><b>じ</b></ruby>",
        "<ruby><rb>漢<rb>字<rt>かん<rt>じ<rtc><rt>x</rt></rtc></ruby>",
    ],
)
def test_what_helps_to_read_a_word_is_no_text(ruby: str) -> None:
    assert shown(f"<p>この{ruby}を読む。</p>") == ["この漢字を読む。"]


@pytest.mark.parametrize(
    "page",
    [
        "The port  <b>was</b>",
        "The port<i>   </i>was",
        "  The<b>  port </b> was  ",
        "The\tport\n<b>\nwas",
    ],
)
def test_white_space_collapses_across_tags(page: str) -> None:
    reading = read("html", f"<p>{page}</p>")
    assert reading.text == "The port was"
    assert found(reading, "was") == "was"


@pytest.mark.parametrize(
    "declaration",
    [
        '<meta charset="windows-1251">',
        "<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=windows-1251'>",
        '<?xml version="1.0" encoding="windows-1251"?>',
    ],
)
def test_a_page_is_in_the_encoding_that_it_says(declaration: str) -> None:
    reading = read("html", f"{declaration}<p>Пожар в порту.</p>", encoding="cp1251")
    assert (reading.text, reading.encoding) == ("Пожар в порту.", "cp1251")


LATIN = "The café’s owner – “Żółć”? No: déjà vu, he said in the Señor’s naïve château."


@pytest.mark.parametrize("label", ["iso-8859-1", "ISO8859-1", "latin1", "us-ascii", "x-cp1252"])
def test_latin_1_is_windows_1252_as_in_browsers(label: str) -> None:
    page = f"<meta charset={label}><p>The café’s – “best” €</p>".encode("cp1252")
    reading = read("html", page)
    assert (reading.text, reading.encoding, reading.declared) == (
        "The café’s – “best” €",
        "cp1252",
        None,
    )


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "utf-16", "unicode", "utf-9"])
def test_a_declaration_that_cannot_be_true_of_utf_8_is_set_aside(label: str) -> None:
    reading = read("html", f"<meta charset={label}><p>{LATIN}</p>")
    assert (reading.text, reading.encoding, reading.declared) == (LATIN, "utf-8", label)


def test_what_says_that_it_is_utf_8_and_is_another_encoding_is_told_by_its_bytes() -> None:
    text = "Пожар в порту Сплита потушен, сообщил вчера начальник порта."
    reading = read("html", f"<meta charset=utf-8><p>{text}</p>", encoding="cp1251")
    assert (reading.text, reading.declared) == (text, "utf-8")
    assert codecs.lookup(reading.encoding).name == "cp1251"


def test_utf_8_with_a_broken_character_is_refused() -> None:
    page = f"<meta charset=utf-8><p>{LATIN}</p>".encode().replace("é".encode(), b"\xc3", 1)
    with pytest.raises(Unreadable, match="is UTF-8 but for byte 0xC3 at byte 30"):
        read("html", page)


def test_an_encoding_whose_bytes_these_are_not_is_refused() -> None:
    page = "<meta charset=euc-jp><p>火事</p>".encode("euc_jp") + b"\xff"
    with pytest.raises(Unreadable, match="says that it is euc-jp but has bytes that are none"):
        read("html", page)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!-- <meta charset="koi8-r"> --><meta charset="windows-1251">',
        "<!-- " + "licence " * 500 + '--><meta charset="windows-1251">',
        '<style>p{color:red}</style><meta charset=windows-1251><body><meta charset="koi8-r">',
    ],
)
def test_the_declaration_of_a_page_stands_anywhere_in_its_head(declaration: str) -> None:
    reading = read("html", f"{declaration}<p>Пожар</p>", encoding="cp1251")
    assert (reading.text, reading.encoding) == ("Пожар", "cp1251")


@pytest.mark.parametrize("content", ["<p></p>", "<script>x</script>", "<nav>Home</nav>"])
def test_a_page_that_shows_nothing_is_refused(content: str) -> None:
    with pytest.raises(Unreadable, match="holds no text to check"):
        read("html", content)


# Elements that a browser's tree leaves in their order (tables move what stands wrongly in them).
TAGS = st.sampled_from("p div b i span li ul h1 a em blockquote".split())
PIECES = st.one_of(
    TAGS.map("<{}>".format),
    TAGS.map("</{}>".format),
    st.sampled_from(
        "one two &amp; &lt &copyx; &#65; &nope; & < > <3 </ <!-- --> <!x> <? >".split()
    ),
    st.sampled_from(
        ['<i title="x>y" b=c>', "<a b='<p>'>", "<script>a<b</script>", "<style></stylex></style>"]
    ),
    st.sampled_from(["<br>", "<img/>", "<title>t</title>", "<a b=c/d e>", "<a / b = 'c'>", "\n  "]),
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_soup_has_the_text_that_a_browser_shows(soup: str) -> None:
    body = LexborHTMLParser("<body>" + soup).body
    assert body is not None
    for element in body.css("script, style, title"):
        element.decompose()
    expected = re.sub(r"\s", "", body.text(strip=False))
    try:
        own = re.sub(r"\s", "", read("html", "<body>" + soup).text)
    except Unreadable:
        own = ""
    assert own == expected


@pytest.mark.parametrize(
    "piece",
    [
        *("<div>", "<b>", "</b>", "<nav>", "</", "<", "<!--", "<!", "<a b='", "<a b=", "<a ", "&"),
        *(
            "<script>",
            "<script></",
            "&#",
            "<p hidden>",
            "<span hidden>",
            " ",
            "<br>",
            "<svg/>",
            "<li>",
        ),
    ],
)
def test_any_repeated_piece_is_read_in_linear_time(piece: str) -> None:
    start = time.process_time()
    with suppress(Unreadable):
        read("html", "<p>It rained.</p>" + piece * (400_000 // len(piece)))
    assert time.process_time() - start < 20  # what takes longest takes 2
