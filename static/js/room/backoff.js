const BASE_MS = 500;
const CEILING_MS = 8000;

/**
 * How long to wait before each new attempt: exponential, with jitter so that a server that comes
 * back is not met by everybody at once.
 */
export class Backoff {
  #attempt = 0;
  #random;

  constructor({ most = 5, random = Math.random } = {}) {
    this.most = most;
    this.#random = random;
  }

  get attempt() {
    return this.#attempt;
  }

  /** Milliseconds until the next attempt, or null when there is none left. */
  next() {
    if (this.#attempt >= this.most) return null;
    const delay = Math.min(CEILING_MS, BASE_MS * 2 ** this.#attempt++);
    return delay * (0.5 + this.#random() / 2);
  }

  reset() {
    this.#attempt = 0;
  }
}
