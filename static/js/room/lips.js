const BANDS = { low: [80, 400], first: [400, 1000], middle: [1000, 1800], upper: [1800, 3000] };
const HISS = [4000, 9000];
const QUIETEST_PEAK = 0.02;
const SILENCE = 0.0015;

/**
 * The mouth, heard: energies of speech bands give opening, width and rounding in any language.
 * `hear` takes a spectrum in dB and gives the mouth 0..1; it measures against the voice's own peak.
 */
export class Lips {
  #peak = 0.05;
  #open = 0;
  #wide = 0;
  #round = 0;
  #hertz;

  /** `hertz`: width of one bin of the spectrum. */
  constructor(hertz) {
    this.#hertz = hertz;
  }

  /** `{open, wide, round}` after `seconds` more of the sound whose spectrum this is. */
  hear(spectrum, seconds) {
    const energy = Object.fromEntries(
      Object.entries(BANDS).map(([name, [from, to]]) => [name, this.#energy(spectrum, from, to)]),
    );
    const hiss = this.#energy(spectrum, ...HISS);
    const voiced = energy.low + energy.first + energy.middle + energy.upper;
    const level = Math.sqrt(voiced + hiss);
    this.#peak = Math.max(this.#peak * 0.97 ** seconds, level, QUIETEST_PEAK);
    const volume = level < SILENCE ? 0 : Math.min(1, level / (this.#peak * 0.8)) ** 0.7;
    const vowel = Math.min(1, (1.5 * (energy.first + 0.5 * energy.middle)) / (voiced + 1e-9));
    const spread = energy.upper / (energy.middle + energy.upper + 1e-9);
    const dark = energy.low / (energy.low + energy.first + 1e-9);
    const open = volume * (0.4 + 0.6 * vowel);
    this.#open = towards(this.#open, open, seconds, open > this.#open ? 0.02 : 0.045);
    this.#wide = towards(this.#wide, volume * spread, seconds, 0.045);
    this.#round = towards(this.#round, volume * dark * (1 - spread), seconds, 0.045);
    return { open: this.#open, wide: this.#wide, round: this.#round };
  }

  /** Closes the mouth at once, as after a flush. */
  close() {
    this.#open = this.#wide = this.#round = 0;
  }

  #energy(spectrum, from, to) {
    const last = Math.min(spectrum.length, to / this.#hertz);
    let sum = 0;
    for (let bin = Math.ceil(from / this.#hertz); bin < last; bin++)
      sum += 10 ** (spectrum[bin] / 10);
    return sum;
  }
}

/** Moves `value` to `target` with the time constant `tau`, the same at any frame rate. */
export function towards(value, target, seconds, tau) {
  return value + (target - value) * (1 - Math.exp(-seconds / tau));
}

/** ARKit weights of a mouth `{open, wide, round}` and what the visemes at this moment add. */
export function mouthWeights({ open, wide, round }, { jaw, ...shapes }) {
  const opening = open * jaw;
  const both = (name, value) => ({ [`${name}Left`]: value, [`${name}Right`]: value });
  return {
    jawOpen: opening * 0.5,
    mouthFunnel: Math.max(round * 0.3 * jaw, shapes.mouthFunnel ?? 0),
    mouthPucker: Math.max(round * 0.25 * jaw, shapes.mouthPucker ?? 0),
    mouthRollLower: shapes.mouthRollLower ?? 0,
    mouthRollUpper: shapes.mouthRollUpper ?? 0,
    tongueOut: shapes.tongueOut ?? 0,
    ...both("mouthLowerDown", opening * 0.3),
    ...both("mouthUpperUp", Math.max(opening * 0.16, shapes.mouthUpperUp ?? 0)),
    ...both("mouthStretch", Math.max(wide * 0.24, shapes.mouthStretch ?? 0)),
    ...both("mouthPress", shapes.mouthPress ?? 0),
  };
}
