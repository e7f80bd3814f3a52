/** Tells the candidate how the connection is, and what can be done when it is gone. */
export class Connection {
  #room;
  #chip;
  #curtain;
  #strings;
  #toasts;
  #call;
  #wasLost = false;

  constructor({ room, call, curtain, strings, toasts }) {
    this.#room = room;
    this.#chip = room.querySelector("#connection");
    this.#curtain = curtain;
    this.#strings = strings;
    this.#toasts = toasts;
    this.#call = call;
  }

  /** Takes the detail of the call's `connection` event. */
  show({ status, attempt, most, code }) {
    this.#room.dataset.connection = status;
    const retrying = attempt > 0 && (status === "waiting" || status === "connecting");
    this.#chip.hidden = !retrying;
    if (retrying)
      this.#chip.textContent = this.#strings.get("connection.waiting", { attempt, most });
    if (status === "waiting") this.#wasLost = true;
    if (status === "open" && this.#wasLost) {
      this.#wasLost = false;
      this.#toasts.show(this.#strings.get("connection.back"));
    }
    if (status === "lost") this.#ask("lost", this.#again("lost.action"));
    if (status === "closed") this.#closed(code);
  }

  #closed(code) {
    const { login, results, interviews } = this.#room.dataset;
    const actions = {
      4400: { label: this.#strings.get("reload"), run: () => location.reload() },
      4401: { label: this.#strings.get("closed.4401.action"), href: login },
      4409: this.#again("closed.4409.action"),
      4410: { label: this.#strings.get("ended.action"), href: results },
    };
    const list = { label: this.#strings.get("interviews"), href: interviews };
    this.#ask(`closed.${code}`, actions[code] ?? list);
  }

  #again(key) {
    return { label: this.#strings.get(key), run: () => this.#call.open() };
  }

  #ask(name, action) {
    this.#curtain.show(name, {
      title: this.#strings.get(`${name}.title`),
      body: this.#strings.get(`${name}.body`),
      actions: [action],
    });
  }
}
