import { towards } from "./lips.js";

const DEGREE = Math.PI / 180;
const BLINK_SECONDS = 0.16;
const NOD_SECONDS = 0.9;

/** How each state looks: where the gaze rests (degrees), the smile, the brows, seconds between nods. */
const MANNERS = {
  connecting: { yaw: 0, pitch: 0, smile: 0.2, brows: 0, nods: 0 },
  waiting: { yaw: 0, pitch: 0, smile: 0.24, brows: 0.02, nods: 0 },
  listening: { yaw: 0, pitch: 0, smile: 0.22, brows: 0.05, nods: 7 },
  hearing: { yaw: 0, pitch: 0, smile: 0.18, brows: 0.1, nods: 3.5 },
  thinking: { yaw: 11, pitch: 7, smile: 0.1, brows: 0.16, nods: 0 },
  speaking: { yaw: 0, pitch: 0, smile: 0.18, brows: 0.05, nods: 0 },
  ended: { yaw: 0, pitch: 0, smile: 0.28, brows: 0.04, nods: 0 },
};

/**
 * What a person's face does besides speaking: looks, blinks, breathes, nods, thinks, smiles.
 * Pure: time comes in by `update`, chance by `random`. `calm` keeps what means something (blinks,
 * smile) and leaves out every sway.
 */
export class Face {
  state = "connecting";
  #random;
  #calm;
  #time = 0;
  #pose = { yaw: 0, pitch: 0, roll: 0, gazeYaw: 0, gazePitch: 0, smile: 0, brows: 0 };
  #saccade = { yaw: 0, pitch: 0, until: 0 };
  #blink = { at: 1.5, until: 0 };
  #nod = { at: 3, start: -10, depth: 0 };
  #greeting = 0;
  #loudness = 0;

  constructor({ calm = false, random = Math.random } = {}) {
    this.#calm = calm;
    this.#random = random;
  }

  /** A warm smile for the next seconds. */
  greet(seconds = 4) {
    this.#greeting = this.#time + seconds;
  }

  /**
   * Goes on by `seconds`; `loudness` 0..1 is the interviewer's own voice. Gives `{weights, head:
   * {yaw, pitch, roll}, gaze: {yaw, pitch}, breath}`, angles in radians, positive to the
   * interviewer's left and up, `breath` -1..1.
   */
  update(seconds, loudness = 0) {
    this.#time += seconds;
    const manner = MANNERS[this.state] ?? MANNERS.listening;
    const pose = this.#pose;
    this.#loudness = towards(this.#loudness, loudness, seconds, 0.25);
    this.#look(manner, seconds);
    const smile = this.#time < this.#greeting ? 0.5 : manner.smile;
    pose.smile = towards(pose.smile, smile, seconds, 0.5);
    pose.brows = towards(pose.brows, manner.brows + this.#loudness * 0.12, seconds, 0.3);
    const sway = this.#calm ? 0 : 1;
    const breath = sway * Math.sin(this.#time * 1.5);
    return {
      weights: this.#weights(this.#lid()),
      head: {
        yaw: pose.yaw + sway * DEGREE * (wander(this.#time, 0.31) * (1 + 1.6 * this.#loudness)),
        pitch: pose.pitch + sway * (this.#nodding(manner) + DEGREE * this.#emphasis()),
        roll: pose.roll + sway * DEGREE * 0.9 * wander(this.#time, 0.23),
      },
      gaze: { yaw: pose.gazeYaw, pitch: pose.gazePitch },
      breath,
    };
  }

  #look(manner, seconds) {
    const pose = this.#pose;
    if (this.#time > this.#saccade.until && !this.#calm) this.#newSaccade();
    const yaw = DEGREE * (manner.yaw + this.#saccade.yaw);
    const pitch = DEGREE * (manner.pitch + this.#saccade.pitch);
    pose.gazeYaw = towards(pose.gazeYaw, yaw, seconds, 0.03);
    pose.gazePitch = towards(pose.gazePitch, pitch, seconds, 0.03);
    pose.yaw = towards(pose.yaw, DEGREE * manner.yaw * 0.45 + yaw * 0.1, seconds, 0.4);
    pose.pitch = towards(pose.pitch, DEGREE * manner.pitch * 0.25 + pitch * 0.1, seconds, 0.4);
    const tilt = this.state === "hearing" ? 2.2 : this.state === "thinking" ? -1.5 : 0;
    pose.roll = towards(pose.roll, this.#calm ? 0 : DEGREE * tilt, seconds, 0.8);
  }

  /** Eyes rest on a face by wandering between its eyes and mouth; a speaker also looks away. */
  #newSaccade() {
    const away = this.state === "speaking" && this.#random() < 0.14;
    const reach = away ? 8 : this.state === "thinking" ? 3 : 1.3;
    this.#saccade = {
      yaw: (this.#random() * 2 - 1) * reach,
      pitch: (this.#random() * 2 - 1) * reach * 0.6,
      until: this.#time + (away ? 0.5 + this.#random() * 0.5 : 0.6 + this.#random() * 2),
    };
    if (away && this.#random() < 0.5) this.#blink.at = this.#time;
  }

  #lid() {
    if (this.#time >= this.#blink.at) {
      const again = this.#random() < 0.12 ? 0.3 : 2 + this.#random() * 4;
      this.#blink = { at: this.#time + again, until: this.#time + BLINK_SECONDS };
    }
    const left = this.#blink.until - this.#time;
    if (left <= 0) return 0;
    return Math.max(0, Math.sin(Math.PI * (1 - left / BLINK_SECONDS))) ** 0.6;
  }

  #nodding({ nods }) {
    if (nods && this.#time > this.#nod.at) {
      const depth = 2 + this.#random() * 2.5;
      const at = this.#time + NOD_SECONDS + nods * (0.6 + this.#random() * 0.8);
      this.#nod = { at, start: this.#time, depth };
    }
    const part = (this.#time - this.#nod.start) / NOD_SECONDS;
    if (part < 0 || part > 1) return 0;
    return -DEGREE * this.#nod.depth * Math.sin(Math.PI * part) ** 2 * (1.2 - part * 0.6);
  }

  #emphasis() {
    return 0.5 * wander(this.#time, 0.19) - this.#loudness * 1.5 * (0.5 + wander(this.#time, 1.3));
  }

  #weights(lid) {
    const { smile, brows, gazeYaw, gazePitch } = this.#pose;
    const look = (value) => Math.max(0, Math.min(1, value / (25 * DEGREE)));
    const both = (name, value) => ({ [`${name}Left`]: value, [`${name}Right`]: value });
    return {
      ...both("eyeBlink", Math.min(1, lid + smile * 0.05)),
      ...both("mouthSmile", smile),
      ...both("cheekSquint", smile * 0.3),
      ...both("mouthDimple", smile * 0.2),
      browInnerUp: brows * 0.5,
      ...both("browOuterUp", brows),
      ...both("eyeLookUp", look(gazePitch)),
      ...both("eyeLookDown", look(-gazePitch)),
      eyeLookOutLeft: look(gazeYaw),
      eyeLookInRight: look(gazeYaw),
      eyeLookInLeft: look(-gazeYaw),
      eyeLookOutRight: look(-gazeYaw),
    };
  }
}

/** A slow, never repeating swing between -1 and 1. */
function wander(time, speed) {
  const t = time * speed * 2 * Math.PI;
  return (Math.sin(t) + Math.sin(t * 1.618 + 1) + Math.sin(t * 0.577 + 2)) / 3;
}
