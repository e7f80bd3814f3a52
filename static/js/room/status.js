/** The one word beside the interviewer that says what it does. */
export class Status {
  #element;
  #strings;

  constructor(element, strings) {
    this.#element = element;
    this.#strings = strings;
  }

  show(state) {
    const key = this.#strings.has(`state.${state}`) ? state : "listening";
    if (this.#element.dataset.state === key) return;
    this.#element.dataset.state = key;
    this.#element.querySelector("use").setAttribute("href", `#icon-${key}`);
    this.#element.querySelector("span").textContent = this.#strings.get(`state.${key}`);
  }
}
