"""Layer-wise strategies, one file each; installed as ``autoclue.strategies``."""
