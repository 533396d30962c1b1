"""XLIFF 1.2 and 2.x: units with their source and their translation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mtqa.config import Settings
from mtqa.formats.extract import Bitext, Extract, Mark, Reading, primary_subtag
from mtqa.formats.plain import Unreadable
from mtqa.formats.xml import XML_SPACE, decode_xml, parse_xml
from mtqa.text.document import Segment, Span

_NAMESPACE = "urn:oasis:names:tc:xliff:document:"

# Elements in which units may stand; everything else (notes, headers, matches of a memory) is passed
# over.
_HOLDERS = frozenset({"xliff", "file", "body", "group"})

# Elements that stand around text within a text (1.2: g and mrk, 2.x: pc and mrk); the content of
# all others is code of the original format.
_TRANSPARENT = frozenset({"g", "mrk", "pc"})

# Of these, those that may stand for words (x of 1.2, ph); bpt, ept, it, bx, ex, sc, ec are mark-up.
_PLACEHOLDERS = frozenset({"x", "ph"})

# What says that a placeholder is a line break: ctype of 1.2, subType of 2.x.
_LINE_BREAKS = frozenset({"lb", "xlf:lb"})

# A unit that is no text but the header of a PO file (XLIFF 1.2 Representation Guide for Gettext
# PO, as the Translate Toolkit writes it).
_PO_HEADER = "x-gettext-domain-header"

# States, of 1.2 and 2.x, of what nobody has translated yet; tools put a copy of the source there.
_UNTRANSLATED = frozenset({"new", "needs-translation", "initial"})


def read_xliff(data: bytes, settings: Settings) -> Reading:
    """The units of an XLIFF file, without those that are not to be translated.

    A unit is a paragraph; segments within it (of 2.x, or marked in 1.2) are told apart.

    Raises:
        Unreadable: it is no XLIFF, or holds no translation.
    """
    text, encoding = decode_xml(data)
    xliff = _Xliff(text)
    parse_xml(text, xliff)
    return xliff.bitext.reading(
        encoding, source_lang=xliff.source_lang, target_lang=xliff.target_lang
    )


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
        sources: places of the segments of 1.2 that are marked in its source, by mid.
        translations: places of those marked in its translation.
    """

    place: int
    id: str
    holder: _Holder
    parts: list[_Part] = field(default_factory=list)
    sources: dict[str, Span | None] = field(default_factory=dict)
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
    """

    def __init__(self, text: str) -> None:
        self.bitext = Bitext(text)
        self.source_lang: str | None = None
        self.target_lang: str | None = None
        self._holders: list[_Holder] = []  # elements that are open outside of units
        self._unit: _Unit | None = None
        self._text: Extract | None = None  # where characters go
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
        elif unit is None:
            self._holders.pop()
        elif text is not None and self._inline:
            marked = self._inline.pop()
            if marked:
                mid, mark = marked
                of = unit.sources if text is self.bitext.source else unit.translations
                of[mid] = text.span_since(mark)
        elif text is not None:
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
        if self._text is None or self._skipped:
            return
        if self._preserve or end - start > len(text) + 1:  # a reference is longer than CR LF
            self._text.put(text, start, end)
        else:
            self._text.flow(start, end)

    def _begin_outside(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        outer = self._holders[-1] if self._holders else _Holder(translate=True, preserve=False)
        own = outer.inherit(attributes)
        if name in _HOLDERS:
            self._holders.append(own)
            source = attributes.get("source-language") or attributes.get("srcLang")
            target = attributes.get("target-language") or attributes.get("trgLang")
            self.source_lang = self.source_lang or primary_subtag(source)
            self.target_lang = self.target_lang or primary_subtag(target)
        elif (
            name in ("trans-unit", "unit")
            and own.translate
            and attributes.get("restype") != _PO_HEADER
        ):
            self._unit = _Unit(place, attributes.get("id", ""), own)
            if name == "trans-unit":
                self._unit.parts.append(_Part(place))
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
                text.stand_in()
            self._skipped = 1
        elif name == "mrk" and attributes.get("mtype") == "seg":
            self._inline.append((attributes.get("mid", ""), text.mark()))
        else:
            self._inline.append(None)

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
