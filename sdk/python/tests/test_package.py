"""Checks the contents of the archives for PyPI. Builds them with the pinned build backend, without a network."""

import email
import os
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

from hatchling.build import build_sdist, build_wheel

ROOT = Path(__file__).parent.parent
MODULES = {path.name for path in (ROOT / "src/cwpsa_tools").glob("*.py")}


class Archives(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(ROOT)
        self.folder = Path(folder.name)

    def test_the_wheel_has_modules_types_licenses_and_metadata(self):
        with zipfile.ZipFile(self.folder / build_wheel(str(self.folder))) as wheel:
            names = set(wheel.namelist())
            info = next(name.split("/")[0] for name in names if ".dist-info/" in name)
            metadata = email.message_from_bytes(wheel.read(f"{info}/METADATA"))
        package = {name.removeprefix("cwpsa_tools/") for name in names if name.startswith("cwpsa_tools/")}
        self.assertEqual(package, MODULES | {"py.typed"})
        others = {name.removeprefix(f"{info}/") for name in names if name.startswith(info)}
        self.assertEqual(others, {"METADATA", "RECORD", "WHEEL", "licenses/LICENSE-APACHE", "licenses/LICENSE-MIT"})
        self.assertEqual(metadata["Name"], "cwpsa-tools")
        self.assertEqual(metadata["License-Expression"], "MIT OR Apache-2.0")
        self.assertIn("# cwpsa-tools", metadata.get_payload())
        extras = {"langchain", "middleware", "crewai", "openai-agents", "pydantic-ai", "autogen"}
        self.assertEqual(set(metadata.get_all("Provides-Extra")), extras)
        self.assertTrue({"Summary", "Keywords", "Project-URL", "Requires-Python"} <= set(metadata.keys()))

    def test_the_source_archive_has_sources_tests_and_licenses(self):
        with tarfile.open(self.folder / build_sdist(str(self.folder))) as archive:
            names = {name.split("/", 1)[1] for name in archive.getnames()}
        self.assertTrue({"LICENSE-APACHE", "LICENSE-MIT", "README.md", "pyproject.toml", "PKG-INFO"} <= names)
        self.assertTrue({f"src/cwpsa_tools/{name}" for name in MODULES | {"py.typed"}} <= names)
        self.assertFalse([name for name in names if "__pycache__" in name])


if __name__ == "__main__":
    unittest.main()
