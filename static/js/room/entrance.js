const FACE_WITHIN_MS = 5000;

/** The way into the room: a gesture where the browser wants one, the sound, the devices, the face. */
export class Entrance {
  #voice;
  #candidate;
  #picture;
  #curtain;
  #strings;
  #toasts;

  constructor({ voice, candidate, picture, curtain, strings, toasts }) {
    this.#voice = voice;
    this.#candidate = candidate;
    this.#picture = picture;
    this.#curtain = curtain;
    this.#strings = strings;
    this.#toasts = toasts;
  }

  /** Resolves when the interview can begin. */
  async pass() {
    // The greeting waits for the face, but not for ever.
    const seen = Promise.race([this.#picture.open(), passed(FACE_WITHIN_MS)]);
    if (!(await this.#voice.mayPlay())) await this.#ask("join");
    await this.#startSound();
    await this.#candidate.enter();
    await seen;
  }

  async #startSound() {
    try {
      await this.#voice.start();
    } catch (error) {
      console.error(error);
      this.#toasts.show(this.#strings.get("problem.sound"), "error");
    }
    this.#voice.addEventListener("interrupted", async () => {
      if (this.#curtain.name) return;
      await this.#ask("sound");
      this.#voice.resume();
      this.#candidate.resume();
    });
  }

  #ask(name) {
    return new Promise((resolve) => {
      this.#curtain.show(name, {
        title: this.#strings.get(`${name}.title`),
        body: this.#strings.get(`${name}.body`),
        actions: [{ label: this.#strings.get(`${name}.action`), run: resolve }],
      });
    });
  }
}

function passed(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
