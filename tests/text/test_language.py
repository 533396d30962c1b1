"""Facts about the language of a text."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mtqa.text.language import confidences, detect_language, function_words

NEWS = {
    "en": "The council said on Tuesday that the bridge will be closed for at least two weeks, as "
    "engineers have found cracks in one of its pillars.",
    "de": "Der Stadtrat teilte am Dienstag mit, dass die Brücke für mindestens zwei Wochen "
    "gesperrt wird, weil Ingenieure Risse in einem der Pfeiler gefunden haben.",
    "fr": "Le conseil municipal a annoncé mardi que le pont sera fermé pendant au moins deux "
    "semaines, car des ingénieurs ont trouvé des fissures dans l’un de ses piliers.",
    "es": "El ayuntamiento anunció el martes que el puente permanecerá cerrado al menos dos "
    "semanas, porque los ingenieros han encontrado grietas en uno de sus pilares.",
    "ru": "Городской совет сообщил во вторник, что мост будет закрыт как минимум на две недели, "
    "так как инженеры нашли трещины в одной из опор.",
    "uk": "Міська рада повідомила у вівторок, що міст буде закрито щонайменше на два тижні, бо "
    "інженери знайшли тріщини в одній з опор.",
    "ar": "أعلن المجلس البلدي يوم الثلاثاء أن الجسر سيغلق لمدة أسبوعين على الأقل بعد أن عثر "
    "المهندسون على شقوق في إحدى دعائمه.",
    "he": "העירייה הודיעה ביום שלישי כי הגשר ייסגר לשבועיים לפחות.",
    "hi": "नगर परिषद ने मंगलवार को कहा कि पुल कम से कम दो सप्ताह के लिए बंद रहेगा।",
    "zh": "市议会周二表示，由于工程师在一根桥墩上发现裂缝，大桥将至少关闭两周。",
    "ja": "市議会は火曜日、技術者が橋脚にひびを見つけたため、橋を少なくとも二週間閉鎖すると発表した。",
    "th": "สภาเมืองกล่าวเมื่อวันอังคารว่าสะพานจะปิดอย่างน้อยสองสัปดาห์",
    "ko": "시의회는 화요일 다리를 최소 2주 동안 폐쇄한다고 밝혔다.",
    "el": "Το δημοτικό συμβούλιο ανακοίνωσε την Τρίτη ότι η γέφυρα θα κλείσει.",
}


@pytest.mark.parametrize("lang", NEWS)
def test_a_sentence_of_news_is_known_by_its_language(lang: str) -> None:
    assert detect_language(NEWS[lang]) == lang


@pytest.mark.parametrize("text", ["", "   ", "12.5 % – 14", "…"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    assert detect_language(text) == "und"


def test_names_of_another_script_do_not_decide() -> None:
    assert detect_language(NEWS["en"] + " (Городской совет)") == "en"
    assert detect_language(NEWS["zh"] + " BBC, AFP, Reuters") == "zh"


def test_a_long_text_is_judged_from_all_over_it() -> None:
    assert detect_language(NEWS["fr"] + "\n" + (NEWS["en"] + "\n") * 2000) == "en"


def test_a_page_of_clear_prose_needs_no_lingua() -> None:
    code = (
        "import sys; from mtqa.text.language import detect_language;"
        f"assert detect_language({NEWS['en']!r}) == 'en'; assert 'lingua' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_lingua_names_the_language_of_a_sentence() -> None:
    lang, confidence = next(iter(confidences(NEWS["de"]).items()))
    assert lang == "de"
    assert confidence > 0.9


def test_function_words_of_an_unknown_language_are_none() -> None:
    assert "the" in function_words("en")
    assert not function_words("xx")
