"""Stand-ins for "no road" and "always", small enough never to overflow a sum."""

from data.units import S_PER_DAY

NO_ROAD_S = 1_000_000
"""No road: breaks every ride limit. [s]"""
NO_ROAD_M = 10_000_000
"""No road. [m]"""
ALWAYS_FROM_S = -S_PER_DAY
"""Lower end of a window that is open. [s]"""
ALWAYS_BY_S = 2 * S_PER_DAY
"""Upper end of a window that is open. [s]"""
