import assert from "node:assert/strict";
import test from "node:test";

import { Talk } from "../talk.js";

const FRAME = 640;

function talk(mode) {
  const sent = [];
  const it = new Talk({
    mode,
    send: (pcm) => sent.push(pcm.byteLength / FRAME),
    end: () => sent.push("end"),
  });
  return { it, sent, hear: (count) => Array.from({ length: count }, () => it.hear(sound())) };
}

const sound = () => new Uint8Array(FRAME).fill(7).buffer;

test("push-to-talk sends what is held, 300 ms before it, 160 ms after it, then the end", () => {
  const { it, sent, hear } = talk("push_to_talk");
  hear(40);
  assert.deepEqual(sent, []);
  it.press();
  assert.deepEqual(sent, [15]);
  hear(10);
  it.release();
  hear(20);
  assert.equal(sent.filter((each) => each === 1).length, 18);
  assert.equal(sent.at(-1), "end");
  assert.equal(sent.filter((each) => each === "end").length, 1);
});

test("pressing again right after the release goes on with the same answer", () => {
  const { it, sent, hear } = talk("push_to_talk");
  it.press();
  hear(5);
  it.release();
  hear(3);
  it.press();
  hear(30);
  assert.ok(!sent.includes("end"));
});

test("hands-free sends everything, and silence while muted", () => {
  const frames = [];
  const it = new Talk({ mode: "hands_free", send: (pcm) => frames.push(pcm), end() {} });
  it.hear(sound());
  it.muted = true;
  it.hear(sound());
  assert.equal(frames.length, 2);
  assert.equal(new Uint8Array(frames[0])[0], 7);
  assert.ok(new Uint8Array(frames[1]).every((byte) => byte === 0));
  assert.equal(frames[1].byteLength, FRAME);
});

test("changing the mode in the middle of an answer ends it", () => {
  const { it, sent, hear } = talk("push_to_talk");
  it.press();
  hear(5);
  it.mode = "hands_free";
  assert.equal(sent.at(-1), "end");
});
