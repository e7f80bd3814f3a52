import { Call } from "./call.js";
import { Candidate } from "./candidate.js";
import { Clock } from "./clock.js";
import { Columns } from "./columns.js";
import { Connection } from "./connection.js";
import { Controls } from "./controls.js";
import { Conversation } from "./conversation.js";
import { Curtain } from "./curtain.js";
import { Entrance } from "./entrance.js";
import { Interviewer } from "./interviewer.js";
import { Picture } from "./picture.js";
import { Status } from "./status.js";
import { Strings } from "./strings.js";
import { Subtitles } from "./subtitles.js";
import { Toasts } from "./toasts.js";
import { Transcript } from "./transcript.js";
import { Voice } from "./voice.js";

const BYTES_PER_MS = (2 * Voice.rate) / 1000;

/** The interview room: brings the parts together and knows what each message means to which. */
class Room {
  #element;
  #strings;
  #curtain;
  #toasts;
  #voice;
  #call;
  #conversation = new Conversation();
  #interviewer;
  #picture;
  #candidate;
  #controls;
  #connection;
  #subtitles;
  #transcript;
  #columns;
  #status;
  #clock;
  #incoming = null;

  constructor(element) {
    const find = (selector) => element.querySelector(selector);
    this.#element = element;
    this.#strings = new Strings(find("#strings"));
    this.#curtain = new Curtain(find("#curtain"), [find("#stage"), find("#controls")]);
    this.#toasts = new Toasts(find("#toasts"), this.#strings.get("dismiss"));
    this.#status = new Status(find("#state"), this.#strings);
    this.#subtitles = new Subtitles(find("#subtitles"));
    this.#transcript = new Transcript(find("#transcript-list"), {
      candidate: this.#strings.get("speaker.candidate"),
      interviewer: find(".who-name").textContent || this.#strings.get("speaker.interviewer"),
    });
    const columns = find("#columns");
    this.#columns = columns && new Columns(columns);
    this.#clock = new Clock(find("#timer"));
    this.#controls = new Controls(element, this.#strings);
    this.#voice = new Voice(element.dataset.playbackWorklet);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#interviewer = new Interviewer(this.#voice, { calm });
    this.#picture = new Picture(find("#picture"), element.dataset.avatar, this.#interviewer);
    this.#call = Call.of(element.dataset, Voice.rate);
    const shared = { room: element, strings: this.#strings, curtain: this.#curtain };
    const talking = { ...shared, toasts: this.#toasts };
    this.#candidate = new Candidate({ ...talking, controls: this.#controls });
    this.#connection = new Connection({ ...talking, call: this.#call });
    this.#listenToCall();
    this.#listenToConversation();
    this.#listenToVoice();
    this.#listenToCandidate();
  }

  /** Numbers for browser tests, see `window.__room`. */
  stats() {
    const { playedSamples, rms } = this.#voice;
    return { fps: this.#picture.fps, mouth: this.#interviewer.opening, playedSamples, rms };
  }

  async open() {
    const sight = { voice: this.#voice, candidate: this.#candidate, picture: this.#picture };
    const words = { curtain: this.#curtain, strings: this.#strings, toasts: this.#toasts };
    await new Entrance({ ...sight, ...words }).pass();
    this.#call.open();
  }

  #listenToCall() {
    this.#call.addEventListener("message", ({ detail }) => this.#conversation.receive(detail));
    this.#call.addEventListener("audio", ({ detail }) => {
      if (this.#incoming)
        this.#subtitles.received(this.#incoming, detail.byteLength / BYTES_PER_MS);
      this.#voice.push(detail);
    });
    this.#call.addEventListener("connection", ({ detail }) => {
      this.#connection.show(detail);
      this.#clock.connected = detail.status === "open";
      if (detail.status === "open") return;
      this.#voice.finish();
      this.#setState("connecting");
    });
  }

  #listenToConversation() {
    const on = (name, handler) =>
      this.#conversation.addEventListener(name, ({ detail }) => handler(detail));
    on("history", ({ history }) => {
      this.#transcript.replace(history);
      this.#columns?.replace(history);
      this.#subtitles.clear();
      if (!history.length) this.#interviewer.greet();
      this.#candidate.announceMode(this.#element.dataset.inputMode);
    });
    on("said", (entry) => {
      this.#transcript.say(entry);
      this.#columns?.say(entry);
      if (entry.speaker === "candidate") this.#subtitles.candidate(entry.text);
    });
    on("spoken", ({ utterance, text }) => this.#subtitles.expect(utterance, text));
    on("state", ({ value }) => this.#setState(value));
    on("clock", ({ remaining }) => this.#clock.set(remaining));
    on("audiostart", ({ utterance, sample_rate: rate }) => {
      this.#incoming = utterance;
      this.#voice.begin(utterance, rate);
    });
    on("audioend", ({ utterance, duration_ms: duration }) => {
      this.#subtitles.complete(utterance, duration);
      this.#voice.end(utterance);
    });
    on("audioclear", ({ utterance, heard_text: heard }) => {
      this.#voice.clear(utterance);
      this.#subtitles.cut(utterance, heard);
    });
    on("visemes", ({ utterance, visemes }) => this.#interviewer.addVisemes(utterance, visemes));
    on("notice", ({ code, message }) => {
      if (code === "type_instead") this.#controls.offerWriting();
      this.#toasts.show(message);
    });
    on("error", (error) => {
      // Before a close for good: the curtain says why, and what to do.
      if (error.fatal && !error.retry_after_seconds) return;
      this.#toasts.show(this.#wordsOf(error), "error");
    });
    on("ended", (message) => this.#end(message));
  }

  #listenToVoice() {
    this.#voice.addEventListener("started", ({ detail }) =>
      this.#subtitles.begin(detail.utterance),
    );
    this.#voice.addEventListener("stopped", ({ detail: { utterance, cleared } }) => {
      if (cleared) this.#subtitles.stop(utterance);
      else this.#subtitles.finish(utterance);
    });
    this.#voice.addEventListener("heard", ({ detail: { utterance, playedMs, done } }) => {
      this.#call.report({ type: "playback", utterance, played_ms: playedMs, done });
    });
    setInterval(() => this.#subtitles.advance(this.#voice.utterance, this.#voice.playedMs), 60);
  }

  #listenToCandidate() {
    const on = (name, handler) => this.#controls.addEventListener(name, handler);
    this.#candidate.addEventListener("sound", ({ detail }) => this.#call.sendAudio(detail));
    this.#candidate.addEventListener("pause", () => this.#call.send({ type: "audio_end" }));
    this.#candidate.addEventListener("talk", () => this.#interrupt());
    on("stop", () => this.#interrupt());
    on("end", () => this.#call.send({ type: "end_interview" }));
    on("answer", ({ detail: text }) => this.#call.send({ type: "text_answer", text }));
    on("moment", () => this.#call.send({ type: "take_time" }));
  }

  #interrupt() {
    if (!this.#voice.utterance) return;
    this.#call.send({ type: "interrupt" });
    this.#voice.clearAll();
  }

  #setState(value) {
    this.#status.show(value);
    this.#interviewer.state = value;
  }

  #wordsOf({ code, message }) {
    const key = `error.${code}`;
    return this.#strings.has(key) ? this.#strings.get(key) : message;
  }

  #end({ reason, results_url: href }) {
    this.#setState("ended");
    this.#clock.stop();
    this.#call.close();
    this.#voice.finish();
    this.#candidate.leave();
    this.#curtain.show("ended", {
      title: this.#strings.get(`ended.${reason}`),
      body: this.#strings.get("ended.body"),
      actions: [
        { label: this.#strings.get("ended.action"), href: href || this.#element.dataset.results },
      ],
    });
  }
}

const room = new Room(document.querySelector(".room"));
/** For browser tests alone: `stats()` gives `{fps, mouth 0..1, playedSamples, rms}`. */
window.__room = { stats: () => room.stats() };
room.open();
