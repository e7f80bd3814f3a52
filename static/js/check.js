// The device check: microphone level, speaker tones, camera preview.
// Every sentence it shows stands in the page's data attributes, in the page's language.

import { CHOSEN, lasting } from "./room/memory.js";

const check = document.querySelector("#device-check");
const find = (name) => check.querySelector(`[data-${name}]`);

class Microphone {
  #meter = find("microphone-level");
  #status = find("microphone-status");
  #retry = find("microphone-retry");
  #choice = find("microphone-choice");
  #select = find("microphone");
  #help = find("permission-help");
  #context = null;
  #stream = null;
  #opened = 0;
  #heard = false;
  #frame = 0;

  constructor() {
    this.#retry.addEventListener("click", () => this.open());
    this.#select.addEventListener("change", () => {
      lasting.set(CHOSEN.microphone, this.#select.value);
      this.open();
    });
  }

  async open() {
    this.#say("asking");
    this.#retry.hidden = true;
    this.close();
    if (!navigator.mediaDevices?.getUserMedia) return this.#fail("unsupported");
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          deviceId: lasting.get(CHOSEN.microphone) ?? undefined,
          echoCancellation: true,
          noiseSuppression: true,
          autoGainControl: true,
        },
      });
    } catch (error) {
      return this.#fail(
        { NotAllowedError: "denied", NotFoundError: "missing", NotReadableError: "busy" }[
          error.name
        ] ?? "missing",
      );
    }
    const [track] = this.#stream.getAudioTracks();
    track.addEventListener("ended", () => this.#fail("lost"));
    this.#help.open = false;
    await this.#listDevices(track.getSettings().deviceId);
    this.#measure();
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#context?.close();
    this.#stream = this.#context = null;
  }

  async #listDevices(current) {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const inputs = devices.filter((device) => device.kind === "audioinput" && device.deviceId);
    this.#select.replaceChildren(
      ...inputs.map((device, index) => {
        const label = device.label || `${check.dataset.microphone} ${index + 1}`;
        return new Option(label, device.deviceId, false, device.deviceId === current);
      }),
    );
    this.#choice.hidden = inputs.length < 2;
  }

  #measure() {
    this.#context = new AudioContext();
    const analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#context.createMediaStreamSource(this.#stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#opened = performance.now();
    this.#heard = false;
    this.#say(this.#context.state === "suspended" ? "wake" : "quiet");

    let shown = 0;
    let lastAnnounced = 0;
    const tick = (now) => {
      this.#frame = requestAnimationFrame(tick);
      if (this.#context.state === "suspended") {
        this.#opened = now;
        return;
      }
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      // -60 dBFS is an empty meter, -10 dBFS a full one.
      const decibels = 10 * Math.log10(sum / samples.length + 1e-12);
      const level = Math.min(1, Math.max(0, (decibels + 60) / 50));
      shown = Math.max(level, shown * 0.9);
      this.#meter.style.setProperty("--level", shown.toFixed(3));
      if (now - lastAnnounced > 500) {
        lastAnnounced = now;
        this.#meter.setAttribute("aria-valuenow", String(Math.round(shown * 100)));
      }
      if (!this.#heard && level > 0.4) {
        this.#heard = true;
        this.#say("hearing");
      } else if (!this.#heard && now - this.#opened > 8000) this.#say("silent");
      else if (!this.#heard) this.#say("quiet");
    };
    this.#frame = requestAnimationFrame(tick);
  }

  wake() {
    this.#context?.resume();
  }

  #fail(reason) {
    this.close();
    this.#meter.style.setProperty("--level", "0");
    this.#retry.hidden = reason === "unsupported";
    if (reason === "denied") {
      this.#help.open = true;
      showHelpFor(browserName());
    }
    this.#say(reason);
  }

  #say(state) {
    // A live region speaks at every write, so it is written to only on a change.
    if (this.#status.dataset.state === state) return;
    this.#status.dataset.state = state;
    this.#status.textContent = check.dataset[state];
  }
}

class Camera {
  #video = find("camera-preview");
  #status = find("camera-status");
  #button = find("camera-switch");
  #stream = null;

  constructor() {
    this.#button.addEventListener("click", () => this.#toggle());
  }

  async #toggle() {
    if (this.#stream) this.close();
    else await this.open();
    lasting.set(CHOSEN.camera, this.#stream ? "on" : "off");
  }

  async open() {
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" },
      });
    } catch {
      this.#show("cameraFailed");
      return;
    }
    this.#stream.getVideoTracks()[0].addEventListener("ended", () => this.close());
    this.#video.srcObject = this.#stream;
    this.#show("cameraOn");
    // Some browsers hold `autoplay` back while the page is still settling.
    await this.#video.play();
  }

  close() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
    this.#show("cameraOff");
  }

  #show(state) {
    this.#status.textContent = check.dataset[state];
    this.#video.hidden = !this.#stream;
    this.#button.textContent = this.#stream ? check.dataset.turnOff : check.dataset.turnOn;
  }
}

function playTones() {
  const context = new AudioContext();
  [392, 494, 587].forEach((frequency, index) => {
    const start = context.currentTime + 0.05 + index * 0.45;
    const tone = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.2, start + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.001, start + 0.4);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.42);
    if (index === 2) tone.addEventListener("ended", () => context.close());
  });
}

function browserName() {
  const agent = navigator.userAgent;
  if (/iPhone|iPad/.test(agent)) return "ios";
  if (/Android/.test(agent)) return "android";
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Chrome\//.test(agent)) return "chromium";
  return "safari";
}

function showHelpFor(browser) {
  for (const entry of check.querySelectorAll("[data-browser]"))
    entry.hidden = entry.dataset.browser !== browser;
}

const microphone = new Microphone();
const camera = new Camera();
find("speaker-test").addEventListener("click", playTones);
for (const gesture of ["pointerdown", "keydown"])
  document.addEventListener(gesture, () => microphone.wake());
addEventListener("pagehide", () => {
  microphone.close();
  camera.close();
});
microphone.open();
