"""The reading tasks: span extraction, multiple choice and cloze. Rows, metrics and decoding."""
