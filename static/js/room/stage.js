import * as THREE from "three";

import { Avatar } from "./avatar.js";
import { Quality } from "./quality.js";

const FIELD = 22; // degrees: a portrait lens
const VISIBLE = 0.49; // metres from top to bottom of the picture: head and shoulders
const NARROWEST = 0.33; // metres from side to side on a tall screen
const EYES_AT = 0.36; // part of the height, from the top
const SLOW_FPS = 25;

/** The picture of the interviewer: camera, light and the frames. */
export class Stage {
  #renderer;
  #camera = new THREE.PerspectiveCamera(FIELD, 1, 0.05, 20);
  #scene = new THREE.Scene();
  #quality;
  #avatar;
  #canvas;
  #before = 0;
  #pose = null;
  #leastMs;

  /** Throws where there is no WebGL, or the avatar cannot be loaded. */
  static async open(canvas, avatarUrl) {
    const slow = drawsInSoftware();
    const renderer = new THREE.WebGLRenderer({
      canvas,
      alpha: true,
      antialias: devicePixelRatio < 2 && !slow,
      powerPreference: "high-performance",
    });
    try {
      const stage = new Stage(
        canvas,
        renderer,
        await Avatar.load(avatarUrl, { plain: slow }),
        slow,
      );
      renderer.render(stage.#scene, stage.#camera);
      return stage;
    } catch (error) {
      renderer.dispose();
      throw error;
    }
  }

  constructor(canvas, renderer, avatar, slow) {
    this.#canvas = canvas;
    this.#renderer = renderer;
    this.#avatar = avatar;
    this.#quality = new Quality(devicePixelRatio, slow);
    // A processor that draws has a call to run as well.
    this.#leastMs = slow ? 1000 / SLOW_FPS : 0;
    renderer.toneMapping = THREE.NeutralToneMapping;
    renderer.toneMappingExposure = 1.05;
    this.#scene.add(avatar.root, ...lights(avatar.eyes));
    new ResizeObserver(() => this.#fit()).observe(canvas.parentElement);
    this.#fit();
  }

  get fps() {
    return this.#quality.fps;
  }

  /** Draws from now on; `pose(seconds)` is asked for the interviewer's pose before each frame. */
  start(pose) {
    this.#pose = pose;
    this.#renderer.setAnimationLoop((now) => this.#frame(now));
  }

  #frame(now) {
    if (now - this.#before < this.#leastMs) return;
    const seconds = this.#before ? (now - this.#before) / 1000 : 0;
    this.#before = now;
    if (this.#quality.frame(seconds)) this.#fit();
    this.#avatar.pose(this.#pose(Math.min(seconds, 0.1)));
    this.#renderer.render(this.#scene, this.#camera);
  }

  #fit() {
    const { clientWidth: width, clientHeight: height } = this.#canvas.parentElement;
    if (!width || !height) return;
    this.#renderer.setPixelRatio(this.#quality.scale);
    this.#renderer.setSize(width, height, false);
    const { eyes, scale, bottom } = this.#avatar;
    const aspect = width / height;
    const most = (eyes.y - bottom) / (1 - EYES_AT) / 1.02;
    const visible = Math.min(Math.max(VISIBLE, NARROWEST / aspect) * scale, most);
    const distance = visible / 2 / Math.tan(THREE.MathUtils.degToRad(FIELD / 2));
    this.#camera.aspect = aspect;
    this.#camera.position.set(eyes.x, eyes.y, eyes.z + distance);
    // The camera is at eye level and looks straight ahead; the lens is shifted, not tilted.
    this.#camera.setViewOffset(width, height, 0, (0.5 - EYES_AT) * height, width, height);
  }
}

function lights(eyes) {
  const at = (light, x, y, z) => {
    light.position.set(eyes.x + x, eyes.y + y, eyes.z + z);
    light.target.position.copy(eyes);
    light.target.updateMatrixWorld();
    return light;
  };
  return [
    new THREE.HemisphereLight("#f4f6ff", "#b3a79d", 1.8),
    at(new THREE.DirectionalLight("#fff1e2", 2.1), -1.1, 1.2, 1.5),
    at(new THREE.DirectionalLight("#e6ecff", 0.8), 1.5, 0.2, 1.2),
    at(new THREE.DirectionalLight("#ffffff", 1.4), 1.0, 0.9, -1.4),
  ];
}

function drawsInSoftware() {
  const context = document.createElement("canvas").getContext("webgl2");
  const info = context?.getExtension("WEBGL_debug_renderer_info");
  const name = info ? context.getParameter(info.UNMASKED_RENDERER_WEBGL) : "";
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software/i.test(name);
}
