"""Networks, losses and training. Only this package and `studies` import torch."""
