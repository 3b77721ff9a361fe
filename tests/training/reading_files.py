"""Small files of the reading tasks, in their publishers' layouts, with text of our own."""

from __future__ import annotations

import json
import random
from pathlib import Path

CHARACTERS = "天地人山水火木金土日月风云雨雪花草鸟鱼虫"


def _words(draw: random.Random, count: int) -> str:
    return "".join(draw.choices(CHARACTERS, k=count))


def _write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def write_cmrc2018(folder: Path, *, rows: int) -> None:
    """Write train, dev and test; each answer is the first characters of a short context."""
    for split in ("train", "dev", "test"):
        draw = random.Random(split)
        entries = []
        for number in range(rows):
            context = _words(draw, 40 if number == 0 else 3)
            answer = {"text": context[:2], "answer_start": 0}
            question = {
                "id": f"{split}-{number}",
                "question": _words(draw, 4),
                "answers": [answer],
            }
            entries.append({"paragraphs": [{"context": context, "qas": [question]}]})
        _write(folder / f"{split}.json", {"version": "small", "data": entries})


def write_c3(folder: Path, *, rows: int) -> None:
    """Write dialogues, mixed texts and the test part; each text has two questions."""
    for name in ("d-train", "m-train", "d-dev", "m-dev", "test1.1"):
        draw = random.Random(name)
        entries = []
        for number in range(rows // 2):
            questions = []
            for _ in range(2):
                choices = [_words(draw, 3) for _ in range(4)]
                asked: dict[str, object] = {"question": _words(draw, 5), "choice": choices}
                if name != "test1.1":
                    asked["answer"] = choices[0]
                questions.append(asked)
            entries.append([[_words(draw, 8), _words(draw, 8)], questions, f"{name}-{number}"])
        _write(folder / f"{name}.json", entries)


def write_chid(folder: Path, *, rows: int) -> None:
    """Write passages with one to three blanks, and the answers of train and dev."""
    for split, first in (("train", 0), ("dev", 577157), ("test1.1", 623377)):
        draw = random.Random(split)
        lines, answers = [], {}
        for number in range(rows):
            candidates = [_words(draw, 4) for _ in range(10)]
            passages = []
            for place in range(1 + number % 3):
                blank = f"#idiom{first:06d}#"
                first += 1
                answers[blank] = place
                passages.append(f"{_words(draw, 5)}{blank}{_words(draw, 5)}")
            lines.append({"content": passages, "candidates": candidates})
        folder.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / f"{split}.json").write_text(text, encoding="utf-8")
        if split != "test1.1":
            _write(folder / f"{split}_answer.json", answers)
