"""Put the basic bundle of plotly.js into the package, with its licence.

npm pack plotly.js-basic-dist-min@4.1.1
python -m tools.plotly_bundle plotly.js-basic-dist-min-4.1.1.tgz

Take the version that the newest supported Plotly for Python brings
(``plotly.offline.get_plotlyjs_version()``), run the browser's tests, and put the checksum that
this prints into ``tests/tools/test_plotly_bundle.py``.
"""

from __future__ import annotations

import argparse
import hashlib
import tarfile
from collections.abc import Sequence
from pathlib import Path

TARGET = Path(__file__).parents[1] / "autoclue" / "reporting" / "drawing" / "plotly_js"
MEMBERS = ("plotly-basic.min.js", "LICENSE")


def unpack(archive: Path, target: Path) -> str:
    """Write script and licence into a folder, as the archive has them.

    Args:
        archive: What ``npm pack`` has fetched.
        target: A folder that is there.

    Returns:
        The sha256 of the script.

    Raises:
        SystemExit: The archive doesn't hold them.
    """
    with tarfile.open(archive) as packed:
        for name in MEMBERS:
            try:
                member = packed.extractfile(f"package/{name}")
            except KeyError:
                member = None
            if member is None:
                raise SystemExit(f"{archive} holds no package/{name}; give what npm pack fetched.")
            (target / name).write_bytes(member.read())
    return hashlib.sha256((target / MEMBERS[0]).read_bytes()).hexdigest()


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("archive", type=Path, help="what npm pack has fetched")
    print(unpack(parser.parse_args(words).archive, TARGET))


if __name__ == "__main__":
    main()
