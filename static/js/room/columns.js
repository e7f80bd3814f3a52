const HANGUL = /[가-힣]/g;
const LATIN = /[A-Za-z]/g;
const LANGUAGES = ["ko", "en"];

/** The interpreter's two columns: everything said, once in Korean and once in English, side by side. */
export class Columns {
  #list;
  #rows = new Map(); // utterance -> row, of originals and of translations
  #open = null; // the row whose translation has not begun

  constructor(element) {
    this.#list = element.querySelector("ol");
  }

  /** All that was said, oldest first: `[{utterance, speaker, text}]`. */
  replace(history) {
    this.#rows.clear();
    this.#open = null;
    this.#list.replaceChildren();
    for (const entry of history) this.say({ ...entry, final: true });
  }

  say({ utterance, speaker, text, final }) {
    const list = this.#list;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    if (speaker === "candidate") this.#original(utterance, text, final);
    else this.#translation(utterance, text, final);
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  #original(utterance, text, final) {
    let row = this.#rows.get(utterance);
    if (!text) {
      row?.element.remove();
      this.#rows.delete(utterance);
      if (this.#open === row) this.#open = null;
      return;
    }
    row ??= this.#add(utterance);
    row.open(languageOf(text), text, final);
    this.#open = row;
  }

  #translation(utterance, text, final) {
    let row = this.#rows.get(utterance);
    if (!row) {
      if (!text) return;
      row = this.#open ?? this.#add(utterance);
      this.#rows.set(utterance, row);
      this.#open = null;
    }
    row.answer(text, final);
  }

  #add(utterance) {
    const row = new Row();
    this.#rows.set(utterance, row);
    this.#list.append(row.element);
    return row;
  }
}

/** One utterance and what it is in the other language. */
class Row {
  element = document.createElement("li");
  #cells = new Map();
  #source = null;
  #translated = "";

  constructor() {
    for (const language of LANGUAGES) {
      const cell = document.createElement("p");
      cell.lang = language;
      this.#cells.set(language, cell);
      this.element.append(cell);
    }
  }

  open(language, text, final) {
    if (this.#source && this.#source !== language) this.#cells.get(this.#source).textContent = "";
    this.#source = language;
    const cell = this.#cells.get(language);
    cell.dataset.role = "original";
    cell.textContent = text;
    cell.toggleAttribute("data-partial", !final);
    this.#show(this.#translated, this.#translated);
  }

  /** Words of a translation that was broken off stay, but show that they were not heard. */
  answer(text, final) {
    if (!final) this.#translated = text;
    this.#show(text, this.#translated.startsWith(text) ? this.#translated : text);
  }

  #show(heard, whole) {
    const language = this.#source
      ? LANGUAGES.find((other) => other !== this.#source)
      : languageOf(whole);
    const cell = this.#cells.get(language);
    if (!whole) return;
    cell.dataset.role = "translation";
    cell.textContent = heard;
    if (whole.length > heard.length) {
      const rest = document.createElement("span");
      rest.className = "unheard";
      rest.textContent = whole.slice(heard.length);
      cell.append(rest);
    }
  }
}

/** By the letters: a Hangul syllable says as much as two Latin letters. */
export function languageOf(text) {
  const hangul = text.match(HANGUL)?.length ?? 0;
  const latin = text.match(LATIN)?.length ?? 0;
  return hangul * 2 > latin ? "ko" : "en";
}
