"""Small English word lists for synthetic errors, written for this project.

Each list is cut in two by the words themselves (:func:`split`): one part damages training
translations, the other, never seen in training, those of the evaluation.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable


def split(pairs: Iterable[tuple[str, str]], held_out: bool) -> tuple[tuple[str, str], ...]:
    """The training part (about three quarters) or the held-out part of a list of pairs."""
    return tuple(p for p in pairs if (zlib.crc32(p[0].encode()) % 4 == 0) == held_out)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    out = []
    for item in text.split(","):
        left, right = item.split("/")
        out.append((left.strip(), right.strip()))
    return tuple(out)


ANTONYMS = _pairs("""
increase/decrease, increased/decreased, increases/decreases, increasing/decreasing, rise/fall,
rises/falls, rising/falling, rose/fell, risen/fallen, more/less, most/least, many/few,
higher/lower, highest/lowest, high/low, larger/smaller, largest/smallest, large/small, big/small,
bigger/smaller, long/short, longer/shorter, old/new, older/younger, oldest/youngest, young/old,
early/late, earlier/later, before/after, first/last, good/bad, better/worse, best/worst,
positive/negative, strong/weak, stronger/weaker, strength/weakness, hot/cold, warm/cold, dry/wet,
rich/poor, richer/poorer, public/private, north/south, northern/southern, east/west,
eastern/western, left/right, inside/outside, above/below, over/under, upper/lower, up/down,
open/closed, opened/closed, opens/closes, opening/closing, begin/end, began/ended, beginning/end,
start/end, started/ended, start/stop, win/lose, won/lost, winner/loser, victory/defeat,
victories/defeats, success/failure, successful/unsuccessful, successfully/unsuccessfully,
accept/reject, accepted/rejected, agree/disagree, agreed/refused, allow/forbid, allowed/forbidden,
legal/illegal, possible/impossible, known/unknown, important/unimportant, happy/unhappy, love/hate,
loved/hated, friend/enemy, friends/enemies, peace/war, life/death, alive/dead, born/died,
birth/death, day/night, morning/evening, summer/winter, spring/autumn, easy/difficult,
easily/hardly, simple/complex, fast/slow, quickly/slowly, often/rarely, always/never,
usually/rarely, everyone/nobody, everything/nothing, all/none, some/no, both/neither, with/without,
include/exclude, included/excluded, including/excluding, enter/leave, entered/left,
arrive/leave, arrived/left, arrival/departure, buy/sell, bought/sold, import/export,
imports/exports, true/false, right/wrong, correct/wrong, full/empty, safe/dangerous,
safety/danger, support/oppose, supported/opposed, supports/opposes, supporters/opponents,
attack/defend, attacked/defended, guilty/innocent, innocent/guilty, heavy/light, dark/bright,
black/white, deep/shallow, wide/narrow, near/far, major/minor, maximum/minimum, majority/minority,
modern/ancient, ancient/modern, domestic/foreign, foreign/domestic, internal/external,
remember/forget, remembered/forgot, create/destroy, created/destroyed, build/demolish,
built/demolished, improve/worsen, improved/worsened, profit/loss, profits/losses, gain/loss,
gained/lost, add/remove, added/removed, hide/reveal, hidden/visible, permanent/temporary,
temporary/permanent, popular/unpopular, rare/common, common/rare, similar/different,
same/opposite, different/identical, male/female, female/male, future/past, past/future,
urban/rural, rural/urban, military/civilian, civilian/military, confirmed/denied, confirm/deny,
confirms/denies, praised/criticized, praise/criticize, advantage/disadvantage,
advantages/disadvantages, ally/enemy, allies/enemies, hope/fear, arrested/released,
appointed/dismissed, hired/fired, recent/ancient, complete/incomplete, perfect/imperfect,
natural/artificial, tall/short, thick/thin, push/pull, pushed/pulled, front/back, top/bottom,
beautiful/ugly, clean/dirty, clear/unclear, hard/soft, cheap/expensive, expensive/cheap,
raise/lower, raised/lowered, expand/shrink, expanded/shrank, expansion/contraction,
growth/decline, grew/shrank, grow/shrink, growing/shrinking, optimistic/pessimistic,
formal/informal, direct/indirect, directly/indirectly, innocence/guilt, presence/absence,
present/absent, demand/supply, teacher/student, parents/children, husband/wife, free/imprisoned
""")

SYNONYMS = _pairs("""
big/large, large/big, begin/start, began/started, started/began, help/aid, helped/assisted,
show/demonstrate, shows/demonstrates, showed/demonstrated, however/nevertheless, also/likewise,
important/significant, near/close to, about/around, many/numerous, several/a number of,
often/frequently, frequently/often, quickly/rapidly, rapidly/quickly, buy/purchase,
bought/purchased, end/finish, ended/finished, attempt/try, tried/attempted, because/since,
whole/entire, entire/whole, happen/occur, happened/occurred, occurred/happened, get/obtain,
got/obtained, received/got, needs/requires, requires/needs, need/require, required/needed,
said/stated, stated/said, almost/nearly, nearly/almost, kids/children, while/whereas,
although/though, though/although, until/till, main/principal, principal/main, famous/well-known,
well-known/famous, located/situated, situated/located, construct/build, constructed/built,
built/constructed, later/afterwards, film/movie, movie/film, work/job, road/street, town/city,
area/region, region/area, allow/permit, allowed/permitted, permitted/allowed, used/employed,
use/utilize, uses/utilizes, kind/type, type/kind, various/diverse, different/various,
approximately/roughly, roughly/approximately, primarily/mainly, mainly/primarily, mostly/mainly,
particularly/especially, especially/particularly, additionally/furthermore, therefore/thus,
thus/therefore, enough/sufficient, sufficient/enough, assist/help, fast/quick, quick/fast,
rich/wealthy, wealthy/rich, hard/difficult, difficult/hard, strange/odd, answer/reply,
answered/replied, entirely/completely, completely/entirely, totally/completely, first/initially,
initially/at first, finally/eventually, eventually/finally, sometimes/occasionally,
murdered/killed, present-day/modern, created/made, made/created, choose/select, chosen/selected,
selected/chosen, gave/provided, provides/offers, offers/provides, provided/offered, shut/closed,
sick/ill, ill/sick, error/mistake, mistake/error, injured/wounded, wounded/injured,
declared/announced, announced/declared, battle/fight, tale/story, correct/right, huge/enormous,
enormous/huge, little/small, tiny/very small, people/persons, maybe/perhaps, perhaps/maybe,
inhabitants/residents, residents/inhabitants, citizens/residents, child/kid, instruct/teach,
among/amongst, towards/toward, toward/towards, within/inside, beneath/under, damage/harm,
damaged/harmed, danger/peril, depart/leave, consider/regard, considered/regarded,
regarded/considered, likely/probable, leader/head, goal/objective, objective/goal, aim/goal,
currently/at present, presently/currently, worldwide/around the world, yearly/annually,
annually/every year, concerning/regarding, regarding/concerning, attempted/tried,
reside/live, resides/lives, lives/resides, lived/resided, wrote/penned, vehicle/car
""")

GENDER = _pairs("""
he/she, she/he, him/her, his/her, himself/herself, herself/himself, man/woman, woman/man, men/women,
women/men, boy/girl, girl/boy, boys/girls, girls/boys, father/mother, mother/father, son/daughter,
daughter/son, sons/daughters, daughters/sons, brother/sister, sister/brother, brothers/sisters,
sisters/brothers, husband/wife, wife/husband, king/queen, queen/king, uncle/aunt, aunt/uncle,
actor/actress, actress/actor, prince/princess, princess/prince, mr/mrs, mrs/mr, lady/gentleman,
widow/widower, emperor/empress, empress/emperor, nephew/niece, niece/nephew, monk/nun,
grandfather/grandmother, grandmother/grandfather, male/female, female/male
""")

# The pairs of the evaluation are others, of partly the same words (`mtqa.qe.training.probes`).
UNITS = _pairs("""
decade/century, centuries/decades, decades/centuries, century/millennium,
seconds/hours, feet/inches, foot/metre, inches/feet, acres/square kilometers,
hectares/acres, liters/gallons, litres/barrels, gallons/liters, tons/grams, tonnes/grams,
kilograms/grams, grams/kilograms, kg/g, cm/mm, mm/cm, mph/km, degrees/percent, yen/yuan,
yuan/rubles, rubles/yen, roubles/yen, francs/marks, cents/francs, lei/kroons, rupees/francs,
billion/trillion, trillion/billion, billions/trillions, dozen/hundred, dozens/hundreds,
hundreds/dozens, thousands/tens, tens/thousands, half/third, quarter/half, thirds/quarters,
quarters/thirds, once/twice, twice/once, double/triple, doubled/tripled, halved/tripled,
second/third, third/fourth, fourth/second, fifth/third, sixth/ninth, seventh/fifth, eighth/sixth,
ninth/seventh, tenth/twentieth, hourly/daily, daily/monthly, weekly/yearly, monthly/daily,
yearly/weekly, annual/monthly, square/cubic, single/double
""")

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
DAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())

AUXILIARIES = frozenset(
    "is are was were be been has have had does do did can could will would should may might "
    "must shall am".split()
)

ADVERBS = frozenset(
    "also often usually now then later recently finally probably currently still already soon "
    "sometimes quickly slowly generally originally initially eventually frequently however "
    "therefore typically today yesterday again mainly mostly officially".split()
)

FUNCTION_WORDS = AUXILIARIES | frozenset(
    "the a an of in on at to for from by with and or but as that this these those it its he she "
    "they we you i his her their our my your who which what where when while if than then so "
    "there here into about over under after before between through during up down out off not "
    "no nor only just also very such some any all each other more most".split()
)

CONTRACTIONS = _pairs("""
do not/don't, does not/doesn't, did not/didn't, is not/isn't, are not/aren't, was not/wasn't,
were not/weren't, can not/can't, cannot/can't, will not/won't, would not/wouldn't,
could not/couldn't,
should not/shouldn't, has not/hasn't, have not/haven't, it is/it's, they are/they're, he is/he's,
she is/she's, we are/we're, i am/I'm, you are/you're, it's/it is, don't/do not, doesn't/does not,
didn't/did not, isn't/is not, can't/cannot, won't/will not
""")

NEGATED = {
    "isn't": "is",
    "aren't": "are",
    "wasn't": "was",
    "weren't": "were",
    "don't": "do",
    "doesn't": "does",
    "didn't": "did",
    "hasn't": "has",
    "haven't": "have",
    "hadn't": "had",
    "can't": "can",
    "cannot": "can",
    "couldn't": "could",
    "won't": "will",
    "wouldn't": "would",
    "shouldn't": "should",
    "never": "always",
    "nothing": "everything",
    "nobody": "everybody",
    "none": "all",
    "without": "with",
    "no": "some",
    "neither": "both",
}
