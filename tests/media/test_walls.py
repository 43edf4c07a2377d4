"""Kernels that lack a wall: the others hold, and the doctor names what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from kb.media.launch import confinement
from tests.media.guarded import Guarded, layers

ALWAYS = {"dies with its worker", "no new privileges", "limits"}


@pytest.mark.skipif(
    not {"files", "no network"} <= set(confinement()), reason="this kernel itself lacks Landlock or seccomp"
)
@pytest.mark.parametrize(
    ("lacks", "held"),
    [
        ((), {"files", "no network"}),
        (("landlock",), {"no network"}),
        (("seccomp",), {"files"}),
        (("landlock", "seccomp"), set()),
    ],
)
def test_what_a_kernel_lacks_takes_no_other_wall_with_it(
    guarded: Guarded, lacks: tuple[str, ...], held: set[str]
) -> None:
    assert set(guarded(layers, *lacks)) == ALWAYS | held


DOCTOR = (
    "import sys; from tests.media.old_kernel import lack; lack(*sys.argv[1:]); from kb.cli import kb; kb(['doctor'])"
)


@pytest.mark.parametrize("layer", ["landlock", "seccomp"])
def test_the_doctor_says_which_wall_is_missing(in_site: Flask, layer: str) -> None:
    settings = in_site.extensions["kb.settings"]
    said = subprocess.run(
        [sys.executable, "-c", DOCTOR, layer],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"KB_DATA_DIR": str(settings.data_dir), "KB_REDIS_URL": settings.redis_url},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    names = {"landlock": "this kernel has no Landlock", "seccomp": "this kernel has no seccomp filter"}
    assert names[layer] in said
    assert "dies with its worker" in said
