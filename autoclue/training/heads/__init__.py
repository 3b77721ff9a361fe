"""What a network is made to say: span extraction and multiple choice, from rows to predictions."""
