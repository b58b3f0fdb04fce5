"""torchvision with and without its compiled operators: import it from here.

The build of torchvision in the package registry for Linux on x86-64 links its operators to the CUDA libraries of torch. Beside
a CPU build of torch they cannot be loaded, and `import torchvision` fails because it describes the operator `nms`. Here that
operator is then declared, and the two functions that detection uses, `nms` and `roi_align`, get implementations in torch.
Everything else of torchvision needs no compiled operator. Where the operators load, nothing is changed.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

__all__ = ["HAS_COMPILED_OPERATORS", "nms", "roi_align", "torchvision"]

_declared: list[torch.library.Library] = []  # an operator lives as long as its library


def _declare_operators() -> None:
    """Declare the operators that torchvision describes at its import."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _declared.append(library)


try:
    import torchvision
except RuntimeError as _error:
    if "torchvision::nms" not in str(_error):
        raise
    _declare_operators()
    import torchvision

HAS_COMPILED_OPERATORS = bool(torchvision.extension._has_ops())


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Non-maximum suppression.

    Args:
        boxes: Left, top, right, bottom, `(n, 4)`.
        scores: `(n,)`.
        iou_threshold: A box that overlaps a kept one of higher score by more than this is dropped.

    Returns:
        Indices of the kept boxes, by falling score.
    """
    order = scores.argsort(descending=True, stable=True)
    overlaps = (torchvision.ops.box_iou(boxes[order], boxes[order]) > iou_threshold).cpu()
    dropped, kept = torch.zeros(len(order), dtype=torch.bool), []
    for place in range(len(order)):
        if not dropped[place]:
            kept.append(place)
            dropped |= overlaps[place]
    chosen: Tensor = order[torch.tensor(kept, dtype=torch.long, device=order.device)]
    return chosen


def roi_align(
    features: Tensor, boxes: Tensor, output_size: tuple[int, int], spatial_scale: float = 1.0, sampling_ratio: int = 2
) -> Tensor:
    """RoIAlign (He et al. 2017) with a fixed number of samples, as torchvision's with `aligned=False`.

    Args:
        features: `(batch, channels, height, width)`.
        boxes: Number of the image, left, top, right, bottom, `(n, 5)`.
        output_size: Height and width of a result.
        spatial_scale: Pixels of the features per unit of the boxes.
        sampling_ratio: Samples along each side of a bin. If it is not positive, as many as the largest box has pixels along a
            side of a bin; torchvision then takes a number for each box, which is no larger.

    Returns:
        `(n, channels, *output_size)`.
    """
    height, width = features.shape[2:]
    corners = boxes[:, 1:] * spatial_scale
    sides = (corners[:, 2:] - corners[:, :2]).clamp(min=1)
    if sampling_ratio < 1:
        sampling_ratio = max(int((sides / sides.new_tensor(output_size[::-1])).max().ceil()), 1) if len(sides) else 1
    x, y = (
        corners[:, axis, None] + sides[:, axis, None] * (torch.arange(count, device=boxes.device) + 0.5) / count
        for axis, count in ((0, output_size[1] * sampling_ratio), (1, output_size[0] * sampling_ratio))
    )
    x, y = 2 * x / max(width - 1, 1) - 1, 2 * y / max(height - 1, 1) - 1
    grid = torch.stack([x[:, None, :].expand(-1, y.shape[1], -1), y[:, :, None].expand(-1, -1, x.shape[1])], dim=-1)
    pooled = features.new_zeros((len(boxes), features.shape[1], *output_size))
    for number in boxes[:, 0].unique().long().tolist():
        own = torch.nonzero(boxes[:, 0] == number)[:, 0]
        tall = grid[own].flatten(0, 1)[None].to(features.dtype)  # the samples of all boxes, one below the other
        seen = F.grid_sample(features[number : number + 1], tall, padding_mode="border", align_corners=True)
        bins = F.avg_pool2d(seen, sampling_ratio)[0].unflatten(1, (len(own), output_size[0]))
        pooled = pooled.index_copy(0, own, bins.transpose(0, 1))
    return pooled


if not HAS_COMPILED_OPERATORS:
    torchvision.ops.boxes.nms = nms
    torchvision.ops.poolers.roi_align = roi_align
    torchvision.models.detection.roi_heads.roi_align = roi_align  # crops the drawn masks
