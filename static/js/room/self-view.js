import { lasting } from "./memory.js";

const CORNERS = ["top-left", "top-right", "bottom-left", "bottom-right"];
const KEPT = "room:self-view";

/** The candidate's own picture: off or on, in one of the stage's corners, by mouse, touch or arrow keys. */
export class SelfView {
  #element;
  #video;
  #stage;
  #stream = null;
  #grip = null;

  constructor(element, stage) {
    this.#element = element;
    this.#video = element.querySelector("video");
    this.#stage = stage;
    const kept = lasting.get(KEPT);
    this.#corner = CORNERS.includes(kept) ? kept : "bottom-right";
    element.onpointerdown = (event) => this.#hold(event);
    element.onpointermove = (event) => this.#drag(event);
    element.onpointerup = element.onpointercancel = (event) => this.#drop(event);
    element.onkeydown = (event) => this.#step(event);
  }

  get on() {
    return this.#stream !== null;
  }

  /** Throws what getUserMedia throws. */
  async start() {
    const wanted = { width: { ideal: 640 }, height: { ideal: 360 }, facingMode: "user" };
    this.#stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    this.#stream.getVideoTracks()[0].onended = () => this.stop();
    this.#video.srcObject = this.#stream;
    this.#element.hidden = false;
    await this.#video.play();
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
    this.#element.hidden = true;
    this.#element.dispatchEvent(new Event("off"));
  }

  set #corner(corner) {
    this.#element.dataset.corner = corner;
    this.#stage.dataset.selfView = corner;
    lasting.set(KEPT, corner);
  }

  #hold(event) {
    this.#grip = { x: event.clientX, y: event.clientY };
    this.#element.setPointerCapture(event.pointerId);
    this.#element.dataset.dragged = "";
  }

  #drag(event) {
    if (!this.#grip) return;
    this.#element.style.setProperty("--drag-x", `${event.clientX - this.#grip.x}px`);
    this.#element.style.setProperty("--drag-y", `${event.clientY - this.#grip.y}px`);
  }

  #drop() {
    if (!this.#grip) return;
    const own = this.#element.getBoundingClientRect();
    const stage = this.#stage.getBoundingClientRect();
    const low = own.top + own.height / 2 > stage.top + stage.height / 2;
    const right = own.left + own.width / 2 > stage.left + stage.width / 2;
    this.#grip = null;
    delete this.#element.dataset.dragged;
    this.#element.style.removeProperty("--drag-x");
    this.#element.style.removeProperty("--drag-y");
    this.#corner = `${low ? "bottom" : "top"}-${right ? "right" : "left"}`;
  }

  #step(event) {
    let [vertical, horizontal] = this.#element.dataset.corner.split("-");
    if (event.key === "ArrowUp") vertical = "top";
    else if (event.key === "ArrowDown") vertical = "bottom";
    else if (event.key === "ArrowLeft") horizontal = "left";
    else if (event.key === "ArrowRight") horizontal = "right";
    else return;
    event.preventDefault();
    this.#corner = `${vertical}-${horizontal}`;
  }
}
