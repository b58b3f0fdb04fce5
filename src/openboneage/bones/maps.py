"""Input and output of the bone finder: the picture, and the channels of its maps.

Without torch: training draws its targets with the same values.
"""

from __future__ import annotations

from collections.abc import Mapping

from openboneage.bones.names import CARPAL, EPIPHYSES
from openboneage.hand.drawing import PictureSpec

PICTURE = PictureSpec(height_px=640, mask_margin=0.06, range_low=0.02, range_high=0.98)
"""Input of new networks: 237 px per frame unit, at which an epiphysis of a distal phalanx is about 15 by 7 px."""

CELL_PX = 4
"""Side of a cell of the maps of joints and boxes, in pixels of the picture."""

BASE, HEAD = "base", "head"
CLASSES = ("background", BASE, HEAD, "capitate", "hamate", "triquetral", "lunate", "scaphoid", CARPAL)
"""What a pixel shows: an epiphysis at the base of a bone, or that of the radius; one at the head of a metacarpal, or that of
the ulna; a carpal bone by name; another carpal bone. Bones that touch are of different classes; those of one class lie in
different joints."""
IDENTIFIED = CLASSES[3:-1]
"""Carpal bones with a class of their own."""
CARPAL_CLASSES = range(CLASSES.index(IDENTIFIED[0]), len(CLASSES))
"""Numbers of all classes of carpal bones."""
_HEADS = ("ulna", "mc2", "mc3", "mc4", "mc5")
CLASS_OF: Mapping[str, str] = {
    **{bone: HEAD if bone in _HEADS else BASE for bone in EPIPHYSES},
    **{bone: bone for bone in IDENTIFIED},
}
"""The class of the pixels of a bone; trapezium, trapezoid and pisiform have none."""

SIDES = ("left", "top", "right", "bottom")
REGION, TIGHT = "region", "tight"
EXTENTS = (REGION, TIGHT)
"""Two boxes for each joint: around the whole region, with the ends of both bones; around epiphysis and joint space, as drawn
by the experts of Koitka et al. 2018."""
BOX_CHANNELS = tuple(f"{extent} {side}" for extent in EXTENTS for side in SIDES)
"""Natural logarithm of the distance from the middle of a cell to a side of its joint's box, in units of `BOX_UNIT`."""
BOX_UNIT = 0.1
"""Frame units."""
CLASS_CHANNELS = CELL_PX**2 * len(CLASSES)
"""Logits of each class at the 4 x 4 pixels of a cell: channel `16 * class + 4 * row + column`."""
