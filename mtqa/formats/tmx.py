"""TMX: the units of a translation memory."""

from __future__ import annotations

from collections.abc import Mapping

from mtqa.config import Settings
from mtqa.formats.extract import Bitext, Extract, Reading, end_placeholder, primary_subtag
from mtqa.formats.plain import Unreadable
from mtqa.formats.xml import XML_LANG, decode_xml, parse_xml

# The element within a text that stands around text; all others hold code of the original format
# (TMX 1.4b, section 3.2: bpt, ept, it, ph, ut, and sub within these).
_TRANSPARENT = "hi"
_PLACEHOLDER = "ph"  # the one of these that may stand for words


def read_tmx(data: bytes, settings: Settings) -> Reading:
    """The units of a TMX file, from its source language into the one other language that it has.

    Which is which may be said by the settings' languages.

    Raises:
        Unreadable: it is no TMX, holds no translation, or the languages are not clear.
    """
    text, encoding, declared = decode_xml(data)
    languages = _Languages()
    parse_xml(text, languages)
    source, target, whole_tags = languages.choose(settings.source_lang, settings.target_lang)
    memory = _Memory(text, source, target, whole_tags=whole_tags)
    parse_xml(text, memory)
    return memory.bitext.reading(
        encoding,
        declared=declared,
        source_lang=primary_subtag(source),
        target_lang=primary_subtag(target),
    )


class _Languages:
    """Takes the languages of a file.

    Attributes:
        source: tag of that of the sources, as the header says.
        tags: those of the texts, in lower case and in order of their first.
        all: their primary subtags.
    """

    def __init__(self) -> None:
        self.source: str | None = None
        self.tags: dict[str, None] = {}
        self.all: dict[str, None] = {}
        self._begun = False

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        """An element begins."""
        if not self._begun and name != "tmx":
            raise Unreadable(
                f"is no TMX: its first element is {name.rpartition(' ')[2][:40]}; name its format "
                "with --input-format"
            )
        self._begun = True
        if name == "header":
            self.source = _tag(attributes.get("srclang"))
        elif name == "tuv":
            tag = _tag_of(attributes)
            lang = primary_subtag(tag)
            if tag and lang:
                self.tags[tag] = self.all[lang] = None

    def end(self, name: str) -> None:
        """An element ends."""

    def characters(self, text: str, start: int, end: int) -> None:
        """Characters."""

    def choose(self, source: str | None, target: str | None) -> tuple[str | None, str, bool]:
        """Source and target language, and whether they are told apart by whole tags only.

        Args:
            source, target: as the user says, if at all.
        """
        if len(self.all) == 1 and len(self.tags) == 2 and self.source in self.tags:
            # Two varieties of one language.
            return self.source, next(tag for tag in self.tags if tag != self.source), True
        source = source or primary_subtag(self.source)
        others = [lang for lang in self.all if lang not in (source, target)]
        listed = ", ".join(self.all) or "none"
        if target is None:
            if len(others) != 1:
                raise Unreadable(
                    f"does not tell which of its languages ({listed}) is the translation's; say so "
                    "with --target-lang"
                )
            return source, others[0], False
        if target not in self.all:
            raise Unreadable(f"holds nothing in {target}; its languages are {listed}")
        if source in self.all:
            return source, target, False
        return (others[0] if len(others) == 1 else None), target, False


class _Memory:
    """Takes the units of a file in two languages.

    Attributes:
        bitext: the units.
    """

    def __init__(
        self, text: str, source: str | None, target: str, *, whole_tags: bool = False
    ) -> None:
        self.bitext = Bitext(text)
        self._whole_tags = whole_tags
        self._of: dict[str, Extract] = {target: self.bitext.translation}
        if source:
            self._of[source] = self.bitext.source
        self._units = 0
        self._id = ""
        self._place = 0
        self._lang: str | None = None
        self._taken: set[str] = set()  # languages that the unit has had
        self._text: Extract | None = None  # where characters go
        self._inline = 0  # elements open in it
        self._skipped = 0  # depth within an element that is passed over
        self._code: list[tuple[str, int, int]] | None = None  # content of a placeholder

    def begin(self, name: str, attributes: Mapping[str, str], place: int) -> None:
        """An element begins."""
        if self._skipped:
            self._skipped += 1
        elif self._text is not None:
            if name == _TRANSPARENT:
                self._inline += 1
            else:
                self._code = [] if name == _PLACEHOLDER else None
                self._skipped = 1
        elif name == "tu":
            self._units += 1
            self._id = attributes.get("tuid") or f"tu {self._units}"
            self._place = place
            self._taken.clear()
        elif name == "tuv":
            tag = _tag_of(attributes)
            self._lang = tag if self._whole_tags else primary_subtag(tag)
        elif name == "seg" and self._lang and self._lang not in self._taken:
            self._text = self._of.get(self._lang)

    def end(self, name: str) -> None:
        """An element ends."""
        if self._skipped:
            self._skipped -= 1
            if self._code is not None and self._text is not None and not self._skipped:
                end_placeholder(self._text, self._code)
                self._code = None
        elif self._inline:
            self._inline -= 1
        elif self._text is not None:
            self._text.settle()
            self._text = None
            if self._lang:
                self._taken.add(self._lang)
        elif name == "tu":
            self.bitext.end_unit(self._place, self._id)

    def characters(self, text: str, start: int, end: int) -> None:
        """Characters; they count if they belong to a text in one of the languages."""
        if self._code is not None:
            self._code.append((text, start, end))
        elif self._text is not None and not self._skipped:
            self._text.put(text, start, end)


def _tag_of(attributes: Mapping[str, str]) -> str | None:
    return _tag(attributes.get(XML_LANG) or attributes.get("lang"))


def _tag(written: str | None) -> str | None:
    return written.strip().lower().replace("_", "-") if written else None
