"""What a rule set says to people, in Chinese and English."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A sentence in both languages."""

    zh: str
    en: str

    def format(self, **places: object) -> "Text":
        """The sentence with its places filled in."""
        return Text(zh=self.zh.format(**places), en=self.en.format(**places))


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """One thing said to residents, without figures, and to inspectors, with them."""

    why: Text
    inspector: Text
