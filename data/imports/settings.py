"""Settings as rows: every number of policy and own costs by name, with its unit beside it.

A value carries its unit (``45 min``, ``15 %``, ``£12.71``), so that no number is read in the
wrong one.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any

from data.imports.cells import find_choice
from data.imports.clocks import read_date
from data.imports.columns import CellKind, Column, Warn, build_fault
from data.inputs import Inputs
from data.money import OwnCosts, PayRate
from data.places import Nation
from data.policy import Policy
from data.units import MM_PER_MILE


class SettingKind(StrEnum):
    """Unit of a setting."""

    TEXT = "text"
    DATE = "date"
    YES_NO = "yes or no"
    NATION = "england, wales, scotland or northern_ireland"
    TIME = "min, s or h"
    DISTANCE = "m, km or miles"
    SPEED = "km/h or mph"
    PENCE = "£"
    RATE = "£ to 0.001 pence"
    SHARE = "%"
    COUNT = "whole number"
    MINUTES = "hours a year"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSpec:
    """One setting: where it goes and how it reads.

    Attributes
    ----------
    section
        ``inputs``, ``policy``, ``own``, ``driver`` or ``assistant``.
    attribute
        Attribute of the type the section stands for.
    """

    name: str
    section: str
    attribute: str
    kind: SettingKind
    default: Any = None
    is_required: bool = False
    about: str = ""


_GENERAL = (
    ("place", SettingKind.TEXT, "Short name of the working place, e.g. southend."),
    ("title", SettingKind.TEXT, "Title shown on every output."),
    ("service_date", SettingKind.DATE, "Date that a single-day plan shows."),
    ("year_from", SettingKind.DATE, "First date of the year a year's cost sums over."),
    ("year_to", SettingKind.DATE, "Last date of that year."),
    ("nation", SettingKind.NATION, "Whose bank holidays hold."),
    ("is_synthetic", SettingKind.YES_NO, "Whether the people are made up."),
    ("attribution", SettingKind.TEXT, "Line to show about the data; may stand several times."),
)
_ABOUT = {
    "policy.direct_ride": "A passenger whose direct drive is longer than the limit may ride so "
    "many per cent of the direct drive.",
    "policy.walk_limit_primary": "Farthest walk to a pick-up point that is usual for primary.",
    "policy.walk_limit_secondary": "Farthest walk to a pick-up point that is usual for others.",
    "policy.break_after_driving": "Driving time after which a break is due (HRS-2).",
    "policy.beyond_network": "Straight line times this, for places outside the road network.",
    "policy.beyond_network_speed": "Speed for places outside the road network.",
    "own.trained_assistant_extra_per_hour": "What a medically trained assistant costs more.",
    "driver.pay_per_hour": "Pay of a driver, before on-costs.",
    "assistant.pay_per_hour": "Pay of an assistant, before on-costs.",
}
_ABOUT_PAY = {
    "worked_time_per_year": "Hours worked in a year, over which the threshold is spread.",
    "leave": "Paid leave on worked hours.",
    "pension": "Employer's pension contribution.",
    "levy": "Apprenticeship levy.",
    "ni": "Employer's National Insurance above the threshold.",
    "ni_threshold": "Yearly pay from which National Insurance is due.",
}
"""Sentences for settings that their type's docstring does not describe one by one."""

_REQUIRED = frozenset({"place", "service_date", "year_from", "year_to"})


def _find_kind(attribute: str) -> SettingKind:
    if attribute.startswith("is_"):
        return SettingKind.YES_NO
    if attribute == "worked_minutes_per_year":
        return SettingKind.MINUTES
    if attribute.endswith("m_per_h"):
        return SettingKind.SPEED
    if "mpence" in attribute:
        return SettingKind.RATE
    for ending, kind in (
        ("_pence", SettingKind.PENCE),
        ("_bp", SettingKind.SHARE),
        ("_s", SettingKind.TIME),
        ("_m", SettingKind.DISTANCE),
    ):
        if attribute.endswith(ending) or attribute.startswith("walk_limit"):
            return SettingKind.DISTANCE if attribute.startswith("walk_limit") else kind
    return SettingKind.COUNT


