"""Still pictures of the heads, for cards and for browsers without WebGL.

`python -m avatars.builder.posters THREE_FOLDER` wants an npm-installed `three` and Chromium.
"""

import argparse
import functools
import http.server
import io
import json
import threading
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HEADS = Path(__file__).parent.parent / "heads"
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
REST = {"mouthSmileLeft": 0.12, "mouthSmileRight": 0.12}


class Studio(http.server.SimpleHTTPRequestHandler):
    """Serves the page, three.js and the heads."""

    three = Path()

    def translate_path(self, path: str) -> str:
        name = path.split("?")[0]
        if name.startswith("/three/"):
            return str(self.three / name.removeprefix("/three/"))
        if name.endswith(".glb"):
            return str(HEADS / Path(name).name)
        return str(Path(__file__).parent / "studio.html")

    def log_message(self, format: str, *args: object) -> None:
        pass


def picture(page: Page, slug: str, **scene: object) -> Image.Image:
    """One view: `morphs` by name, `turn` of the camera in radians, `wide`, `high`, `zoom`."""
    page.evaluate("scene => show(scene)", {"slug": slug, **scene})
    return Image.open(io.BytesIO(page.locator("canvas").screenshot())).convert("RGB")


def studio_page(three: Path, use: Callable[[Page], None]) -> None:
    """Call `use(page)` with a page whose studio is ready."""
    handler = functools.partial(type("Served", (Studio,), {"three": three}))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 800})
        page.on("console", lambda message: print(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: print(error))
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_function("window.show !== undefined")
        use(page)
        browser.close()
    server.shutdown()


def shoot(page: Page) -> None:
    for glb in sorted(HEADS.glob("*.glb")):
        image = picture(page, glb.stem, morphs=REST, wide=1280, high=720)
        image.resize((640, 360), Image.Resampling.LANCZOS).save(
            glb.with_suffix(".webp"), quality=86, method=6
        )
        print(glb.with_suffix(".webp").name, json.dumps(image.size))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("three", type=Path, help="the folder node_modules/three")
    studio_page(parser.parse_args().three, shoot)
