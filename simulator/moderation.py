"""Prompt words that decide a task's fate, so that a manifest can ask for every outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Each word works anywhere in a prompt, in any case of letters."""

    request_moderated: str = "forbidden"
    """The prompt is refused."""
    content_moderated: str = "gore"
    """The image is refused after it was made."""
    hiccup: str = "hiccup"
    """The first submission of each distinct body answers 503."""
    crash: str = "crash-test"
    """The task ends in an error."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a task will end."""

    status: str
    """The terminal status of a poll."""
    details: dict[str, Any] | None = None
    """What a poll says in `details`."""


def mentions(prompt: str, word: str) -> bool:
    """Whether the word is in the prompt; the empty word never is."""
    return word != "" and word.lower() in prompt.lower()


def verdict(prompt: str, words: Words) -> Verdict:
    """The fate that the prompt asks for; the first word of the list wins."""
    if mentions(prompt, words.request_moderated):
        return Verdict("Request Moderated", {"Moderation Reasons": ["Derivative Works Filter"]})
    if mentions(prompt, words.content_moderated):
        return Verdict("Content Moderated", {"Moderation Reasons": ["Violence"]})
    if mentions(prompt, words.crash):
        return Verdict("Error", {"error": "Generation failed"})
    return Verdict("Ready")
