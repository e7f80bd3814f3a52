import { Face } from "./face.js";
import { Lips, mouthWeights } from "./lips.js";
import { VisemeTrack } from "./visemes.js";

const KEPT_TRACKS = 4;

/** The interviewer's visible self, whatever draws it: voice, visemes and state in, a pose out. */
export class Interviewer {
  #voice;
  #face;
  #lips = null;
  #spectrum = null;
  #tracks = new Map();
  #mouth = { open: 0, wide: 0, round: 0 };
  #weights = {};

  constructor(voice, { calm }) {
    this.#voice = voice;
    this.#face = new Face({ calm });
    voice.addEventListener("stopped", ({ detail }) => this.#hush(detail.utterance));
  }

  set state(value) {
    this.#face.state = value;
  }

  /** The opening of the mouth as drawn, 0..1. */
  get opening() {
    return Math.min(1, (this.#weights.jawOpen ?? 0) * 2);
  }

  greet() {
    this.#face.greet();
  }

  addVisemes(utterance, visemes) {
    if (!this.#tracks.has(utterance)) this.#tracks.set(utterance, new VisemeTrack());
    this.#tracks.get(utterance).add(visemes);
    if (this.#tracks.size > KEPT_TRACKS) this.#tracks.delete(this.#tracks.keys().next().value);
  }

  /** `{weights, head, gaze, breath}` after `seconds` more. */
  pose(seconds) {
    this.#listen(seconds);
    const face = this.#face.update(seconds, this.#mouth.open);
    const track = this.#tracks.get(this.#voice.utterance);
    this.#weights = mouthWeights(this.#mouth, track?.at(this.#voice.playedMs) ?? { jaw: 1 });
    return { ...face, weights: { ...face.weights, ...this.#weights } };
  }

  #listen(seconds) {
    const { analyser, utterance } = this.#voice;
    if (!analyser || !utterance) {
      this.#mouth = { open: 0, wide: 0, round: 0 };
      return;
    }
    this.#spectrum ??= new Float32Array(analyser.frequencyBinCount);
    this.#lips ??= new Lips(analyser.context.sampleRate / analyser.fftSize);
    analyser.getFloatFrequencyData(this.#spectrum);
    this.#mouth = this.#lips.hear(this.#spectrum, seconds);
  }

  #hush(utterance) {
    this.#tracks.delete(utterance);
    this.#lips?.close();
  }
}
