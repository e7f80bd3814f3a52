const SHOWN_MS = 8000;
const MOST = 3;

/** Short facts in the corner: they come politely and go by themselves. */
export class Toasts {
  #list;
  #dismiss;

  constructor(list, dismiss) {
    this.#list = list;
    this.#dismiss = dismiss;
  }

  /** `kind`: "info", "warning" or "error"; an error stays until it is dismissed. */
  show(text, kind = "info") {
    for (const toast of this.#list.children) {
      if (toast.firstElementChild.textContent === text) toast.remove();
    }
    const toast = document.createElement("li");
    toast.className = "toast";
    toast.dataset.kind = kind;
    const words = document.createElement("p");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast-close";
    close.setAttribute("aria-label", this.#dismiss);
    close.textContent = "×";
    close.onclick = () => toast.remove();
    toast.append(words, close);
    this.#list.append(toast);
    while (this.#list.children.length > MOST) this.#list.firstElementChild.remove();
    if (kind !== "error") setTimeout(() => toast.remove(), SHOWN_MS);
  }
}
