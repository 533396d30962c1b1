"""XLIFF 1.2 and 2.x: units with their source and their translation.

What Trados, memoQ and Phrase add to it is known as far as it says what is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mtqa.config import Settings
from mtqa.formats.extract import (
    Bitext,
    Extract,
    Mark,
    Reading,
    end_placeholder,
    primary_subtag,
)
from mtqa.formats.plain import Unreadable
from mtqa.formats.xml import XML_SPACE, decode_xml, parse_xml
from mtqa.text.document import Segment, Span

_NAMESPACE = "urn:oasis:names:tc:xliff:document:"
_TRADOS = "http://sdl.com/FileTypes/SdlXliff/1.0"
_MEMOQ = "MQXliff"
_PHRASE = "http://www.memsource.com/mxlf/2.0"

# Elements in which units may stand; everything else (notes, headers, matches of a memory) is passed
# over.
_HOLDERS = frozenset({"xliff", "file", "body", "group"})

# Elements that stand around text within a text (1.2: g and mrk, 2.x: pc and mrk); the content of
# all others is code of the original format.
_TRANSPARENT = frozenset({"g", "mrk", "pc"})

# What a reviewer has taken out in Trados, where changes are tracked.
_DELETED = frozenset({"x-sdl-deleted", "x-sdl-feedback-deleted", "x-sdl-feedback-comment"})

# Codes that may stand for words (x of 1.2, ph); bpt, ept, it, bx, ex, sc, ec are mark-up.
_PLACEHOLDERS = frozenset({"x", "ph"})

# What says that a placeholder is a line break: ctype of 1.2, subType of 2.x.
_LINE_BREAKS = frozenset({"lb", "xlf:lb"})

# A unit that is no text but the header of a PO file (XLIFF 1.2 Representation Guide for Gettext
# PO, as the Translate Toolkit writes it).
_PO_HEADER = "x-gettext-domain-header"

# What files with the messages of programs are: datatypes of 1.2 (section 2.3), and endings of the
# originals that Angular, Xcode and others name.
_MESSAGE_TYPES = frozenset(
    "cstring javalistresourcebundle javapropertyresourcebundle menufile messagefile mo msglib po "
    "resources resx winres".split()
)
_MESSAGE_FILES = (
    *("ng2.template", ".arb", ".json", ".po", ".pot", ".properties", ".resx", ".strings"),
    *(".stringsdict", ".xcstrings", ".storyboard", ".xib", ".plist", ".ts"),
)

# States, of 1.2 and 2.x, of what nobody has translated yet; tools put a copy of the source there.
_UNTRANSLATED = frozenset({"new", "needs-translation", "initial"})
# What Trados says of the origin of such a segment.
_NO_ORIGIN = frozenset({"source", "not-translated"})

# Tags as Phrase writes them into the text: one, the first and the last of a pair, by its number or
# the letters of its format (b, i, u, _ and ^).
_PHRASE_TAG = re.compile(
    r"(?P<placeholder>\{(?:[0-9]{1,4}|j)\})|\{(?:[0-9]{1,4}|[biu_^]{1,5})>|<(?:[0-9]{1,4}|[biu_^]{1,5})\}"
)


def read_xliff(data: bytes, settings: Settings) -> Reading:
    """The units of an XLIFF file, without those that are not to be translated.

    A unit is a paragraph; segments within it (of 2.x, or marked in 1.2) are told apart.

    Raises:
        Unreadable: it is no XLIFF, or holds no translation.
    """
    text, encoding, declared = decode_xml(data)
    states = _TradosStates()
    if _TRADOS in text:
        parse_xml(text, states)
    xliff = _Xliff(text, states.untranslated)
    parse_xml(text, xliff)
    return xliff.bitext.reading(
        encoding,
        declared=declared,
        source_lang=xliff.source_lang,
        target_lang=xliff.target_lang,
        messages=xliff.messages,
    )


class _TradosStates:
    """Takes what Trados says of segments, which stands behind them.

    Attributes:
        untranslated: number of the unit, from 1, and mid of those that nobody has translated.
    """

    def __init__(self) -> None:
        self.untranslated: set[tuple[int, str]] = set()
        self._units = 0

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        """An element begins."""
        if name.endswith(" trans-unit"):
            self._units += 1
        elif name == f"{_TRADOS} seg" and (
            "conf" not in attributes or attributes.get("origin") in _NO_ORIGIN
        ):
            self.untranslated.add((self._units, attributes.get("id", "")))

    def end(self, name: str) -> None:
        """An element ends."""

    def characters(self, text: str, start: int, end: int) -> None:
        """Characters."""


class _Holder(NamedTuple):
    """What an element says of the units in it.

    Attributes:
        translate: they are to be translated.
        preserve: white space in them counts; if not, it may come from the layout of the file.
    """

    translate: bool
    preserve: bool

    def inherit(self, attributes: Mapping[str, str]) -> _Holder:
        """What an element within it says."""
        translate = {"yes": True, "no": False}.get(attributes.get("translate", ""))
        preserve = {"preserve": True, "default": False}.get(attributes.get(XML_SPACE, ""))
        return _Holder(
            self.translate if translate is None else translate,
            self.preserve if preserve is None else preserve,
        )


@dataclass(slots=True)
class _Part:
    """A segment of a unit of 2.x, or all of a unit of 1.2.

    Attributes:
        place: where in the file it begins.
        id: what the file calls it, within its unit; empty: nothing.
        state: of its translation.
        ignorable: it is what stands between two segments.
        source: place of its source.
        source_text: its source.
        translation: place of its translation.
        has_target: the file has an element for its translation.
    """

    place: int
    id: str = ""
    state: str = ""
    ignorable: bool = False
    source: Span | None = None
    source_text: str = ""
    translation: Span | None = None
    has_target: bool = False


@dataclass(slots=True)
class _Unit:
    """A unit.

    Attributes:
        place: where in the file it begins.
        id: what the file calls it.
        holder: what holds for it.
        parts: its parts so far.
        number: of all units of the file, from 1.
        sources: places of the segments of 1.2 that are marked in its source, by mid.
        source_texts: what stands there.
        translations: places of those marked in its translation.
    """

    place: int
    id: str
    holder: _Holder
    number: int
    parts: list[_Part] = field(default_factory=list)
    sources: dict[str, Span | None] = field(default_factory=dict)
    source_texts: dict[str, str] = field(default_factory=dict)
    translations: dict[str, Span | None] = field(default_factory=dict)

    def end(self, bitext: Bitext) -> None:
        """Put it among the units of the file."""
        parts = [part for part in self.parts if not part.ignorable]
        if self.sources and self.translations:
            mids = list(dict.fromkeys([*self.translations, *self.sources]))
            pairs = [Segment(self.translations.get(mid), self.sources.get(mid)) for mid in mids]
            bitext.end_unit_of_parts(
                [
                    (pair, self.place, f"{self.id}/{mid}")
                    for pair, mid in zip(pairs, mids, strict=True)
                ]
            )
        elif len(parts) > 1:
            bitext.end_unit_of_parts(
                [
                    (
                        Segment(part.translation, part.source),
                        part.place,
                        f"{self.id}/{part.id or number}",
                    )
                    for number, part in enumerate(parts, 1)
                ]
            )
        else:
            bitext.end_unit(self.place, self.id)


class _Xliff:
    """Takes the events of a file.

    Attributes:
        bitext: the units.
        source_lang: language of the sources, as the file says.
        target_lang: language of the translations, as the file says.
        messages: all originals are files with messages of programs.

    Args:
        text: the file.
        untranslated: as in `_TradosStates`.
    """

    def __init__(self, text: str, untranslated: set[tuple[int, str]]) -> None:
        self.bitext = Bitext(text)
        self._untranslated = untranslated
        self.source_lang: str | None = None
        self.target_lang: str | None = None
        self.messages = True
        self._holders: list[_Holder] = []  # elements that are open outside of units
        self._units = 0
        self._unit: _Unit | None = None
        self._text: Extract | None = None  # where characters go
        # Characters that may hold tags of Phrase, with their places; None: it is none of Phrase.
        self._waiting: list[tuple[str, int, int]] | None = None
        self._code: list[tuple[str, int, int]] | None = None  # content of a placeholder
        self._preserve = False  # whether white space in it counts
        self._mark = Mark(0, 0, 0)  # where the text began in it
        self._inline: list[tuple[str, Mark] | None] = []  # open elements; mid of a marked segment
        self._skipped = 0  # depth within an element that is passed over

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        """An element begins."""
        namespace, _, name = name.rpartition(" ")
        if not self._holders and (
            name != "xliff" or (namespace and not namespace.startswith(_NAMESPACE))
        ):
            raise Unreadable(
                f"is no XLIFF: its first element is {name[:40]}; "
                "name its format with --input-format"
            )
        if self._skipped or (namespace and not namespace.startswith(_NAMESPACE)):
            self._skipped += 1
        elif self._text is not None:
            self._take_waiting(self._text)
            self._begin_inline(self._text, name, attributes)
        elif self._unit is not None:
            self._begin_in_unit(self._unit, name, attributes, place)
        else:
            self._begin_outside(name, attributes, place)

    def end(self, name: str) -> None:
        """An element ends."""
        name = name.rpartition(" ")[2]
        unit, text = self._unit, self._text
        if self._skipped:
            self._skipped -= 1
            if text is not None and self._code is not None and not self._skipped:
                end_placeholder(text, self._code)
                self._code = None
        elif unit is None:
            self._holders.pop()
        elif text is not None and self._inline:
            self._take_waiting(text)
            marked = self._inline.pop()
            if marked:
                self._end_marked(unit, text, *marked)
        elif text is not None:
            self._take_waiting(text)
            self._end_text(unit, text)
        elif name in ("segment", "ignorable"):
            part = unit.parts[-1]
            if part.ignorable and not part.has_target:
                self.bitext.translation.space()
        else:
            unit.end(self.bitext)
            self._unit = None

    def characters(self, text: str, start: int, end: int) -> None:
        """Characters; they count if they belong to a text."""
        if self._code is not None:
            self._code.append((text, start, end))
        if self._text is None or self._skipped:
            return
        if self._waiting is None:
            self._take(self._text, text, start, end)
        else:
            self._waiting.append((text, start, end))

    def _take(self, extract: Extract, text: str, start: int, end: int) -> None:
        if self._preserve or end - start > len(text) + 1:  # a reference is longer than CR LF
            extract.put(text, start, end)
        else:
            extract.flow(start, end)

    def _take_waiting(self, extract: Extract) -> None:
        """Take the characters that wait, but for tags of Phrase."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        tags = list(_PHRASE_TAG.finditer("".join(text for text, _, _ in waiting)))
        at = 0  # in all of the text
        number = 0  # of tags that have ended
        for text, start, end in waiting:
            done = 0  # characters of this part
            while number < len(tags) and tags[number].start() < at + len(text):
                tag = tags[number]
                before = max(0, tag.start() - at)
                if done < before:
                    self._take(extract, text[done:before], start + done, start + before)
                done = min(len(text), tag.end() - at)
                if tag.end() > at + len(text):
                    break
                if tag["placeholder"]:
                    extract.stand_in()
                number += 1
            if not done:
                self._take(extract, text, start, end)
            elif done < len(text):
                self._take(extract, text[done:], start + done, end)
            at += len(text)

    def _begin_outside(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        outer = self._holders[-1] if self._holders else _Holder(translate=True, preserve=False)
        own = outer.inherit(attributes)
        if name == "trans-unit":
            self._units += 1
        if name in _HOLDERS:
            self._holders.append(own)
            if name == "file":
                original = attributes.get("original", "").lower()
                self.messages &= original.endswith(_MESSAGE_FILES) or (
                    attributes.get("datatype", "").lower() in _MESSAGE_TYPES
                )
            if f"{_PHRASE} version" in attributes or f"{_PHRASE} task-id" in attributes:
                self._waiting = []
            source = attributes.get("source-language") or attributes.get("srcLang")
            target = attributes.get("target-language") or attributes.get("trgLang")
            self.source_lang = self.source_lang or primary_subtag(source)
            self.target_lang = self.target_lang or primary_subtag(target)
        elif (
            name in ("trans-unit", "unit")
            and own.translate
            and attributes.get("restype") != _PO_HEADER
        ):
            self._unit = _Unit(place, attributes.get("id", ""), own, self._units)
            if name == "trans-unit":
                self._unit.parts.append(_Part(place, state=_state_of_unit(attributes)))
        else:
            self._skipped = 1

    def _begin_in_unit(
        self, unit: _Unit, name: str, attributes: Mapping[str, str], place: int
    ) -> None:
        if name in ("segment", "ignorable"):
            for extract in (self.bitext.source, self.bitext.translation):
                extract.part_space()
            unit.parts.append(
                _Part(
                    place,
                    attributes.get("id", ""),
                    attributes.get("state", ""),
                    ignorable=name == "ignorable",
                )
            )
        elif name in ("source", "seg-source") and unit.parts:
            self._text = self.bitext.source
            self._preserve = unit.holder.inherit(attributes).preserve
            if name == "seg-source":  # the source once more, with its segments marked
                self._text.open()
            self._mark = self._text.mark()
        elif name == "target" and unit.parts:
            unit.parts[-1].has_target = True
            unit.parts[-1].state = attributes.get("state", unit.parts[-1].state)
            self._text = self.bitext.translation
            self._preserve = unit.holder.inherit(attributes).preserve
            self._mark = self._text.mark()
        else:
            self._skipped = 1

    def _begin_inline(self, text: Extract, name: str, attributes: Mapping[str, str]) -> None:
        if name not in _TRANSPARENT:
            if _LINE_BREAKS & {attributes.get("ctype"), attributes.get("subType")}:
                text.break_line()
            elif name in _PLACEHOLDERS:
                self._code = []
            self._skipped = 1
        elif attributes.get("mtype") in _DELETED:
            self._skipped = 1
        elif name == "mrk" and attributes.get("mtype") == "seg":
            self._inline.append((attributes.get("mid", ""), text.mark()))
        else:
            self._inline.append(None)

    def _end_marked(self, unit: _Unit, text: Extract, mid: str, mark: Mark) -> None:
        written = text.since(mark)
        if text is self.bitext.source:
            unit.sources[mid] = text.span_since(mark)
            unit.source_texts[mid] = written
            return
        is_copy = written.strip() == unit.source_texts.get(mid, "").strip()
        if is_copy and (unit.number, mid) in self._untranslated:
            text.drop(mark)
        unit.translations[mid] = text.span_since(mark)

    def _end_text(self, unit: _Unit, text: Extract) -> None:
        part = unit.parts[-1]
        text.settle()
        written = text.since(self._mark)
        if text is self.bitext.source:
            part.source, part.source_text = text.span_since(self._mark), written
        elif part.state in _UNTRANSLATED and written.strip() == part.source_text.strip():
            text.drop(self._mark)
            unit.translations.clear()
        else:
            part.translation = text.span_since(self._mark)
        self._text = None


def _state_of_unit(attributes: Mapping[str, str]) -> str:
    """The state of a unit, where memoQ and Phrase say that nobody has translated it."""
    origin = attributes.get(f"{_PHRASE} trans-origin")
    is_new = attributes.get(f"{_MEMOQ} status") == "NotStarted" or (
        attributes.get(f"{_PHRASE} confirmed") == "0" and origin in (None, "", "null")
    )
    return "new" if is_new else ""
