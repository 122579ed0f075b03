"""What makers declare of their models and batteries for the passports."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.code import PublicCode
from battery_registry.domain.passport_attributes import Aspect
from battery_registry.domain.recalls import plain_name


class DeclarationSubjectError(RegistryError):
    """A declaration is about one battery by its label, or about a maker's model."""

    code: ClassVar[str] = "declaration_subject"


class DeclarationBatteryError(RegistryError):
    """No battery has the label that the declaration names."""

    code: ClassVar[str] = "declaration_battery"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What a declaration is about.

    Args:
        maker: The maker as on the label.
        model: The model as on the label.
        public_code: The label of one battery, without hyphens.

    Raises:
        DeclarationSubjectError: Not either a battery, or a maker and a model.
    """

    maker: str | None = None
    model: str | None = None
    public_code: PublicCode | None = None

    def __post_init__(self) -> None:
        """Refuse what names nothing, or two things."""
        is_model = self.maker is not None and self.model is not None
        has_name = self.maker is not None or self.model is not None
        if has_name == (self.public_code is not None) or has_name != is_model:
            raise DeclarationSubjectError(
                field="code" if self.public_code is not None else "maker"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """What is declared of one aspect; it replaces what was declared of it before.

    Args:
        subject: Of what.
        aspect: Which aspect.
        content: Its attributes as Battery Pass spells them, checked; without
            personal data. Empty withdraws what was declared before.
        source: Where the maker says so: a document, its date or number.
    """

    subject: Subject
    aspect: Aspect
    content: Mapping[str, Any]
    source: str


def name_key(name: str) -> bytes:
    """Hash a maker's or model's name as names are compared; 32 bytes.

    Of one length whatever the name folds to, so that it can be part of a key.
    """
    return hashlib.sha256(plain_name(name).encode()).digest()
