/** Stands before the stage when there is one thing to say and at most two things to do. */
export class Curtain {
  #element;
  #title;
  #body;
  #list;
  #actions;
  #behind;

  /** `behind`: the elements that cannot be used while the curtain is down. */
  constructor(element, behind) {
    this.#element = element;
    this.#title = element.querySelector("[data-curtain-title]");
    this.#body = element.querySelector("[data-curtain-body]");
    this.#list = element.querySelector("[data-curtain-list]");
    this.#actions = element.querySelector("[data-curtain-actions]");
    this.#behind = behind;
  }

  /**
   * `name` is kept on the element for styles and tests. `actions`: `[{label, href?, run?}]`, the
   * first one is the main one; an action with `run` raises the curtain.
   */
  show(name, { title, body = "", list = [], actions = [] }) {
    this.#element.dataset.curtain = name;
    this.#title.textContent = title;
    this.#body.textContent = body;
    this.#body.hidden = !body;
    this.#list.replaceChildren(...list.map((text) => item(text)));
    this.#list.hidden = !list.length;
    this.#actions.replaceChildren(...actions.map((action, index) => this.#action(action, index)));
    this.#element.hidden = false;
    for (const element of this.#behind) element.inert = true;
    this.#actions.firstElementChild?.focus({ preventScroll: true });
  }

  get name() {
    return this.#element.hidden ? null : this.#element.dataset.curtain;
  }

  hide() {
    this.#element.hidden = true;
    for (const element of this.#behind) element.inert = false;
  }

  #action({ label, href, run }, index) {
    const element = document.createElement(href ? "a" : "button");
    element.className = index ? "button" : "button button-primary button-large";
    element.textContent = label;
    if (href) element.href = href;
    else {
      element.type = "button";
      element.onclick = () => {
        this.hide();
        run();
      };
    }
    return element;
  }
}

function item(text) {
  const element = document.createElement("li");
  element.textContent = text;
  return element;
}
