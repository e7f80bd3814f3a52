const RATE = 24000;
const PREBUFFER_MS = 100;
const REPORT_MS = 250;
const FFT = 1024;
const GESTURE_FREE_MS = 400;

/**
 * The interviewer's voice: plays what arrives and knows what has been heard.
 *
 * Events: `heard` (detail: `{utterance, playedMs, done}`, every 250 ms and once at the end or
 * stop), `started` (detail: `{utterance}`), `stopped` (detail: `{utterance,
 * cleared}`), `interrupted` (the browser or the system
 * has paused all sound).
 */
export class Voice extends EventTarget {
  static rate = RATE;
  #workletUrl;
  #context;
  #node = null;
  #analyser = null;
  #incoming = null;
  #cleared = new Set();
  #current = null; // {utterance, playedMs, time, playing}
  #reported = 0;
  #totalMs = 0;

  constructor(workletUrl) {
    super();
    this.#workletUrl = workletUrl;
    this.#context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
  }

  /** Whether the browser lets the page play without a gesture of the candidate. */
  async mayPlay() {
    const running = new Promise((resolve) => {
      this.#context.onstatechange = () => this.#context.state === "running" && resolve();
      setTimeout(resolve, GESTURE_FREE_MS);
    });
    if (this.#context.state !== "running") await running;
    return this.#context.state === "running";
  }

  /** The loudness of what is being played, RMS 0..1. */
  get rms() {
    if (!this.#analyser) return 0;
    const samples = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  }

  /** For lip-sync: the sound as it is played, or null before `start`. */
  get analyser() {
    return this.#analyser;
  }

  get utterance() {
    return this.#current?.utterance ?? null;
  }

  /** Milliseconds of the current utterance that have been played by now. */
  get playedMs() {
    if (!this.#current) return 0;
    const { playedMs, time, playing } = this.#current;
    return playing ? playedMs + Math.max(0, this.#context.currentTime - time) * 1000 : playedMs;
  }

  /** Samples played since the page was loaded. */
  get playedSamples() {
    return Math.round(((this.#totalMs + this.playedMs) * RATE) / 1000);
  }

  /** Begins to play; after a gesture where `mayPlay` was false. */
  async start() {
    const resumed = this.#context.resume();
    await this.#context.audioWorklet.addModule(this.#workletUrl);
    this.#node = new AudioWorkletNode(this.#context, "playback", {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions: { prebufferMs: PREBUFFER_MS },
    });
    this.#node.port.onmessage = ({ data }) => this.#receive(data);
    this.#analyser = new AnalyserNode(this.#context, { fftSize: FFT, smoothingTimeConstant: 0.2 });
    this.#node.connect(this.#analyser).connect(this.#context.destination);
    await resumed;
    this.#context.onstatechange = () => {
      if (this.#context.state !== "running") this.#tell("interrupted");
    };
  }

  resume() {
    return this.#context.resume();
  }

  begin(utterance, rate) {
    this.#incoming = utterance;
    this.#node?.port.postMessage({ type: "begin", utterance, rate });
  }

  /** Takes s16le sound that belongs to the utterance of the last `begin`. */
  push(pcm) {
    if (this.#incoming === null || this.#cleared.has(this.#incoming)) return;
    const whole = pcm.byteLength % 2 ? pcm.slice(0, -1) : pcm;
    this.#node?.port.postMessage({ type: "pcm", utterance: this.#incoming, pcm: whole }, [whole]);
  }

  end(utterance) {
    this.#node?.port.postMessage({ type: "end", utterance });
  }

  /** Stops an utterance at once and drops what may still come of it. */
  clear(utterance) {
    if (this.#cleared.has(utterance)) return;
    this.#cleared.add(utterance);
    this.#node?.port.postMessage({ type: "clear", utterance });
  }

  /** Nothing more of the utterance that is arriving will come: what is there is played out. */
  finish() {
    if (this.#incoming && this.#node) this.end(this.#incoming);
    this.#incoming = null;
  }

  /** Stops whatever is playing or waiting. */
  clearAll() {
    for (const utterance of [this.#current?.utterance, this.#incoming]) {
      if (utterance) this.clear(utterance);
    }
  }

  #receive({ type, utterance, playedMs, time }) {
    const done = type === "ended" || type === "cleared";
    const playing = type === "started" || type === "position";
    if (done && this.#current && this.#current.utterance !== utterance) {
      this.#tell("heard", { utterance, playedMs: 0, done });
      return;
    }
    const began = this.#current?.utterance !== utterance;
    this.#current = { utterance, playedMs, time, playing };
    if (began) this.#reported = 0;
    if (began && !done) this.#tell("started", { utterance });
    if (done || playedMs - this.#reported >= REPORT_MS) {
      this.#reported = playedMs;
      this.#tell("heard", { utterance, playedMs: Math.round(playedMs), done });
    }
    if (!done) return;
    this.#totalMs += playedMs;
    this.#current = null;
    this.#tell("stopped", { utterance, cleared: type === "cleared" });
  }

  #tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
