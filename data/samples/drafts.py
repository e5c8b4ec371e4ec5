"""A person of a sample while being made up, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.passengers import AssistantNeed, Phase, Wheelchair


@dataclass(slots=True, kw_only=True)
class Draft:
    """One made-up person; steps of `people` fill it in before it is frozen.

    Attributes
    ----------
    service
        ``special``, ``alternative``, ``unit``, ``mainstream``, ``college`` or ``adult``.
    site, point, second_point
        Positions of the site and of the homes' points; second_point -1 for none.
    age
        Completed years on 31 August before the sample year.
    straight_m
        Straight line from home to site. [m]
    """

    service: str
    site: int
    age: int
    point: int = -1
    second_point: int = -1
    need: str = ""
    straight_m: float = 0.0
    passenger_id: str = ""
    wheelchair: Wheelchair = Wheelchair.NONE
    needs_lift: bool = False
    n_seats: int = 1
    assistant: AssistantNeed = AssistantNeed.NONE
    assistant_id: str | None = None
    needs_trained: bool = False
    is_alone: bool = False
    apart_from: set[str] = field(default_factory=set)
    together_with: set[str] = field(default_factory=set)
    max_ride_s: int | None = None
    walk_limit_m: int = 0
    boarding_s: int = 30
    alighting_s: int = 20
    is_received: bool = False
    received_s: tuple[int, int] | None = None
    pick_up_from_s: int | None = None
    is_protected: bool = False
    is_two_homes_by_week: bool = False
    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    alternate_day: int = -1
    is_out_only: bool = False
    barred: set[str] = field(default_factory=set)

    @property
    def is_send(self) -> bool:
        """Whether the passenger is a pupil with special needs."""
        return self.service in ("special", "alternative", "unit", "college")

    @property
    def phase(self) -> Phase:
        """Phase by service and age."""
        if self.service == "adult":
            return Phase.ADULT
        if self.age >= 16:
            return Phase.POST_16
        return Phase.SECONDARY if self.age >= 11 else Phase.PRIMARY
