"""Makes today's tpc.h the one that later versions are held against. To be run at a release, and then only.

python Tests/library/abi/renew_baseline.py
"""

import pathlib
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from support import paths  # noqa: E402

from library.abi import interface  # noqa: E402

BASELINE = HERE / "baseline" / "tpc.h"


def main():
    if BASELINE.exists():
        with tempfile.TemporaryDirectory() as directory:
            texts = BASELINE.read_text(encoding="utf-8"), paths.HEADER.read_text(encoding="utf-8")
            lost = interface.differences(*texts, pathlib.Path(directory))
        print("\n".join(lost) or "Nothing was taken away or changed.")
    shutil.copyfile(paths.HEADER, BASELINE)
    print(f"{BASELINE.relative_to(paths.ROOT)} is now include/tpc.h; commit it with the release.")


if __name__ == "__main__":
    main()
