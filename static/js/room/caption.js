const LATIN_PER_SECOND = 15; // characters of ordinary speech
const HANGUL_PER_SECOND = 6.5;
const HANGUL = /[\u3131-\uD79D]/g;

/**
 * How much of the interviewer's words may be shown: those whose sound has been played.
 *
 * The words of an utterance come in pieces, its sound in chunks; a piece is taken to begin where
 * the sound received so far ends. Until the next piece or the end tells how long a piece really
 * lasts, an ordinary pace of speech is assumed. Pure; milliseconds are the utterance's own.
 */
export class Caption {
  #pieces = []; // {text, from}
  #soundMs = 0;
  #ended = false;

  get text() {
    return this.#pieces.map(({ text }) => text).join("");
  }

  add(text) {
    const last = this.#pieces.at(-1);
    if (last && last.from === this.#soundMs) last.text += text;
    else this.#pieces.push({ text, from: this.#soundMs });
  }

  /** That many more milliseconds of sound have been received. */
  extend(ms) {
    this.#soundMs += ms;
  }

  /** All sound has been received; `durationMs` is its length. */
  end(durationMs) {
    this.#soundMs = durationMs;
    this.#ended = true;
  }

  /** How many characters of `text` have been spoken after `ms` played; never ends inside a word. */
  shown(ms) {
    if (this.#ended && ms >= this.#soundMs - 30) return this.text.length;
    let count = 0;
    for (const [index, { text, from }] of this.#pieces.entries()) {
      if (ms < from) break;
      const until = this.#until(index);
      const part = Math.min(1, (ms - from) / Math.max(1, until - from));
      count += text.length * part;
      if (part < 1) break;
    }
    return wholeWords(this.text, count);
  }

  #until(index) {
    const next = this.#pieces[index + 1]?.from;
    if (next !== undefined) return next;
    const { text, from } = this.#pieces[index];
    const usual = from + usualMs(text);
    return this.#ended ? this.#soundMs : Math.max(usual, this.#soundMs);
  }
}

function usualMs(text) {
  const hangul = text.match(HANGUL)?.length ?? 0;
  return (hangul / HANGUL_PER_SECOND + (text.length - hangul) / LATIN_PER_SECOND) * 1000;
}

/** A word is shown from its first sound on. */
function wholeWords(text, count) {
  if (count <= 0) return 0;
  const end = text.slice(Math.ceil(count)).search(/\s/);
  return end < 0 ? text.length : Math.ceil(count) + end;
}
