import { languageOf } from "./columns.js";

/** Everything said so far, in the panel at the side. */
export class Transcript {
  #list;
  #names;
  #entries = new Map();

  /** `names`: what the speakers are called, `{candidate, interviewer}`. */
  constructor(list, names) {
    this.#list = list;
    this.#names = names;
  }

  replace(history) {
    this.#entries.clear();
    this.#list.replaceChildren();
    for (const entry of history) this.say(entry);
  }

  say({ utterance, speaker, text, final = true }) {
    if (!text) {
      this.#entries.get(utterance)?.remove();
      this.#entries.delete(utterance);
      return;
    }
    const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 60;
    const entry = this.#entries.get(utterance) ?? this.#add(utterance, speaker);
    entry.lastElementChild.textContent = text;
    entry.lastElementChild.lang = languageOf(text);
    entry.toggleAttribute("data-partial", !final && speaker === "candidate");
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }

  #add(utterance, speaker) {
    const entry = document.createElement("li");
    entry.dataset.speaker = speaker;
    entry.dataset.utterance = utterance;
    const name = document.createElement("span");
    name.textContent = this.#names[speaker];
    entry.append(name, document.createElement("p"));
    this.#entries.set(utterance, entry);
    this.#list.append(entry);
    return entry;
  }
}
