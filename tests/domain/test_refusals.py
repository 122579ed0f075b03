import importlib
import pkgutil

from battery_registry import domain
from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.custody import WrongPartyError


def all_refusals() -> list[type[RegistryError]]:
    for module in pkgutil.iter_modules(domain.__path__):
        importlib.import_module(f"{domain.__name__}.{module.name}")
    return [
        refusal
        for refusal in RegistryError.__subclasses__()
        if refusal.__module__.startswith(domain.__name__)
    ]


def test_every_refusal_has_a_code_of_its_own_and_ends_in_error() -> None:
    refusals = all_refusals()
    codes = [refusal.code for refusal in refusals]
    assert len(refusals) > 10
    assert len(set(codes)) == len(codes)
    assert RegistryError.code not in codes
    for refusal in refusals:
        assert refusal.__name__.endswith("Error")
        assert refusal.code.isascii()
        assert refusal.code.replace("_", "a").islower()
        assert isinstance(refusal.kind, Kind)


def test_a_refusal_tells_the_log_its_code_and_what_it_knows() -> None:
    assert str(WrongPartyError()) == "custody_wrong_party"
    assert str(WrongPartyError(field="giver", to_state="isolated")) == (
        "custody_wrong_party {'field': 'giver', 'to_state': 'isolated'}"
    )
