"""Search spaces as YAML files; installed as ``autoclue.search_spaces``."""
