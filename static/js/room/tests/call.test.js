import assert from "node:assert/strict";
import test from "node:test";

const sockets = [];

globalThis.addEventListener = () => {};
globalThis.WebSocket = class {
  static OPEN = 1;
  readyState = 0;
  bufferedAmount = 0;
  sent = [];

  constructor(url) {
    this.url = url;
    sockets.push(this);
  }

  send(data) {
    this.sent.push(typeof data === "string" ? JSON.parse(data) : data);
  }

  close() {
    this.readyState = 3;
  }

  accept(seq) {
    this.readyState = 1;
    this.onopen();
    this.onmessage({ data: JSON.stringify({ type: "connected", seq, history: [] }) });
  }

  drop(code) {
    this.readyState = 3;
    this.onclose({ code });
  }
};

const { Call } = await import("../call.js");

function start(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  sockets.length = 0;
  let last = 0;
  const seen = { get: () => last, set: (seq) => (last = seq) };
  const call = new Call("ws://here/", { language: "ko" }, seen);
  const statuses = [];
  call.addEventListener("connection", ({ detail }) => statuses.push(detail.status));
  call.open();
  return { call, statuses, wait: (ms) => t.mock.timers.tick(ms) };
}

const frame = (value) => new Uint8Array(640).fill(value).buffer;
const first = (buffer) => new Uint8Array(buffer)[0];

test("the first message is init, with the last seq seen", (t) => {
  const { wait } = start(t);
  sockets[0].accept(7);
  assert.deepEqual(sockets[0].sent[0], { type: "init", language: "ko", resume_after: 0 });
  sockets[0].drop(1006);
  wait(500);
  sockets[1].accept(8);
  assert.equal(sockets[1].sent[0].resume_after, 7);
});

test("sound and words of the time without a connection are sent first, in their order", (t) => {
  const { call, wait } = start(t);
  sockets[0].accept(1);
  sockets[0].drop(1013);
  for (const value of [1, 2, 3]) call.sendAudio(frame(value));
  call.send({ type: "text_answer", text: "Yes." });
  call.report({ type: "playback", utterance: "a", played_ms: 1, done: false });
  wait(500);
  sockets[1].accept(2);
  call.sendAudio(frame(4));
  const [, kept, answer, live] = sockets[1].sent;
  assert.deepEqual(
    [0, 640, 1280].map((at) => new Uint8Array(kept)[at]),
    [1, 2, 3],
  );
  assert.equal(answer.type, "text_answer");
  assert.equal(first(live), 4);
});

test("after five failed attempts the candidate is asked, and can try again", (t) => {
  const { call, statuses, wait } = start(t);
  for (let attempt = 0; attempt < 6; attempt++) {
    sockets.at(-1).drop(1006);
    wait(8000);
  }
  assert.equal(sockets.length, 6);
  assert.equal(statuses.at(-1), "lost");
  call.open();
  assert.equal(sockets.length, 7);
});

for (const code of [4400, 4401, 4403, 4404, 4409, 4410, 4429]) {
  test(`close code ${code} is not tried again`, (t) => {
    const { statuses, wait } = start(t);
    sockets[0].drop(code);
    wait(20000);
    assert.equal(sockets.length, 1);
    assert.equal(statuses.at(-1), "closed");
  });
}

test("a connection that answers no ping is dead and replaced", (t) => {
  const { wait } = start(t);
  sockets[0].accept(1);
  wait(15000);
  assert.equal(sockets[0].sent.at(-1).type, "ping");
  wait(8000);
  wait(500);
  assert.equal(sockets.length, 2);
});

test("a server that accepts and fails at once is not tried for ever", (t) => {
  const { statuses, wait } = start(t);
  for (let attempt = 0; attempt < 6; attempt++) {
    sockets.at(-1).accept(1);
    sockets.at(-1).drop(1011);
    wait(8000);
  }
  assert.equal(statuses.at(-1), "lost");
});
