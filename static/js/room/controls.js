import { lasting } from "./memory.js";

const SHORTCUTS = {
  m: "microphone",
  p: "mode",
  c: "camera",
  k: "keyboard",
  w: "moment",
  t: "transcript",
  "?": "shortcuts",
};
const KEPT = "room:shortcuts";

/**
 * The bar, its keys and its dialogs.
 *
 * Events: one named after each `data-action` (microphone, mode, camera, moment), and `talk`
 * (detail: true while the talk button or the space bar is held), `stop` (Escape), `end`
 * (confirmed), `answer` (detail: the written text).
 */
export class Controls extends EventTarget {
  #room;
  #strings;
  #endDialog;
  #shortcutsDialog;
  #mode = "hands_free";

  constructor(room, strings) {
    super();
    this.#room = room;
    this.#strings = strings;
    this.#endDialog = room.querySelector("#end-dialog");
    this.#shortcutsDialog = room.querySelector("#shortcuts-dialog");
    room.addEventListener("click", ({ target }) => {
      const action = target.closest("[data-action]")?.dataset.action;
      if (action) this.#act(action);
    });
    this.#endDialog.onclose = () => {
      if (this.#endDialog.returnValue === "end") this.#tell("end");
      this.#endDialog.returnValue = "";
    };
    this.#listenToKeys();
    this.#listenToTalk();
    this.#prepareAnswer();
    if (room.dataset.captions === "yes") this.#toggleTranscript(true);
  }

  /** `microphone`: {muted, open, held}; `mode`: "hands_free" or "push_to_talk". */
  showMicrophone({ muted, open, held }, mode) {
    this.#mode = mode;
    const button = this.#button("microphone");
    const talk = mode === "push_to_talk" && open;
    button.toggleAttribute("data-muted", !open || (muted && !talk));
    if (talk) button.dataset.talk = held ? "held" : "ready";
    else delete button.dataset.talk;
    const label = talk ? (held ? "release" : "hold") : !open ? "off" : muted ? "unmute" : "mute";
    const icon = open && (talk || !muted) ? "microphone" : "muted";
    this.#paint(button, this.#strings.get(`microphone.${label}`), icon);
    this.#paint(this.#button("mode"), this.#strings.get(`mode.${mode}`), mode);
  }

  set level(level) {
    this.#button("microphone").style.setProperty("--level", level.toFixed(2));
  }

  set camera(on) {
    const button = this.#button("camera");
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("use").setAttribute("href", on ? "#icon-camera" : "#icon-camera-off");
  }

  /** Opens the panel for a written answer; false if this interview has none. */
  write(open = true) {
    const form = this.#room.querySelector("#answer");
    if (!form || "off" in form.dataset) return false;
    form.hidden = !open;
    this.#button("keyboard").setAttribute("aria-expanded", String(open));
    if (open) form.querySelector("textarea").focus();
    return true;
  }

  /** Answers may be written although this interview has none. */
  offerWriting() {
    delete this.#room.querySelector("#answer").dataset.off;
    this.#button("keyboard").hidden = false;
    this.write();
  }

  #act(action) {
    if (action === "keyboard") this.write(this.#room.querySelector("#answer")?.hidden);
    else if (action === "transcript") this.#toggleTranscript();
    else if (action === "transcript-close") this.#toggleTranscript(false);
    else if (action === "shortcuts") this.#shortcutsDialog.showModal();
    else if (action === "end") this.#endDialog.showModal();
    else if (action !== "microphone" || this.#mode === "hands_free") this.#tell(action);
  }

  #toggleTranscript(open = this.#room.dataset.panel !== "transcript") {
    const panel = this.#room.querySelector("#transcript");
    this.#room.dataset.panel = open ? "transcript" : "";
    panel.inert = !open;
    const button = this.#button("transcript");
    button.setAttribute("aria-expanded", String(open));
    if (open) panel.querySelector("button").focus();
    else if (panel.contains(document.activeElement) || document.activeElement === document.body) {
      button.focus();
    }
  }

  #listenToKeys() {
    const box = this.#room.querySelector("#shortcuts-on");
    box.checked = lasting.get(KEPT) !== "off";
    box.onchange = () => lasting.set(KEPT, box.checked ? "on" : "off");
    addEventListener("keydown", (event) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || this.#blocked) return;
      if (event.key === "Escape") this.#escape();
      const action = SHORTCUTS[event.key.toLowerCase()];
      if (!action || !box.checked || writes(event.target)) return;
      const button = this.#button(action);
      if (!button) return;
      event.preventDefault();
      this.#act(action);
    });
  }

  get #blocked() {
    return (
      Boolean(document.querySelector("dialog[open]")) || this.#button("end").closest("[inert]")
    );
  }

  #escape() {
    const form = this.#room.querySelector("#answer");
    if (this.#room.dataset.panel === "transcript") this.#toggleTranscript(false);
    else if (form && !form.hidden) this.write(false);
    else this.#tell("stop");
  }

  #listenToTalk() {
    const button = this.#button("microphone");
    const talk = (held) => this.#mode === "push_to_talk" && this.#tell("talk", held);
    button.onpointerdown = (event) => {
      if (this.#mode !== "push_to_talk") return;
      button.setPointerCapture(event.pointerId);
      talk(true);
    };
    button.onpointerup = button.onpointercancel = () => talk(false);
    button.oncontextmenu = (event) => this.#mode === "push_to_talk" && event.preventDefault();
    addEventListener("keydown", (event) => {
      if (event.code !== "Space" || this.#mode !== "push_to_talk" || this.#blocked) return;
      if (writes(event.target)) return;
      event.preventDefault();
      if (!event.repeat) talk(true);
    });
    addEventListener("keyup", (event) => {
      if (event.code !== "Space" || this.#mode !== "push_to_talk" || writes(event.target)) return;
      event.preventDefault();
      talk(false);
    });
    addEventListener("blur", () => talk(false));
  }

  #prepareAnswer() {
    const form = this.#room.querySelector("#answer");
    if (!form) return;
    const text = form.querySelector("textarea");
    const send = form.querySelector("[type=submit]");
    text.oninput = () => {
      form.querySelector("[data-count]").textContent = text.value.length;
      send.disabled = !text.value.trim();
    };
    text.onkeydown = (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      if (!text.value.trim()) return;
      this.#tell("answer", text.value.trim());
      text.value = "";
      text.oninput();
    };
  }

  #button(action) {
    return this.#room.querySelector(`[data-action="${action}"]`);
  }

  #paint(button, label, icon) {
    button.querySelector(".bar-label").textContent = label;
    button.querySelector("use").setAttribute("href", `#icon-${icon}`);
  }

  #tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function writes(target) {
  return target.closest?.("textarea, input, select, [contenteditable]") ?? false;
}
