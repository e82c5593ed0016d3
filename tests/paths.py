"""Where the repository and the test cases lie."""

from pathlib import Path
from typing import Final

#: The repository's root folder.
ROOT: Final = Path(__file__).parent.parent
#: The folder of test cases that are data.
CASE_FOLDER: Final = ROOT / "tests" / "cases"
