"""Names of bones, epiphyses and joint regions: one spelling for the whole program.

`mc`, `pp`, `mp` and `dp` are metacarpals and proximal, middle and distal phalanges; the digit is 1 for the thumb to 5 for the
little finger. These are the names of the score tables (`clinical.tables`). An epiphysis has the name of its bone.
"""

from __future__ import annotations

from collections.abc import Mapping

RUS = ("radius", "ulna", "mc1", "mc3", "mc5", "pp1", "pp3", "pp5", "mp3", "mp5", "dp1", "dp3", "dp5")
"""The 13 bones of TW3-RUS and RUS-CHN, in the order of the score sheets."""

EPIPHYSES = (
    "radius", "ulna",
    "mc1", "mc2", "mc3", "mc4", "mc5",
    "pp1", "pp2", "pp3", "pp4", "pp5",
    "mp2", "mp3", "mp4", "mp5",
    "dp1", "dp2", "dp3", "dp4", "dp5",
)  # fmt: skip
"""Every long bone of hand and wrist that is outlined by its epiphysis; `RUS` are some of them."""

CARPALS = ("capitate", "hamate", "triquetral", "lunate", "scaphoid", "trapezium", "trapezoid", "pisiform")
"""Carpal bones, in the usual order in which they appear."""

CARPAL = "carpal"
"""A carpal bone that is not identified."""

SESAMOID = "sesamoid"
"""The adductor sesamoid, at the first metacarpophalangeal joint."""

JOINTS = (
    "wrist", "radius", "ulna", "cmc1",
    "mcp1", "mcp2", "mcp3", "mcp4", "mcp5",
    "pip2", "pip3", "pip4", "pip5",
    "ip1", "dip2", "dip3", "dip4", "dip5",
)  # fmt: skip
"""Joint regions: the carpus, the distal ends of radius and ulna, the first carpometacarpal joint, the joints of the fingers."""

REGION_OF: Mapping[str, str] = {
    "radius": "radius",
    "ulna": "ulna",
    "mc1": "cmc1",
    "dp1": "ip1",
    **{f"mc{digit}": f"mcp{digit}" for digit in (2, 3, 4, 5)},
    **{f"pp{digit}": f"mcp{digit}" for digit in (1, 2, 3, 4, 5)},
    **{f"mp{digit}": f"pip{digit}" for digit in (2, 3, 4, 5)},
    **{f"dp{digit}": f"dip{digit}" for digit in (2, 3, 4, 5)},
    **dict.fromkeys(CARPALS, "wrist"),
}
"""The joint region in which the epiphysis of a bone, or a carpal bone, lies."""

RUS_REGIONS = tuple(dict.fromkeys(REGION_OF[bone] for bone in RUS))
"""The joint regions of the 13 bones: MCP3 and MCP5 hold two each."""
