from __future__ import annotations

import pytest

from autoclue.errors import UsageError
from autoclue.models import shipped_folder
from autoclue.training.model import PaddleHead, load_network

pytestmark = pytest.mark.paddle


def test_a_folder_whose_family_lacks_the_head_is_refused() -> None:
    with pytest.raises(UsageError, match=r"has no AutoModelForChess; give a model of another"):
        load_network(str(shipped_folder()), PaddleHead("ForChess"), seed=1)
