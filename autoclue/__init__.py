"""autoclue: fine-tune Chinese pretrained models on CLUE with searched, layer-wise learning rates."""

__version__ = "0.1.0"
