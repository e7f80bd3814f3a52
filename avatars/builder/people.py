"""The shipped interviewers."""

from avatars.builder.person import Description

SMILE = {
    "mouthSmileLeft": 0.38,
    "mouthSmileRight": 0.38,
    "cheekSquintLeft": 0.25,
    "cheekSquintRight": 0.25,
}

PEOPLE = [
    Description(
        slug="seoyeon",
        male=0.0,
        age=33,
        origins={"asian": 1.0},
        skin="#e6bda0",
        lips="#c4716c",
        iris="#5a3820",
        hair="bob",
        hair_colour="#4a3327",
        clothes="blazer+blouse",
        cloth_colour="#2b3550",
        shirt_colour="#f3efe9",
        details={"eyes/{side}-eye-scale-incr": 0.55, "mouth/mouth-scale-horiz-incr": 0.15, "chin/chin-triangle": 0.3, "nose/nose-scale-horiz-decr": 0.3},
        rest=SMILE,
        brow_colour="#4a3528",
        brow_thickness=0.036,
        brow_arch=0.03,
        make_up=0.7,
        seed=1,
    ),
    Description(
        slug="james",
        male=1.0,
        age=54,
        origins={"caucasian": 1.0},
        skin="#dcae94",
        lips="#b97a6d",
        iris="#4f6f86",
        hair="side_part",
        hair_colour="#776e66",
        clothes="blazer+shirt",
        cloth_colour="#3a3d42",
        shirt_colour="#dfe8f3",
        details={"eyes/{side}-eye-scale-incr": 0.5, "eyes/{side}-eye-height2-incr": 0.4, "mouth/mouth-angles-up": 0.5},
        rest=SMILE | {"mouthSmileLeft": 0.45, "mouthSmileRight": 0.45, "eyeWideLeft": 0.3, "eyeWideRight": 0.3},
        brow_colour="#5b5047",
        brow_thickness=0.062,
        brow_arch=0.02,
        grey=0.35,
        stubble=0.12,
        glasses="rectangular",
        seed=6,
    ),
]
