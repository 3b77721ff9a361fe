"""The tasks that ship, one YAML file each."""
