import { Caption } from "./caption.js";
import { joined } from "./conversation.js";

const LINES = 2;

/** The words at the bottom of the stage: the interviewer's as they are spoken, the candidate's as they are understood. */
export class Subtitles {
  #element;
  #text;
  #captions = new Map();
  #speaking = null; // the utterance that is being heard
  #shown = null; // the interviewer's utterance whose words stand there
  #words = [];
  #line = 0;
  #revealed = 0; // letters

  constructor(element) {
    this.#element = element;
    this.#text = element.querySelector("[data-subtitle-text]");
    // A turned phone or the transcript at the side breaks the lines anew.
    new ResizeObserver(() => this.#reveal(this.#revealed)).observe(element);
  }

  /** The next piece of the interviewer's words. */
  expect(utterance, text) {
    const caption = this.#caption(utterance);
    caption.add(joined(caption.text, text).slice(caption.text.length));
    if (utterance === this.#speaking) this.#layOut(caption.text);
  }

  received(utterance, ms) {
    this.#caption(utterance).extend(ms);
  }

  complete(utterance, durationMs) {
    this.#caption(utterance).end(durationMs);
  }

  /** The interviewer's utterance begins to be heard. */
  begin(utterance) {
    this.#speaking = this.#shown = utterance;
    this.#show("interviewer");
    this.#words = [];
    this.#layOut(this.#caption(utterance).text);
  }

  /** `ms` of `utterance` have been played. */
  advance(utterance, ms) {
    if (!utterance || utterance !== this.#speaking) return;
    this.#reveal(this.#caption(utterance).shown(ms));
  }

  /** The utterance has been heard to its end. */
  finish(utterance) {
    if (utterance === this.#shown) this.#reveal(this.#caption(utterance).text.length);
    this.stop(utterance);
    this.#captions.delete(utterance);
  }

  /** The utterance has been broken off: what is not shown by now will not be. */
  stop(utterance) {
    if (utterance === this.#speaking) this.#speaking = null;
  }

  /** The server says what of a broken utterance counts as said. */
  cut(utterance, heard) {
    this.stop(utterance);
    this.#captions.delete(utterance);
    if (utterance !== this.#shown) return;
    this.#words = [];
    this.#layOut(heard);
    this.#reveal(heard.length);
  }

  /** The candidate's words so far. */
  candidate(text) {
    if (this.#speaking || !text) return;
    this.#show("candidate");
    this.#shown = null;
    this.#words = [];
    this.#layOut(text);
    this.#reveal(text.length);
  }

  clear() {
    this.#speaking = this.#shown = null;
    this.#captions.clear();
    this.#element.hidden = true;
  }

  #caption(utterance) {
    if (!this.#captions.has(utterance)) this.#captions.set(utterance, new Caption());
    return this.#captions.get(utterance);
  }

  #show(speaker) {
    this.#element.dataset.speaker = speaker;
    this.#turnTo(0);
  }

  /** Words not yet spoken stand in their places unseen, so that no line moves while it fills. */
  #layOut(text) {
    const words = [...text.matchAll(/\S+/g)];
    const same = this.#words.every(({ span }, index) => span.textContent === words[index]?.[0]);
    if (!same) this.#words = [];
    if (!this.#words.length) this.#text.replaceChildren();
    for (const word of words.slice(this.#words.length)) {
      const span = document.createElement("span");
      span.textContent = word[0];
      this.#text.append(span, " ");
      this.#words.push({ span, from: word.index });
    }
    this.#element.hidden = !words.length;
  }

  #reveal(count) {
    this.#revealed = count;
    let last = null;
    for (const { span, from } of this.#words) {
      const shown = from < count;
      span.classList.toggle("spoken", shown);
      if (shown) last = span;
    }
    if (!last) return;
    const height = parseFloat(getComputedStyle(this.#text).lineHeight);
    const line = Math.round(last.offsetTop / height);
    // The interviewer's words turn over like pages; of the candidate's the newest lines matter.
    const first =
      this.#element.dataset.speaker === "interviewer"
        ? Math.floor(line / LINES) * LINES
        : Math.max(0, line - LINES + 1);
    if (first !== this.#line) this.#turnTo(first);
  }

  #turnTo(line) {
    this.#line = line;
    this.#text.style.setProperty("--first-line", String(line));
  }
}
