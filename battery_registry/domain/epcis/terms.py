"""The words of EPCIS 2.0 and of the Core Business Vocabulary 2.0.

A standard word is written bare; anything else is somebody's own URI. Facts of
GS1's standards: https://ref.gs1.org/cbv and the EPCIS 2.0 JSON schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CONTEXT_URL: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
EPCIS_VERSION: Final = "2.0"
CBV_VERSION: Final = "2.0"

_CBV: Final = "https://ref.gs1.org/cbv/"
_WEB: Final = "https://gs1.org/voc/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """Words of one field.

    Args:
        words: The standard words.
        base: What a bare word is short for, up to the word.
        urn: How EPCIS 1.2 spelled the same; empty where it did not.
    """

    words: frozenset[str]
    base: str
    urn: str = ""

    def iri(self, term: str) -> str:
        """Spell a term in full; a term that is no bare word stays as it is."""
        if term in self.words:
            return self.base + term
        if self.urn and term.startswith(self.urn):
            return self.base + term.removeprefix(self.urn)
        return term

    def bare(self, term: str) -> str:
        """Spell a standard term as its bare word; any other stays as it is."""
        for start in (self.base, self.urn):
            word = term.removeprefix(start) if start else term
            if word in self.words:
                return word
        return term


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BIZ_STEPS: Final = Vocabulary(
    base=f"{_CBV}BizStep-",
    urn="urn:epcglobal:cbv:bizstep:",
    words=_words(
        "accepting arriving assembling collecting commissioning consigning"
        " creating_class_instance cycle_counting decommissioning departing destroying"
        " disassembling dispensing encoding entering_exiting holding inspecting"
        " installing killing loading other packing picking receiving removing"
        " repackaging repairing replacing reserving retail_selling sampling"
        " sensor_reporting shipping staging_outbound stock_taking stocking storing"
        " transporting unloading unpacking void_shipping"
    ),
)
DISPOSITIONS: Final = Vocabulary(
    base=f"{_CBV}Disp-",
    urn="urn:epcglobal:cbv:disp:",
    words=_words(
        "active available completeness_inferred completeness_verified conformant"
        " container_closed container_open damaged destroyed dispensed disposed encoded"
        " expired in_progress in_transit inactive mismatch_class mismatch_instance"
        " mismatch_quantity needs_replacement no_pedigree_match non_conformant"
        " non_sellable_other partially_dispensed recalled reserved retail_sold returned"
        " sellable_accessible sellable_not_accessible stolen unavailable"
        " unknown"
    ),
)
TRANSACTION_TYPES: Final = Vocabulary(
    base=f"{_CBV}BTT-",
    urn="urn:epcglobal:cbv:btt:",
    words=_words(
        "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"
    ),
)
PARTY_TYPES: Final = Vocabulary(
    base=f"{_CBV}SDT-",
    urn="urn:epcglobal:cbv:sdt:",
    words=frozenset({"owning_party", "possessing_party", "location"}),
)
ERROR_REASONS: Final = Vocabulary(
    base=f"{_CBV}ER-",
    urn="urn:epcglobal:cbv:er:",
    words=frozenset({"did_not_occur", "incorrect_data"}),
)
COMPONENTS: Final = Vocabulary(
    base=f"{_CBV}Comp-",
    words=_words(
        "x y z axial_distance azimuth height spherical_radius polar_angle"
        " elevation_angle easting northing latitude longitude altitude"
    ),
)
MEASUREMENTS: Final = Vocabulary(
    base=_WEB,
    words=_words(
        "AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude"
        " AmountOfSubstance AmountOfSubstancePerUnitVolume Angle AngularAcceleration"
        " AngularMomentum AngularVelocity Area Capacitance Conductance Conductivity"
        " Count Density Dimensionless DoseEquivalent DoseEquivalentRate"
        " DynamicViscosity ElectricCharge ElectricCurrent ElectricCurrentDensity"
        " ElectricFieldStrength Energy Exposure Force Frequency Illuminance Inductance"
        " Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux"
        " LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential"
        " Mass MassConcentration MassFlowRate MassPerAreaTime MemoryCapacity"
        " MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux"
        " RadiantIntensity Radioactivity RelativeHumidity Resistance Resistivity"
        " SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature"
        " Time Torque Voltage Volume VolumeFlowRate VolumeFraction VolumetricFlux"
        " Wavenumber"
    ),
)
ALERTS: Final = Vocabulary(
    base=_WEB, words=frozenset({"ALARM_CONDITION", "ERROR_CONDITION"})
)
ACTIONS: Final = frozenset({"ADD", "OBSERVE", "DELETE"})

# Prefixes that GS1's own context defines, so that no document need.
PREFIXES: Final[Mapping[str, str]] = {
    "cbv": _CBV,
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "dcterms": "http://purl.org/dc/terms/",
    "epcis": "https://ref.gs1.org/epcis/",
    "gs1": _WEB,
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
