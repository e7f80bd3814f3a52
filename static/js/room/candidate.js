import { CHOSEN, lasting, passing } from "./memory.js";
import { browserOf, Microphone } from "./microphone.js";
import { SelfView } from "./self-view.js";
import { Talk } from "./talk.js";

const KEPT_MODE = "room:input-mode";
const ASKING_AFTER_MS = 700;
const LOUD = 0.16; // RMS at which the level ring is full

/**
 * The candidate's side: microphone, ways of talking, camera.
 *
 * Events: `sound` (detail: an ArrayBuffer to send), `pause` (push-to-talk released), `talk` (it has
 * been pressed).
 */
export class Candidate extends EventTarget {
  #controls;
  #curtain;
  #strings;
  #toasts;
  #microphone;
  #talk;
  #selfView;
  #frames = 0;

  constructor({ room, controls, curtain, strings, toasts }) {
    super();
    this.#controls = controls;
    this.#curtain = curtain;
    this.#strings = strings;
    this.#toasts = toasts;
    this.#microphone = new Microphone(room.dataset.captureWorklet);
    this.#microphone.addEventListener("frame", ({ detail }) => this.#hear(detail));
    this.#microphone.addEventListener("lost", ({ detail }) => this.#explain(detail));
    this.#talk = new Talk({
      mode: passing.get(KEPT_MODE) ?? room.dataset.inputMode,
      send: (pcm) => this.dispatchEvent(new CustomEvent("sound", { detail: pcm })),
      end: () => this.dispatchEvent(new Event("pause")),
    });
    const selfView = room.querySelector("#self-view");
    this.#selfView = new SelfView(selfView, room.querySelector("#stage"));
    selfView.addEventListener("off", () => (controls.camera = false));
    controls.addEventListener("microphone", () => this.#toggleMicrophone());
    controls.addEventListener("mode", () => this.#switchMode());
    controls.addEventListener("camera", () => this.#toggleCamera());
    controls.addEventListener("talk", ({ detail }) => this.#hold(detail));
    this.#show();
  }

  /** Opens the devices; resolves when the interview can begin, with a microphone or without. */
  async enter() {
    this.#resumeCamera();
    await this.#openMicrophone();
  }

  /** Tells a server that expects hands-free answers that they end with a button instead. */
  announceMode(expected) {
    if (expected === "hands_free" && this.#talk.mode === "push_to_talk")
      this.dispatchEvent(new Event("pause"));
  }

  resume() {
    this.#microphone.resume();
  }

  leave() {
    this.#microphone.stop();
    this.#selfView.stop();
    this.#show();
  }

  async #openMicrophone() {
    const strings = this.#strings;
    const asking = setTimeout(() => {
      this.#curtain.show("asking", {
        title: strings.get("asking.title"),
        body: strings.get("asking.body"),
      });
    }, ASKING_AFTER_MS);
    try {
      await this.#microphone.start();
      this.#curtain.hide();
    } catch (error) {
      clearTimeout(asking);
      await this.#explain(error.problem ?? "failed");
    } finally {
      clearTimeout(asking);
      this.#show();
    }
  }

  /** Says what is wrong and what to do; resolves when the candidate has chosen a way on. */
  #explain(problem) {
    this.#show();
    const strings = this.#strings;
    const body = `problem.${problem}.body`;
    const key = strings.has(body) ? body : `${body}.${browserOf(navigator.userAgent)}`;
    return new Promise((resolve) => {
      const again = {
        label: strings.get("problem.again"),
        run: () => resolve(this.#openMicrophone()),
      };
      const canWrite = document.querySelector("#answer") !== null;
      const on = {
        label: strings.get(canWrite ? "problem.write" : "problem.without"),
        run: () => {
          this.#controls.write();
          resolve();
        },
      };
      this.#curtain.show("microphone", {
        title: strings.get(`problem.${problem}.title`),
        body: strings.get(key),
        actions: [again, on],
      });
    });
  }

  #hear({ pcm, level }) {
    this.#talk.hear(pcm);
    const audible = !this.#talk.muted && (this.#talk.mode === "hands_free" || this.#talk.held);
    if (++this.#frames % 2) this.#controls.level = audible ? Math.min(1, level / LOUD) : 0;
  }

  #toggleMicrophone() {
    if (!this.#microphone.open) {
      this.#openMicrophone();
      return;
    }
    this.#talk.muted = !this.#talk.muted;
    this.#show();
  }

  #switchMode() {
    this.#talk.muted = false;
    this.#talk.mode = this.#talk.mode === "hands_free" ? "push_to_talk" : "hands_free";
    passing.set(KEPT_MODE, this.#talk.mode);
    this.announceMode("hands_free");
    this.#show();
  }

  #hold(held) {
    if (held && this.#talk.press()) this.dispatchEvent(new Event("talk"));
    if (!held) this.#talk.release();
    this.#show();
  }

  async #resumeCamera() {
    if (lasting.get(CHOSEN.camera) !== "on") return;
    // Only where it needs no question: one permission at a time.
    const permission = await navigator.permissions?.query({ name: "camera" }).catch(() => null);
    if (permission?.state === "granted") await this.#startCamera();
  }

  async #toggleCamera() {
    if (this.#selfView.on) this.#selfView.stop();
    else await this.#startCamera();
    lasting.set(CHOSEN.camera, this.#selfView.on ? "on" : "off");
  }

  async #startCamera() {
    try {
      await this.#selfView.start();
    } catch {
      this.#selfView.stop();
      this.#toasts.show(this.#strings.get("problem.camera"), "warning");
    }
    this.#controls.camera = this.#selfView.on;
  }

  #show() {
    const { muted, held, mode } = this.#talk;
    this.#controls.showMicrophone({ muted, held, open: this.#microphone.open }, mode);
    if (!this.#microphone.open || muted) this.#controls.level = 0;
  }
}
