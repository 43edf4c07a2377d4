"""What the set-up installs is pinned, complete and bound to no one registry."""

import json
import re
import tomllib

import pytest

from kb.config import ROOT

PACKAGE_LOCK = json.loads((ROOT / "package-lock.json").read_text())["packages"]


def pins(name: str) -> set[str]:
    """Each pinned package with its version and, where there is one, its condition."""
    return set(re.findall(r"^([\w.-]+==[^\\\n]+?) \\$", (ROOT / name).read_text(), re.MULTILINE))


def test_a_checkout_set_up_for_tests_has_all_that_the_site_runs_on() -> None:
    assert pins("requirements.lock") < pins("requirements-test.lock")


def test_every_python_gets_the_same_wheels_of_programs() -> None:
    """Else another PyAV than the one that the tests compare with ffprobe would look into recordings."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert {pin.partition("==")[0] for pin in pins("requirements-wheels.lock")} == {
        *project["dependency-groups"]["wheels"]
    }
    assert not [pin for pin in pins("requirements-wheels.lock") if ";" in pin]


LOCKS = ["requirements.lock", "requirements-test.lock", "requirements-wheels.lock", "package-lock.json", ".npmrc"]


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_file_names_a_registry(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    assert [line for line in lines if "://" in line and not re.search(r'"(url|funding)": "https://', line)] == []


def test_front_end_packages_are_pinned_exactly() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    wanted = package["dependencies"] | package["devDependencies"]
    assert {name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == set()
    assert {name: PACKAGE_LOCK[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_the_package_lock_holds_the_native_parts_of_every_platform() -> None:
    locked = {path.rpartition("node_modules/")[2] for path in PACKAGE_LOCK}
    wanted = {
        name
        for package in PACKAGE_LOCK.values()
        for name in package.get("dependencies", {}) | package.get("optionalDependencies", {})
    }
    assert wanted - locked == set(), "npm ci refuses such a lock: the registry lacked these when it was made"


def test_each_front_end_package_has_its_reason_in_the_docs() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    assert package["dependencies"].keys() | package["devDependencies"].keys() <= explained()


def test_each_python_package_has_its_reason_in_the_docs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked_for = sum(project["dependency-groups"].values(), project["project"]["dependencies"])
    assert {re.split(r"[\[=<>]", name)[0] for name in asked_for} <= explained()


def explained() -> set[str]:
    """The names that docs/dependencies.md has a row for."""
    return set(re.findall(r"^\| `([^`]+)`", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE))
