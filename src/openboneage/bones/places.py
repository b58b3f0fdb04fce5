"""Median places and sizes of the joints in the hand's frame."""

from __future__ import annotations

from collections.abc import Mapping

PLACE_OF: Mapping[str, tuple[float, float]] = {
    "wrist": (0.030, 0.792), "radius": (0.087, 0.986), "ulna": (-0.189, 0.993), "cmc1": (0.352, 0.637),
    "mcp1": (0.586, 0.331), "ip1": (0.763, 0.064),
    "mcp2": (0.266, -0.017), "pip2": (0.341, -0.445), "dip2": (0.373, -0.681),
    "mcp3": (0.022, -0.014), "pip3": (0.018, -0.501), "dip3": (0.008, -0.787),
    "mcp4": (-0.177, 0.069), "pip4": (-0.274, -0.373), "dip4": (-0.321, -0.642),
    "mcp5": (-0.361, 0.178), "pip5": (-0.541, -0.125), "dip5": (-0.632, -0.295),
}  # fmt: skip
"""Median places in the hand's frame of a left hand (`hand.frame`), of 1,045 films; some films have radius, ulna or the first
carpometacarpal joint apart from the wrist."""
SIZE_OF: Mapping[str, tuple[float, float]] = {
    "radius": (0.300, 0.142), "ulna": (0.177, 0.102), "cmc1": (0.126, 0.123), "mcp1": (0.177, 0.183), "mcp3": (0.159, 0.218),
    "mcp5": (0.171, 0.195), "pip3": (0.130, 0.122), "pip5": (0.114, 0.118), "ip1": (0.132, 0.144), "dip3": (0.102, 0.105),
    "dip5": (0.091, 0.104),
}  # fmt: skip
"""Median width and height of the drawn joint regions in the hand's frame."""
