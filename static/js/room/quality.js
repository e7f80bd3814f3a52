const WINDOW_SECONDS = 1.5;
const FRAMES_ENOUGH = 20;

/**
 * Gives up sharpness where the machine is too slow for it: each window of frames below 20 a second
 * lowers `scale` (pixels drawn per CSS pixel) by a step. It never rises again: a picture that keeps
 * changing its sharpness is worse than a soft one.
 */
export class Quality {
  #scales;
  #frames = 0;
  #seconds = 0;
  fps = 0;

  constructor(densest, slow = false) {
    const sharp = Math.min(densest, 2);
    const scales = [sharp, Math.min(sharp, 1.25), 0.8, 0.55, 0.4, 0.3];
    this.#scales = slow ? scales.slice(3) : scales;
  }

  get scale() {
    return this.#scales[0];
  }

  /** Counts a frame that took `seconds`; true if `scale` has just changed. */
  frame(seconds) {
    if (seconds > 1) return false; // the page was hidden
    this.#frames += 1;
    this.#seconds += seconds;
    if (this.#seconds < WINDOW_SECONDS) return false;
    this.fps = this.#frames / this.#seconds;
    this.#frames = this.#seconds = 0;
    if (this.fps >= FRAMES_ENOUGH || this.#scales.length === 1) return false;
    this.#scales.shift();
    return true;
  }
}
