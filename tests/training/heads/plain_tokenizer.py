"""A tokenizer of single characters, so that tests of features need no model."""

from __future__ import annotations

CLS, SEP, PAD, MASK, UNKNOWN = range(5)
SPECIAL = {"[CLS]": CLS, "[SEP]": SEP, "[PAD]": PAD, "[MASK]": MASK, "[unused1]": UNKNOWN}


class PlainTokenizer:
    """Makes every character a token; its id is its code point."""

    sep_token = "[SEP]"
    mask_token = "[MASK]"
    pad_token_id = PAD

    def tokenize(self, text: str) -> list[str]:
        """Cut a text into characters, without spaces."""
        return [sign for sign in text if not sign.isspace()]

    def convert_tokens_to_ids(self, tokens: list[str]) -> list[int]:
        """Return a special token its number, another its code point."""
        return [SPECIAL[token] if token in SPECIAL else ord(token) for token in tokens]

    def get_offset_mapping(self, text: str) -> list[tuple[int, int]]:
        """Return every character its place."""
        return [(place, place + 1) for place, sign in enumerate(text) if not sign.isspace()]

    def build_inputs_with_special_tokens(
        self, first: list[int], second: list[int] | None = None
    ) -> list[int]:
        """Frame one text or two as BERT does."""
        return [CLS, *first, SEP] + ([] if second is None else [*second, SEP])

    def create_token_type_ids_from_sequences(
        self, first: list[int], second: list[int] | None = None
    ) -> list[int]:
        """Return the first text 0 and the second 1."""
        return [0] * (len(first) + 2) + ([] if second is None else [1] * (len(second) + 1))

    def num_special_tokens_to_add(self, pair: bool) -> int:
        """Count what the frame adds."""
        return 3 if pair else 2
