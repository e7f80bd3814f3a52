"""Colour, noise and image encoding for the painters."""

import io

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from avatars.builder.base_mesh import Array


def colour(text: str) -> Array:
    """`#rrggbb` to sRGB 0..1."""
    return np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def linear(srgb: Array) -> Array:
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def mixed(under: Array, amount: Array, over: Array | list[float]) -> Array:
    """`over` laid upon `under`, by `amount` 0..1 without a colour axis."""
    share = np.clip(amount, 0, 1)[..., None]
    return under * (1 - share) + np.asarray(over) * share


def noise(rng: np.random.Generator, size: int, blur: float) -> Array:
    """Smooth noise of mean 0 and deviation 1 that tiles."""
    field = gaussian_filter(rng.standard_normal((size, size)), blur, mode="wrap")
    return (field - field.mean()) / field.std()


def jpeg(texels: Array, quality: int = 88) -> bytes:
    out = io.BytesIO()
    Image.fromarray(_bytes(texels)).save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def png(texels: Array, colours: int = 0) -> bytes:
    """RGBA texels; with `colours`, a palette of so many keeps the file small."""
    image = Image.fromarray(_bytes(texels))
    if colours:
        image = image.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _bytes(texels: Array) -> np.ndarray:
    return np.round(np.clip(texels, 0, 1) * 255).astype(np.uint8)
