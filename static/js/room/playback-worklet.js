// Runs in the audio thread and may not load other modules (Firefox), so it is whole in itself.

const FADE_MS = 5;
const REPORTS_PER_SECOND = 60;

/** The sound of one utterance: s16le chunks in, floats at the context's rate out. */
class Track {
  ended = false;
  #chunks = [];
  #first = 0; // index, in samples of the utterance, of the first chunk's first sample
  #received = 0;
  #position = 0;
  #step;

  constructor(utterance, rate, contextRate) {
    this.utterance = utterance;
    this.rate = rate;
    this.#step = rate / contextRate;
  }

  push(samples) {
    this.#chunks.push(samples);
    this.#received += samples.length;
  }

  get playedMs() {
    return (Math.min(this.#position, this.#received) / this.rate) * 1000;
  }

  get bufferedMs() {
    return (Math.max(0, this.#received - this.#position) / this.rate) * 1000;
  }

  /** Fills `output` from `start` and returns how many samples there were. */
  read(output, start = 0) {
    let index = start;
    for (; index < output.length && this.#position < this.#received; index++) {
      const whole = Math.floor(this.#position);
      const part = this.#position - whole;
      const here = this.#sample(whole);
      output[index] = part ? here + (this.#sample(whole + 1, here) - here) * part : here;
      this.#position += this.#step;
    }
    return index - start;
  }

  #sample(index, otherwise = 0) {
    while (this.#chunks.length > 1 && index - this.#first >= this.#chunks[0].length) {
      this.#first += this.#chunks.shift().length;
    }
    let offset = index - this.#first;
    for (const chunk of this.#chunks) {
      if (offset < chunk.length) return chunk[offset] / 32768;
      offset -= chunk.length;
    }
    return otherwise;
  }
}

/**
 * Gapless player with a clock that counts samples really played.
 * In: `begin {utterance, rate}`, `pcm {utterance, pcm}`, `end {utterance}`, `clear {utterance}`.
 * Out: `started`, `position`, `underrun`, `ended`, `cleared`, each `{utterance, playedMs, time}`.
 */
class Playback extends AudioWorkletProcessor {
  #tracks = [];
  #playing = false;
  #prebufferMs;
  #tail = new Float32Array(0);
  #untilReport = 0;

  constructor({ processorOptions }) {
    super();
    this.#prebufferMs = processorOptions.prebufferMs;
    this.port.onmessage = ({ data }) => this.#receive(data);
  }

  #receive({ type, utterance, rate, pcm }) {
    if (type === "begin") {
      this.#tracks.push(new Track(utterance, rate, sampleRate));
      return;
    }
    const track = this.#tracks.find((each) => each.utterance === utterance);
    if (!track) return;
    if (type === "pcm") track.push(new Int16Array(pcm));
    if (type === "end") track.ended = true;
    if (type === "clear") this.#clear(track);
  }

  #clear(track) {
    if (track === this.#tracks[0] && this.#playing) {
      this.#tail = new Float32Array(Math.round((sampleRate * FADE_MS) / 1000));
      const playedMs = track.playedMs;
      track.read(this.#tail);
      this.#tail.forEach((value, index, tail) => (tail[index] = value * (1 - index / tail.length)));
      this.#report("cleared", track, 0, playedMs);
      this.#playing = false;
    } else {
      this.#report("cleared", track);
    }
    this.#tracks = this.#tracks.filter((each) => each !== track);
  }

  process(_inputs, [[output]]) {
    const filled = this.#playTail(output);
    const track = this.#tracks[0];
    if (track && !this.#playing && this.#ready(track)) {
      this.#playing = true;
      this.#report("started", track);
    }
    if (track && this.#playing) this.#play(track, output, filled);
    return true;
  }

  #ready(track) {
    return track.ended || track.bufferedMs >= this.#prebufferMs;
  }

  #play(track, output, start) {
    const read = track.read(output, start);
    if (start + read < output.length) {
      this.#playing = false;
      if (track.ended) {
        this.#tracks.shift();
        this.#report("ended", track, start + read);
        return;
      }
      this.#report("underrun", track, start + read);
    }
    this.#untilReport -= output.length;
    if (this.#untilReport > 0) return;
    this.#untilReport = sampleRate / REPORTS_PER_SECOND;
    this.#report("position", track, start + read);
  }

  #playTail(output) {
    const count = Math.min(this.#tail.length, output.length);
    output.set(this.#tail.subarray(0, count));
    this.#tail = this.#tail.subarray(count);
    return this.#tail.length ? output.length : count;
  }

  #report(type, track, offset = 0, playedMs = track.playedMs) {
    const time = currentTime + offset / sampleRate;
    this.port.postMessage({ type, utterance: track.utterance, playedMs, time });
  }
}

registerProcessor("playback", Playback);
