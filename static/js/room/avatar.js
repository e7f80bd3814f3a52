import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

import { NeckBend } from "./neck-bend.js";

const EYE_DISTANCE = 0.063; // metres between the pupils of a grown person
const LEAST_WEIGHT = 0.01;
const EYES = [/^(eye_?left|left_?eye)$/i, /^(eye_?right|right_?eye)$/i];

/** Oculus shapes that stand in for ARKit's where a head has only those. */
const SUBSTITUTES = {
  jawOpen: "viseme_aa",
  mouthFunnel: "viseme_O",
  mouthPucker: "viseme_U",
  mouthPressLeft: "viseme_PP",
  mouthRollLower: "viseme_FF",
  mouthStretchLeft: "viseme_I",
};

/** A head from a GLB with ARKit-52 morphs: one mesh or many, with bones or without. */
export class Avatar {
  #morphs = new Map();
  #found = new Map();
  #eyes = [];
  #bones;
  #bend = null;
  #rest = new Map();

  /** Throws if the file cannot be fetched or is no GLB. `plain`: without the costly lustre. */
  static async load(url, { plain = false } = {}) {
    return new Avatar((await new GLTFLoader().loadAsync(url)).scene, plain);
  }

  constructor(root, plain) {
    this.root = root;
    root.updateMatrixWorld(true);
    const names = new Map();
    root.traverse((object) => {
      object.frustumCulled = false; // morphs move it out of its own box
      if (!names.has(object.name)) names.set(object.name, object);
      if (object.morphTargetDictionary) this.#collect(object);
      if (plain && object.material) object.material = matt(object.material);
    });
    const find = (pattern) => [...names.values()].find(({ name }) => pattern.test(name));
    this.#eyes = EYES.map(find).filter(Boolean);
    this.#bones = [find(/^(mixamorig:?)?head$/i), find(/^(mixamorig:?)?neck$/i)].filter(
      (object) => object?.isBone,
    );
    for (const object of [...this.#eyes, ...this.#bones]) {
      this.#rest.set(object, object.quaternion.clone());
    }
    this.#measure();
    if (!this.#bones.length) this.#bend = new NeckBend(root, this.eyes, this.scale);
  }

  /** Takes a pose of the interviewer: `{weights, head, gaze, breath}`. */
  pose({ weights, head, gaze, breath }) {
    for (const [name, value] of Object.entries(weights)) this.#set(name, value);
    this.root.position.y = breath * 0.0012 * this.scale;
    this.#bend?.turn(head);
    for (const bone of this.#bones) this.#rotate(bone, head, 1 / this.#bones.length);
    const eyes = { yaw: gaze.yaw - head.yaw, pitch: gaze.pitch - head.pitch, roll: 0 };
    for (const eye of this.#eyes) this.#rotate(eye, eyes, 1);
  }

  #collect(mesh) {
    for (const [name, index] of Object.entries(mesh.morphTargetDictionary)) {
      const key = canonical(name);
      if (!this.#morphs.has(key)) this.#morphs.set(key, []);
      this.#morphs.get(key).push({ influences: mesh.morphTargetInfluences, index, mesh });
    }
  }

  #set(name, value) {
    // A shape at exactly zero costs the graphics card nothing.
    const weight = value < LEAST_WEIGHT ? 0 : value;
    for (const { influences, index } of this.#targets(name)) influences[index] = weight;
  }

  #targets(name) {
    if (!this.#found.has(name)) {
      const substitute = canonical(SUBSTITUTES[name] ?? "");
      const targets = this.#morphs.get(canonical(name)) ?? this.#morphs.get(substitute) ?? [];
      this.#found.set(name, targets);
    }
    return this.#found.get(name);
  }

  #rotate(object, { yaw, pitch, roll }, part) {
    const turn = new THREE.Quaternion().setFromEuler(
      new THREE.Euler(-pitch * part, yaw * part, -roll * part, "YXZ"),
    );
    object.quaternion.copy(this.#rest.get(object)).multiply(turn);
  }

  /** Where the eyes are and how large the head is, by its eye nodes or else by what a blink moves. */
  #measure() {
    const centres =
      this.#eyes.length === 2
        ? this.#eyes.map((eye) => centreOf(eye))
        : ["eyeBlinkLeft", "eyeBlinkRight"].map((name) => this.#centreOfMorph(name));
    const box = new THREE.Box3().setFromObject(this.root);
    if (centres.every(Boolean)) {
      this.eyes = centres[0].clone().add(centres[1]).multiplyScalar(0.5);
      this.scale = centres[0].distanceTo(centres[1]) / EYE_DISTANCE;
    } else {
      const size = box.getSize(new THREE.Vector3());
      this.eyes = new THREE.Vector3(0, box.max.y - size.x * 0.55, box.max.z);
      this.scale = size.x / 0.45;
    }
    this.bottom = box.min.y;
  }

  #centreOfMorph(name) {
    const { mesh, index } = this.#morphs.get(canonical(name))?.[0] ?? {};
    if (!mesh) return null;
    const moved = mesh.geometry.morphAttributes.position[index];
    const sum = new THREE.Vector3();
    let total = 0;
    for (let vertex = 0; vertex < moved.count; vertex++) {
      const weight = new THREE.Vector3().fromBufferAttribute(moved, vertex).length();
      const at = new THREE.Vector3().fromBufferAttribute(mesh.geometry.attributes.position, vertex);
      sum.addScaledVector(at, weight);
      total += weight;
    }
    return total ? mesh.localToWorld(sum.divideScalar(total)) : null;
  }
}

/** The same material without reflections, which cost a processor most. */
function matt({ map, color, side, transparent, opacity, alphaTest, depthWrite, vertexColors }) {
  const kept = { map, color, side, transparent, opacity, alphaTest, depthWrite, vertexColors };
  return new THREE.MeshLambertMaterial(kept);
}

function centreOf(object) {
  const box = new THREE.Box3().setFromObject(object);
  return box.isEmpty()
    ? object.getWorldPosition(new THREE.Vector3())
    : box.getCenter(new THREE.Vector3());
}

/** "eyeBlinkLeft", "EyeBlink_L" and "blendShape1.eyeBlink_L" are the same shape. */
function canonical(name) {
  return name
    .replace(/^.*\./, "")
    .replace(/_?L(eft)?$/, "Left")
    .replace(/_?R(ight)?$/, "Right")
    .replace(/_/g, "")
    .toLowerCase();
}
