"""Batch normalisations put into the convolutions before them: the same function in fewer passes over memory."""

from __future__ import annotations

import copy

from torch import nn
from torch.fx import GraphModule, symbolic_trace
from torch.nn.utils.fusion import fuse_conv_bn_eval


def norms_folded(model: nn.Module) -> GraphModule:
    """A copy of a network, as it is in evaluation mode, with each normalisation folded into its convolution.

    What a forward pass does only in training is lost with the tracing (residual blocks are dropped no more); modules such as
    dropout stay.
    """
    traced = symbolic_trace(copy.deepcopy(model).eval())
    calls = {node: traced.get_submodule(node.target) for node in traced.graph.nodes if node.op == "call_module"}
    for node, norm in calls.items():
        before = node.args[0]
        conv = calls.get(before)
        if isinstance(norm, nn.BatchNorm2d) and isinstance(conv, nn.Conv2d) and len(before.users) == 1:
            traced.set_submodule(before.target, fuse_conv_bn_eval(conv, norm))
            node.replace_all_uses_with(before)
            traced.graph.erase_node(node)
    traced.recompile()
    traced.delete_all_unused_submodules()
    return traced
