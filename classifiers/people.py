"""Whether a value reads like a person's name, a user name, a city or an occupation. Each takes a stripped value."""

from __future__ import annotations

import re
from functools import lru_cache

from classifiers.wordlists import fold, parts, word_lists

_WORD = re.compile(r"[^\W\d_]+(?:['’.\-][^\W\d_]+)*\.?")
_USER = re.compile(r"[a-z]+(?:[._\-]?[a-z]+){0,2}[._\-]?\d{0,4}")
_COMPANY = re.compile(r"\b(?:ltd|inc|llc|gmbh|plc|group|sons|and|und|cie|spa|srl|ag|kg|co|corp|ltda|stichting)\b|&")
_folded = lru_cache(maxsize=2048)(fold)


def _capitalised(text: str, least: int, most: int) -> bool:
    """Whether it consists of so many words in capitals, small words like `van` and `de` aside."""
    words = text.split()
    if not least <= len(words) <= most or not all(map(_WORD.fullmatch, words)):
        return False
    return all(word[0].isupper() or word.lower() in word_lists().particles for word in words)


def is_name_like(text: str) -> bool:
    """One to three capitalised words: what a given or a family name may be, among many other things."""
    return _capitalised(text, 1, 3)


def is_given(text: str) -> bool:
    """A common given name, or several joined by a blank or a hyphen."""
    words = parts(_folded(text))
    return 1 <= len(words) <= 3 and words[0] in word_lists().given and is_name_like(text)


def is_family(text: str) -> bool:
    """A common family name, or a word with the ending of one."""
    words = [word for word in parts(_folded(text)) if word not in word_lists().particles]
    if not 1 <= len(words) <= 3 or not is_name_like(text):
        return False
    known = word_lists()
    return any(word in known.family or (len(word) > 5 and word.endswith(known.family_endings)) for word in words)


def is_full_name_like(text: str) -> bool:
    """Two to six capitalised words, maybe with one comma (`Last, First`); no company's."""
    if text.count(",") > 1 or _COMPANY.search(text.lower()):
        return False
    return _capitalised(text.replace(",", " "), 2, 6)


def is_full_name(text: str) -> bool:
    """A name of several words, one of them a common given name, or with a title before it."""
    if not is_full_name_like(text):
        return False
    words = parts(_folded(text))
    return words[0] in word_lists().titles or any(word in word_lists().given for word in words)


def is_city_like(text: str) -> bool:
    """One to five capitalised words."""
    joints = word_lists().city_joints
    words = [word for word in text.replace("-", " ").replace("/", " ").split() if word.lower() not in joints]
    return bool(words) and _capitalised(" ".join(words), 1, 5)


def is_city(text: str) -> bool:
    """A large city, or a name built as those of places are: `Neustadt`, `Porto Alegre do Sul`, `North Fork`."""
    known, folded = word_lists(), _folded(text)
    if folded in known.cities:
        return True
    words = parts(folded)
    if not words or not is_city_like(text):
        return False
    if len(words) > 1 and (words[0] in known.city_openings or any(word in known.city_joints for word in words[1:-1])):
        return True
    return len(words[-1]) > 5 and words[-1].endswith(known.city_endings)


def is_job_like(text: str) -> bool:
    """Letters and a little punctuation, up to eight words."""
    return text.count(" ") < 8 and all(char.isalpha() or char in " ,.-/()&'" for char in text)


def is_job(text: str) -> bool:
    """Has a word for an occupation in it, or a word with the ending of one."""
    known = word_lists()
    return is_job_like(text) and any(
        word in known.jobs or (len(word) > 6 and word.endswith(known.job_endings)) for word in parts(_folded(text))
    )


def is_user_like(text: str) -> bool:
    """Lower-case letters, a dot, a hyphen or a low line between, digits at the end."""
    return 4 <= len(text) <= 30 and _USER.fullmatch(text) is not None


def is_user(text: str) -> bool:
    """Built from a common name: `janedoe7`, `j.kowalski`, `doe_jane`."""
    if not is_user_like(text):
        return False
    bare = text.rstrip("0123456789").rstrip("._-")
    known = word_lists()
    words = re.split(r"[._\-]", bare)
    if "." in bare and len(words[-1]) < 4 and words[-1] not in known.given:
        return False  # a host, a file
    if len(words) == 1:
        ends = [bare[:cut] for cut in range(4, len(bare) - 1)] + [bare[cut:] for cut in range(1, len(bare) - 3)]
        return any(end in known.given or end in known.family for end in ends)
    return any(word in known.given or word in known.family for word in words if len(word) > 3)


def is_member(closed: str, text: str) -> bool:
    """Whether it is one of a closed set of answers (`gender`, `religion` ...); it may be cut after four letters."""
    members, folded = word_lists().closed[closed], _folded(text)
    return folded in members or (len(folded) > 3 and any(member.startswith(folded) for member in members))
