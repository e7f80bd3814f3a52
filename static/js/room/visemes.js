/**
 * What each Oculus viseme adds to the mouth that the sound alone drives: ARKit weights, and `jaw`,
 * by which the opening is multiplied (lips that close are what the ear of an analyser cannot see).
 * https://developers.meta.com/horizon/documentation/unity/audio-ovrlipsync-viseme-reference/
 */
const SHAPES = {
  sil: { jaw: 0.6 },
  PP: { jaw: 0.08, mouthPress: 0.4, mouthRollLower: 0.22, mouthRollUpper: 0.18 },
  FF: { jaw: 0.25, mouthRollLower: 0.5, mouthUpperUp: 0.22 },
  TH: { jaw: 0.75, tongueOut: 0.2 },
  DD: { jaw: 0.7, mouthStretch: 0.08 },
  kk: { jaw: 0.8 },
  CH: { jaw: 0.55, mouthFunnel: 0.42 },
  SS: { jaw: 0.4, mouthStretch: 0.24 },
  nn: { jaw: 0.65 },
  RR: { jaw: 0.7, mouthFunnel: 0.24, mouthPucker: 0.12 },
  aa: { jaw: 1.15 },
  E: { jaw: 0.95, mouthStretch: 0.22 },
  I: { jaw: 0.75, mouthStretch: 0.32 },
  O: { jaw: 0.95, mouthFunnel: 0.4, mouthPucker: 0.2 },
  U: { jaw: 0.6, mouthFunnel: 0.28, mouthPucker: 0.5 },
};

const BEFORE_MS = 45; // lips start for a sound before it is heard
const AFTER_MS = 55;

/** The timed shapes of one utterance, on the utterance's own clock. */
export class VisemeTrack {
  #visemes = [];
  #first = 0;

  /** `visemes`: `[[start_ms, duration_ms, shape], …]`, in order. */
  add(visemes) {
    for (const [start, duration, shape] of visemes) {
      if (shape in SHAPES) this.#visemes.push({ start, end: start + duration, shape });
    }
  }

  /** The weights at `ms` played: `{jaw, mouthPress, …}`; `{jaw: 1}` where nothing is known. */
  at(ms) {
    while (this.#first < this.#visemes.length && this.#visemes[this.#first].end + AFTER_MS < ms) {
      this.#first++;
    }
    const sum = { jaw: 0 };
    let total = 0;
    for (let index = this.#first; index < this.#visemes.length; index++) {
      const viseme = this.#visemes[index];
      if (viseme.start - BEFORE_MS > ms) break;
      const weight = presence(viseme, ms);
      total += weight;
      for (const [name, value] of Object.entries(SHAPES[viseme.shape])) {
        sum[name] = (sum[name] ?? 0) + value * weight;
      }
    }
    if (total > 1) for (const name of Object.keys(sum)) sum[name] /= total;
    sum.jaw += Math.max(0, 1 - total);
    return sum;
  }
}

function presence({ start, end }, ms) {
  const rising = (ms - (start - BEFORE_MS)) / BEFORE_MS;
  const falling = (end + AFTER_MS - ms) / AFTER_MS;
  return Math.max(0, Math.min(1, rising, falling));
}
