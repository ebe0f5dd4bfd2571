"""Checks that type checkers see the package's types and reject unknown methods, tags and frameworks."""

import tempfile
import unittest
from pathlib import Path

from mypy import api

ROOT = Path(__file__).parent.parent


class Types(unittest.TestCase):
    def test_unknown_methods_tags_and_frameworks_are_type_errors(self):
        with tempfile.TemporaryDirectory() as cache:
            # An ignore comment without an error also fails.
            flags = ["--strict", "--cache-dir", cache, "--follow-imports=silent"]
            output, errors, status = api.run([*flags, str(ROOT / "tests/typed_usage.py")])
        self.assertEqual((status, errors), (0, ""), output)


if __name__ == "__main__":
    unittest.main()
