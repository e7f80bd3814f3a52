import { CHOSEN, lasting } from "./memory.js";

const RATE = 16000;
const CONSTRAINTS = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/**
 * The candidate's microphone as 16 kHz s16le frames of 20 ms.
 *
 * Events: `frame` (detail: `{pcm: ArrayBuffer, level: RMS 0..1}`), `lost` (detail: a problem, see
 * `problemOf`).
 */
export class Microphone extends EventTarget {
  #workletUrl;
  #context = null;
  #stream = null;
  #node = null;

  constructor(workletUrl) {
    super();
    this.#workletUrl = workletUrl;
  }

  get open() {
    return this.#stream !== null;
  }

  /** Asks for the microphone. Throws an Error whose `problem` says why there is none. */
  async start() {
    this.stop();
    if (!navigator.mediaDevices?.getUserMedia) throw problem("insecure");
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: wanted() });
    } catch (error) {
      throw problem(problemOf(error), error);
    }
    for (const track of this.#stream.getAudioTracks()) track.onended = () => this.#ended();
    await this.#capture();
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.#stream = null;
    this.#node?.disconnect();
    this.#node = null;
  }

  /** The context may only run after a gesture of the candidate. */
  resume() {
    return this.#context?.resume();
  }

  async #capture() {
    // At the device's own rate: Firefox refuses a microphone in a context of another one.
    if (!this.#context) {
      this.#context = new AudioContext({ latencyHint: "interactive" });
      await this.#context.audioWorklet.addModule(this.#workletUrl);
    }
    await this.#context.resume();
    this.#node = new AudioWorkletNode(this.#context, "capture", {
      numberOfOutputs: 0,
      processorOptions: { rate: RATE },
    });
    this.#node.port.onmessage = ({ data }) => {
      if (this.#stream) this.dispatchEvent(new CustomEvent("frame", { detail: data }));
    };
    this.#context.createMediaStreamSource(this.#stream).connect(this.#node);
  }

  #ended() {
    this.stop();
    this.dispatchEvent(new CustomEvent("lost", { detail: "lost" }));
  }
}

/** The device that was chosen in the device check, if it is still there. */
function wanted() {
  const chosen = lasting.get(CHOSEN.microphone);
  return chosen ? { ...CONSTRAINTS, deviceId: chosen } : CONSTRAINTS;
}

/** What a DOMException of getUserMedia means: "denied", "missing", "busy" or "failed". */
export function problemOf({ name }) {
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "failed";
}

/** "firefox", "safari", "edge", "chrome" or "other": permissions are found elsewhere in each. */
export function browserOf(userAgent) {
  if (/Firefox|FxiOS/.test(userAgent)) return "firefox";
  if (/Edg/.test(userAgent)) return "edge";
  if (/Chrome|CriOS/.test(userAgent)) return "chrome";
  if (/Safari/.test(userAgent)) return "safari";
  return "other";
}

function problem(kind, cause) {
  return Object.assign(new Error(`microphone: ${kind}`, { cause }), { problem: kind });
}
