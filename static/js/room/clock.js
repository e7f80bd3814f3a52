const WARNING_SECONDS = 120;
const STOPS_AFTER_MS = 5000;

/** The time left: the server's word counts, the seconds between are the page's own. */
export class Clock {
  #element;
  #remaining = null;
  #since = 0;
  #stopsAt = Infinity;

  constructor(element) {
    this.#element = element;
    setInterval(() => this.#draw(), 250);
  }

  set(remaining) {
    this.#remaining = remaining;
    this.#since = performance.now();
    this.#draw();
  }

  /** Without a connection the interview's clock stops after five seconds. */
  set connected(connected) {
    this.#stopsAt = connected ? Infinity : performance.now() + STOPS_AFTER_MS;
  }

  stop() {
    this.#stopsAt = performance.now();
  }

  #draw() {
    if (this.#remaining === null) return;
    const now = Math.min(performance.now(), this.#stopsAt);
    const seconds = Math.max(0, Math.ceil(this.#remaining - Math.max(0, now - this.#since) / 1000));
    const text = clockText(seconds);
    if (this.#element.textContent === text) return;
    this.#element.textContent = text;
    this.#element.dateTime = `PT${seconds}S`;
    this.#element.toggleAttribute("data-ending", seconds <= WARNING_SECONDS);
  }
}

/** Seconds as "m:ss". */
export function clockText(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
