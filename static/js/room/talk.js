import { FrameQueue } from "./frame-queue.js";

const BEFORE_FRAMES = 15; // 300 ms: people begin to speak as they press
const AFTER_FRAMES = 8; // 160 ms: and let go before the last sound is out

/**
 * Decides which microphone frames are sent: all of them (hands-free) or those while the talk
 * button is held (push-to-talk). `send(pcm)` and `end()` are called in order.
 */
export class Talk {
  #send;
  #end;
  #before = new FrameQueue(BEFORE_FRAMES);
  #held = false;
  #after = 0;
  #mode;
  #muted = false;

  constructor({ mode, send, end }) {
    this.#mode = mode;
    this.#send = send;
    this.#end = end;
  }

  get mode() {
    return this.#mode;
  }

  get muted() {
    return this.#muted;
  }

  get held() {
    return this.#held;
  }

  set mode(mode) {
    this.#finish();
    this.#mode = mode;
  }

  set muted(muted) {
    if (muted) this.#finish();
    this.#muted = muted;
    this.#before.clear();
  }

  press() {
    if (this.#mode !== "push_to_talk" || this.#held || this.#muted) return false;
    this.#held = true;
    this.#after = 0;
    for (const bundle of this.#before.drain()) this.#send(bundle);
    return true;
  }

  release() {
    if (!this.#held) return;
    this.#held = false;
    this.#after = AFTER_FRAMES;
  }

  /** Takes one frame of sound from the microphone. */
  hear(pcm) {
    if (this.#mode === "hands_free") {
      // A muted microphone is silence, not absence: the server's sense of pauses runs on sound.
      this.#send(this.#muted ? new ArrayBuffer(pcm.byteLength) : pcm);
    } else if (this.#held) {
      this.#send(pcm);
    } else if (this.#after) {
      this.#send(pcm);
      if (!--this.#after) this.#end();
    } else if (!this.#muted) {
      this.#before.push(pcm);
    }
  }

  #finish() {
    if (this.#held || this.#after) this.#end();
    this.#held = false;
    this.#after = 0;
  }
}
