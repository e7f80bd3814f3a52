import { Backoff } from "./backoff.js";
import { FrameQueue } from "./frame-queue.js";
import { passing } from "./memory.js";

const PING_MS = 15000;
const PONG_WITHIN_MS = 8000;
const CONNECT_WITHIN_MS = 10000;
const SETTLED_AFTER_MS = 10000;
const OFFLINE_FRAMES = 1000; // 20 s of 20 ms frames
const MOST_UNSENT_BYTES = 256 * 1024;
const FINAL_CODES = new Set([4400, 4401, 4403, 4404, 4409, 4410, 4429]);

/**
 * One candidate's connection to an interview: the only place that knows the WebSocket.
 *
 * Events: `message` (detail: a JSON message), `audio` (detail: ArrayBuffer), `connection`
 * (detail: `{status: "connecting" | "open" | "waiting" | "lost" | "closed", attempt, most, code}`).
 * "lost" means that every attempt failed; "closed" that the server does not want this connection.
 */
export class Call extends EventTarget {
  #url;
  #init;
  #seen;
  #socket = null;
  #ready = false;
  #finished = false;
  #backoff = new Backoff();
  #offline = new FrameQueue(OFFLINE_FRAMES);
  #unsent = [];
  #timers = { retry: 0, ping: 0, pong: 0, settled: 0, connect: 0 };
  #pings = 0;
  #everConnected = false;

  /** The call that the room's `data-` attributes name; `rate` is that of the interviewer's voice. */
  static of({ interview, websocket, language }, rate) {
    const key = `interview:${interview}:seq`;
    const seen = {
      get: () => Number(passing.get(key) ?? 0),
      set: (seq) => passing.set(key, seq),
    };
    const init = {
      audio: { encoding: "pcm_s16le", sample_rate: 16000 },
      playback: { transport: "binary", sample_rate: rate },
      language,
    };
    const url = new URL(websocket, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return new Call(url.href, init, seen);
  }

  /** `seen`: `{get(), set(seq)}`, where the last seq seen is kept. */
  constructor(url, init, seen) {
    super();
    this.#url = url;
    this.#init = init;
    this.#seen = seen;
    addEventListener("online", () => this.#timers.retry && this.#connect());
  }

  /** Connects, or connects anew after "lost" or "closed". */
  open() {
    this.#finished = false;
    this.#backoff.reset();
    this.#connect();
  }

  /** Ends the connection for good, as after `interview_ended`. */
  close() {
    this.#finished = true;
    this.#drop();
  }

  /** Sends a JSON message, or keeps it until the connection is back. */
  send(message) {
    if (this.#sendable) this.#socket.send(JSON.stringify(message));
    else if (this.#everConnected && !this.#finished) this.#unsent.push(message);
  }

  /** Says what only matters now: dropped when there is no connection. */
  report(message) {
    if (this.#sendable) this.#socket.send(JSON.stringify(message));
  }

  /** Sends one frame of microphone audio; while there is no connection the last 20 s are kept. */
  sendAudio(frame) {
    if (this.#sendable && this.#socket.bufferedAmount < MOST_UNSENT_BYTES) {
      this.#sendKept();
      this.#socket.send(frame);
    } else if (this.#everConnected && !this.#finished) {
      this.#offline.push(frame);
    }
  }

  get #sendable() {
    return this.#ready && this.#socket.readyState === WebSocket.OPEN;
  }

  #connect() {
    this.#drop();
    this.#tell("connecting");
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#timers.connect = setTimeout(() => this.#failed(socket, 1006), CONNECT_WITHIN_MS);
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: "init", ...this.#init, resume_after: this.#seen.get() }));
    };
    socket.onmessage = ({ data }) => socket === this.#socket && this.#receive(data);
    socket.onclose = ({ code }) => this.#failed(socket, code);
  }

  #receive(data) {
    clearTimeout(this.#timers.pong);
    if (data instanceof ArrayBuffer) {
      this.dispatchEvent(new CustomEvent("audio", { detail: data }));
      return;
    }
    const message = JSON.parse(data);
    if (message.seq > this.#seen.get()) this.#seen.set(message.seq);
    if (message.type === "connected") this.#established();
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  #established() {
    clearTimeout(this.#timers.connect);
    this.#ready = true;
    this.#everConnected = true;
    this.#sendKept();
    for (const message of this.#unsent.splice(0)) this.send(message);
    this.#timers.ping = setInterval(() => this.#ping(), PING_MS);
    // A server that accepts and fails at once must not be tried for ever.
    this.#timers.settled = setTimeout(() => this.#backoff.reset(), SETTLED_AFTER_MS);
    this.#tell("open");
  }

  #sendKept() {
    for (const bundle of this.#offline.drain()) this.#socket.send(bundle);
  }

  #ping() {
    this.report({ type: "ping", id: String(++this.#pings) });
    clearTimeout(this.#timers.pong);
    const socket = this.#socket;
    this.#timers.pong = setTimeout(() => this.#failed(socket, 1006), PONG_WITHIN_MS);
  }

  #failed(socket, code) {
    if (socket !== this.#socket || this.#finished) return;
    this.#drop();
    if (FINAL_CODES.has(code)) {
      this.#finished = true;
      this.#tell("closed", code);
      return;
    }
    const delay = this.#backoff.next();
    if (delay === null) {
      this.#tell("lost", code);
      return;
    }
    this.#tell("waiting", code);
    this.#timers.retry = setTimeout(() => this.#connect(), delay);
  }

  #drop() {
    for (const name of Object.keys(this.#timers)) {
      clearTimeout(this.#timers[name]);
      this.#timers[name] = 0;
    }
    this.#ready = false;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #tell(status, code = null) {
    const { attempt, most } = this.#backoff;
    this.dispatchEvent(new CustomEvent("connection", { detail: { status, attempt, most, code } }));
  }
}
