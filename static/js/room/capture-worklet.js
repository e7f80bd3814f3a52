// Runs in the audio thread and may not load other modules (Firefox), so it is whole in itself.

const FRAME_MS = 20;
const LOBES = 10;

/**
 * Windowed-sinc low-pass and rate change in one, for any pair of rates.
 * `push(float samples at `from` Hz)` gives the samples at `to` Hz that are complete by then.
 */
export class Downsampler {
  #step;
  #cutoff;
  #reach;
  #kept = new Float32Array(0);
  #next = 0; // position of the next output sample, in input samples, within #kept

  constructor(from, to) {
    this.#step = from / to;
    this.#cutoff = Math.min(1, to / from) * 0.94;
    this.#reach = Math.ceil(LOBES / this.#cutoff);
    this.#next = this.#reach;
    this.#kept = new Float32Array(this.#reach);
  }

  push(samples) {
    const input = new Float32Array(this.#kept.length + samples.length);
    input.set(this.#kept);
    input.set(samples, this.#kept.length);
    const output = [];
    while (this.#next + this.#reach < input.length) {
      output.push(this.#at(input, this.#next));
      this.#next += this.#step;
    }
    const done = Math.max(0, Math.floor(this.#next) - this.#reach);
    this.#kept = input.slice(done);
    this.#next -= done;
    return output;
  }

  #at(input, position) {
    const first = Math.ceil(position - this.#reach);
    const last = Math.floor(position + this.#reach);
    let sum = 0;
    let weight = 0;
    for (let index = first; index <= last; index++) {
      const distance = index - position;
      const x = Math.PI * distance * this.#cutoff;
      const sinc = Math.abs(x) < 1e-6 ? 1 : Math.sin(x) / x;
      const hann = 0.5 + 0.5 * Math.cos((Math.PI * distance) / (this.#reach + 1));
      sum += input[index] * sinc * hann;
      weight += sinc * hann;
    }
    return sum / weight;
  }
}

/** Posts `{pcm: ArrayBuffer of s16le, level: RMS 0..1}` for every 20 ms of microphone sound. */
class Capture extends AudioWorkletProcessor {
  #downsampler;
  #frame;
  #filled = 0;
  #energy = 0;

  constructor({ processorOptions }) {
    super();
    const rate = processorOptions.rate;
    this.#downsampler = new Downsampler(sampleRate, rate);
    this.#frame = new Int16Array((rate * FRAME_MS) / 1000);
  }

  process([input]) {
    if (!input.length) return true;
    for (const sample of this.#downsampler.push(mixed(input))) {
      const clipped = Math.max(-1, Math.min(1, sample));
      this.#energy += clipped * clipped;
      this.#frame[this.#filled++] = clipped < 0 ? clipped * 32768 : clipped * 32767;
      if (this.#filled === this.#frame.length) this.#send();
    }
    return true;
  }

  #send() {
    const pcm = this.#frame.slice().buffer;
    const level = Math.sqrt(this.#energy / this.#filled);
    this.port.postMessage({ pcm, level }, [pcm]);
    this.#filled = 0;
    this.#energy = 0;
  }
}

function mixed(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map(
    (_, index) => channels.reduce((sum, channel) => sum + channel[index], 0) / channels.length,
  );
}

registerProcessor("capture", Capture);
