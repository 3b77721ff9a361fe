from __future__ import annotations

from typing import NoReturn

import pytest

from autoclue.errors import UsageError
from autoclue.models import shipped_folder
from autoclue.training.model import PaddleHead, load_network
from autoclue.training.platform import load_paddlenlp

pytestmark = pytest.mark.paddle


def test_a_folder_whose_family_lacks_the_head_is_refused() -> None:
    with pytest.raises(UsageError, match=r"has no AutoModelForChess; give a model of another"):
        load_network(str(shipped_folder()), PaddleHead("ForChess"), seed=1)


def test_a_hub_model_whose_family_lacks_the_head_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AttributeError("gpt only supports the following classes: ...")

    auto = load_paddlenlp().AutoModelForMultipleChoice
    monkeypatch.setattr(auto, "from_pretrained", refuse)
    with pytest.raises(UsageError, match=r"PaddleNLP has no AutoModelForMultipleChoice; give a"):
        load_network("gpt-cpm-large-cn", PaddleHead("ForMultipleChoice"), seed=1)
