const BUNDLE_FRAMES = 50;

/** Microphone frames that wait: bounded, the oldest are given up first. */
export class FrameQueue {
  #frames = [];
  #most;

  constructor(most) {
    this.#most = most;
  }

  get length() {
    return this.#frames.length;
  }

  push(frame) {
    this.#frames.push(frame);
    if (this.#frames.length > this.#most) this.#frames.shift();
  }

  clear() {
    this.#frames = [];
  }

  /** Takes everything out, oldest first, joined into buffers well below the 64 KiB of the protocol. */
  drain() {
    const bundles = [];
    while (this.#frames.length) bundles.push(joined(this.#frames.splice(0, BUNDLE_FRAMES)));
    return bundles;
  }
}

function joined(frames) {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.byteLength, 0));
  let offset = 0;
  for (const frame of frames) {
    bytes.set(new Uint8Array(frame), offset);
    offset += frame.byteLength;
  }
  return bytes.buffer;
}