def _without_unit(attribute: str) -> str:
    """Take the unit off a name: the value carries it."""
    text = attribute.replace("m_per_h", "speed").replace("_mpence_per_", "_per_")
    text = text.replace("worked_minutes", "worked_time")
    return re.sub(r"_(s|m|bp|pence)$", "", text)


@cache
def _abouts(kind: type) -> dict[str, str]:
    """Read what a type's docstring says of each attribute."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in (kind.__doc__ or "").splitlines():
        text = line.strip()
        if line.startswith("        "):
            for name in names:
                found[name] = f"{found.get(name, '')} {text}".strip()
        else:
            names = [name.strip() for name in text.split(",")]
    return {
        name: re.sub(r"\s*\[[^]]*\],?", "", text).replace("``", "").strip()
        for name, text in found.items()
    }


@cache
def find_settings() -> dict[str, SettingSpec]:
    """Find all settings by name, in the order of the sheet."""
    found = {
        name: SettingSpec(
            name=name,
            section="inputs",
            attribute=name,
            kind=kind,
            is_required=name in _REQUIRED,
            about=about,
        )
        for name, kind, about in _GENERAL
    }
    for section, kind in (
        ("policy", Policy),
        ("own", OwnCosts),
        ("driver", PayRate),
        ("assistant", PayRate),
    ):
        for item in fields(kind):
            if item.name in ("types", "driver", "assistant"):
                continue
            name = f"{section}.{_without_unit(item.name)}"
            found[name] = SettingSpec(
                name=name,
                section=section,
                attribute=item.name,
                kind=_find_kind(item.name),
                default=None if item.default is MISSING else item.default,
                about=_ABOUT.get(name)
                or (_ABOUT_PAY.get(name.partition(".")[2]) if kind is PayRate else None)
                or _abouts(kind).get(item.name, ""),
            )
    return found


_WITH_UNIT = re.compile(r"^(-?[£]?-?[\d,]*\.?\d+)\s*([a-z/% ]*)$")
_UNITS: dict[SettingKind, dict[str, Decimal]] = {
    SettingKind.TIME: {
        "s": Decimal(1),
        "sec": Decimal(1),
        "seconds": Decimal(1),
        "min": Decimal(60),
        "mins": Decimal(60),
        "minutes": Decimal(60),
        "h": Decimal(3600),
        "hours": Decimal(3600),
    },
    SettingKind.DISTANCE: {
        "m": Decimal(1),
        "metres": Decimal(1),
        "km": Decimal(1000),
        "mi": Decimal(MM_PER_MILE) / 1000,
        "miles": Decimal(MM_PER_MILE) / 1000,
    },
    SettingKind.SPEED: {
        "m/h": Decimal(1),
        "km/h": Decimal(1000),
        "mph": Decimal(MM_PER_MILE) / 1000,
    },
    SettingKind.PENCE: {"": Decimal(100)},
    SettingKind.RATE: {"": Decimal(100_000)},
    SettingKind.SHARE: {"%": Decimal(100)},
    SettingKind.COUNT: {"": Decimal(1)},
    SettingKind.MINUTES: {"h": Decimal(60), "hours": Decimal(60), "min": Decimal(1)},
}
_NATION = Column(kind=CellKind.CHOICE, about="", choices=tuple(Nation))
_YES_NO = Column(kind=CellKind.YES_NO, about="", choices=("yes", "no"))


def read_setting(spec: SettingSpec, value: Any, warn: Warn) -> Any:
    """Read the value of a setting in the unit of its attribute.

    Raises
    ------
    PydanticCustomError
        G003 with the units allowed, or the fault of the date.
    """
    if spec.kind is SettingKind.DATE:
        return read_date(value, warn)
    if spec.kind is SettingKind.TEXT:
        return str(value)
    if spec.kind is SettingKind.YES_NO:
        return find_choice(_YES_NO, value) == "yes"
    if spec.kind is SettingKind.NATION:
        return Nation(find_choice(_NATION, value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip().casefold()
    match = _WITH_UNIT.match(text)
    units = _UNITS[spec.kind]
    if match is None or match[2].strip() not in units:
        raise build_fault("G003", units=spec.kind.value)
    is_money = spec.kind in (SettingKind.PENCE, SettingKind.RATE)
    if is_money and "£" not in match[1]:
        raise build_fault("G003", units=spec.kind.value)
    try:
        number = Decimal(match[1].replace("£", "").replace(",", ""))
    except InvalidOperation:
        raise build_fault("G003", units=spec.kind.value) from None
    exact = number * units[match[2].strip()]
    if "mi" in match[2] or "mph" in match[2]:
        exact = (exact + Decimal("0.5")).to_integral_value(rounding="ROUND_FLOOR")
    if exact != exact.to_integral_value() or exact < 0:
        raise build_fault("G003", units=spec.kind.value)
    return int(exact)


def write_setting(spec: SettingSpec, value: Any) -> Any:
    """Write a value with its unit; `read_setting` reads the same value back."""
    if spec.kind in (SettingKind.DATE, SettingKind.TEXT, SettingKind.NATION):
        return value
    if spec.kind is SettingKind.YES_NO:
        return "yes" if value else "no"
    if spec.kind is SettingKind.TIME:
        for size, unit in ((3_600, "h"), (60, "min")):
            if value % size == 0 and value >= 2 * size:
                return f"{value // size} {unit}"
        return f"{value} s"
    if spec.kind is SettingKind.MINUTES:
        is_short = value % 3 == 0  # hours with at most two decimals
        return f"{_plain(value, 60)} h" if is_short else f"{value} min"
    if spec.kind is SettingKind.DISTANCE:
        return f"{value} m"
    if spec.kind is SettingKind.SPEED:
        return f"{_plain(value, 1000)} km/h"
    if spec.kind is SettingKind.PENCE:
        return f"£{Decimal(value) / 100:.2f}"
    if spec.kind is SettingKind.RATE:
        whole, _, decimals = f"{Decimal(value) / 100_000:.5f}".partition(".")
        return f"£{whole}.{decimals.rstrip('0'):0<2}"
    if spec.kind is SettingKind.SHARE:
        return f"{_plain(value, 100)} %"
    return str(value)


def _plain(value: int, scale: int) -> str:
    return f"{(Decimal(value) / scale).normalize():f}"


def find_setting_values(inputs: Inputs) -> list[tuple[SettingSpec, Any]]:
    """Find every setting with its value in these inputs, in the order of the sheet."""
    owners: dict[str, Any] = {
        "inputs": inputs,
        "policy": inputs.policy,
        "own": inputs.own_costs,
        "driver": inputs.own_costs.driver,
        "assistant": inputs.own_costs.assistant,
    }
    found: list[tuple[SettingSpec, Any]] = []
    for spec in find_settings().values():
        value = getattr(owners[spec.section], spec.attribute)
        if isinstance(value, tuple):
            found.extend((spec, line) for line in value)
        elif not (spec.kind is SettingKind.TEXT and value == ""):
            found.append((spec, value))
    return found


def build_from_settings(
    values: dict[str, Any], types: tuple[Any, ...]
) -> tuple[Policy, OwnCosts]:
    """Build policy and own costs from the settings read, by name; defaults for the rest.

    Without any pay setting the own company is taken to pay nothing, which the checks allow only
    where it has no vehicles.
    """

    def section(name: str) -> dict[str, Any]:
        return {
            spec.attribute: values[spec.name]
            for spec in find_settings().values()
            if spec.section == name and spec.name in values
        }

    def pay(name: str) -> PayRate:
        given = section(name)
        return PayRate(
            pay_mpence_per_hour=given.pop("pay_mpence_per_hour", 0),
            worked_minutes_per_year=given.pop("worked_minutes_per_year", 60),
            **given,
        )

    policy = Policy(**section("policy"))
    own = OwnCosts(
        types=types, driver=pay("driver"), assistant=pay("assistant"), **section("own")
    )
    return policy, own
