/** What the page remembers in the browser's storage; where that is switched off, only until it is left. */
export class Memory {
  #storage;
  #otherwise = new Map();

  /** `storage` gives localStorage or sessionStorage; asking for it may already throw. */
  constructor(storage) {
    try {
      this.#storage = storage();
    } catch {
      this.#storage = null;
    }
  }

  /** The string kept under `key`, or null. */
  get(key) {
    return this.#storage ? this.#storage.getItem(key) : (this.#otherwise.get(key) ?? null);
  }

  set(key, value) {
    this.#otherwise.set(key, String(value));
    try {
      this.#storage?.setItem(key, value);
    } catch {
      this.#storage = null; // full or forbidden
    }
  }
}

/** For good: habits of this candidate. */
export const lasting = new Memory(() => localStorage);
/** Under which names the device check and the room keep what was chosen: an id, and "on" or "off". */
export const CHOSEN = { microphone: "room:microphone", camera: "room:camera" };
/** As long as the tab: where this interview stands. */
export const passing = new Memory(() => sessionStorage);
