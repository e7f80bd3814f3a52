"""The haircuts: what makes one differ from another."""

from avatars.builder.hair_flow import (
    Lock,
    Style,
    bristling,
    combed,
    down_to,
    on_flanks,
    on_top,
    parted,
    parting,
    rising,
    steady,
    wavy,
)

BOB = Style(
    locks=(
        parting(0.22),
        Lock(
            170,
            0.34,
            parted(0.22, curl=1.2),
            down_to(1.25),
            rising(0.02, 0.08, 0.10),
            columns=(0,),
            hold=0.25,
        ),
        Lock(
            190,
            0.28,
            parted(0.22, curl=1.2),
            down_to(1.28),
            rising(0.03, 0.14, 0.17),
            columns=(0, 1),
            hold=0.25,
        ),
        Lock(
            120,
            0.20,
            parted(0.22, curl=1.3),
            down_to(1.30),
            rising(0.04, 0.18, 0.22),
            columns=(1, 2),
            hold=0.25,
        ),
    ),
    roughness=0.6,
)

SIDE_PART = Style(
    locks=(
        Lock(
            330,
            0.17,
            combed(-0.7, 0.1, 0.5),
            steady(0.30),
            rising(0.01, 0.05, 0.045),
            on_flanks,
            columns=(0, 1),
            segments=3,
        ),
        Lock(
            150,
            0.24,
            combed(-0.9, 0.25, 0.75),
            steady(0.62),
            rising(0.03, 0.09, 0.07),
            on_top,
            columns=(0,),
            segments=6,
        ),
        Lock(
            170,
            0.18,
            combed(-0.9, 0.3, 0.7),
            steady(0.66),
            rising(0.04, 0.13, 0.10),
            on_top,
            columns=(1, 2),
            segments=6,
        ),
    ),
    hairline=(0.70, 0.74, 0.66, 0.36, 0.02, -0.10, 0.22, -0.15, -0.55, -0.80),
)

CROP = Style(
    locks=(
        Lock(
            330,
            0.16,
            combed(-0.3, 0.0, 0.4),
            steady(0.26),
            rising(0.01, 0.035, 0.03),
            on_flanks,
            columns=(0, 1),
            segments=3,
        ),
        Lock(
            160,
            0.24,
            combed(-0.55, 0.2, -0.55),
            steady(0.66),
            rising(0.03, 0.10, 0.09),
            on_top,
            columns=(0,),
            segments=6,
        ),
        Lock(
            190,
            0.17,
            combed(-0.6, 0.3, -0.5),
            steady(0.72),
            rising(0.05, 0.15, 0.12),
            on_top,
            columns=(1, 2),
            segments=6,
        ),
    ),
    hairline=(0.62, 0.62, 0.56, 0.34, 0.04, -0.08, 0.22, -0.15, -0.55, -0.80),
)


BUZZ = Style(
    locks=(
        Lock(
            1700,
            0.055,
            bristling,
            steady(0.07),
            rising(0.005, 0.025, 0.02),
            columns=(1,),
            segments=2,
            stiff=0.3,
            taper=0.9,
        ),
    ),
    hairline=(0.66, 0.68, 0.62, 0.36, 0.04, -0.05, 0.22, -0.12, -0.5, -0.75),
    softness=0.20,
    coarse=2.0,
    roughness=0.95,
)


LONG = Style(
    locks=(
        parting(0.0),
        Lock(
            150,
            0.36,
            wavy(0.0, 0.65, 0.25),
            down_to(2.0),
            rising(0.02, 0.07, 0.10),
            columns=(0,),
            hold=0.25,
            segments=8,
        ),
        Lock(
            170,
            0.30,
            wavy(0.0, 0.65, 0.35),
            down_to(2.05),
            rising(0.03, 0.11, 0.16),
            columns=(0, 1),
            hold=0.25,
            segments=8,
        ),
        Lock(
            100,
            0.20,
            wavy(0.0, 0.65, 0.45),
            down_to(2.1),
            rising(0.04, 0.14, 0.20),
            columns=(1, 2),
            hold=0.25,
            segments=8,
        ),
    ),
    roughness=0.6,
)

LAYERED = Style(
    locks=(
        parting(-0.25),
        Lock(
            170,
            0.32,
            parted(-0.25, 0.55, 1.4),
            down_to(0.95),
            rising(0.02, 0.10, 0.12),
            columns=(0,),
            hold=0.25,
        ),
        Lock(
            190,
            0.26,
            parted(-0.25, 0.55, 1.4),
            down_to(0.98),
            rising(0.04, 0.17, 0.19),
            columns=(0, 1),
            hold=0.25,
            uneven=0.4,
        ),
        Lock(
            120,
            0.18,
            parted(-0.25, 0.55, 1.0),
            down_to(0.98),
            rising(0.05, 0.21, 0.24),
            columns=(1, 2),
            hold=0.25,
            uneven=0.5,
        ),
    ),
    roughness=0.65,
)

STYLES = {
    "bob": BOB,
    "buzz": BUZZ,
    "crop": CROP,
    "layered": LAYERED,
    "long": LONG,
    "side_part": SIDE_PART,
}
