import assert from "node:assert/strict";
import test from "node:test";

import { loadWorklet } from "./worklet.js";

const RATE = 24000;

async function player(rate = RATE) {
  const { processors } = await loadWorklet("../playback-worklet.js", rate);
  const playback = new processors.playback({ processorOptions: { prebufferMs: 100 } });
  const heard = [];
  return {
    heard,
    events: (type) => playback.port.posted.filter((event) => event.type === type),
    tell: (message) => playback.port.onmessage({ data: message }),
    speak(utterance, samples) {
      const pcm = Int16Array.from(samples).buffer;
      playback.port.onmessage({ data: { type: "pcm", utterance, pcm } });
    },
    run(quanta) {
      for (let count = 0; count < quanta; count++) {
        const output = new Float32Array(128);
        playback.process([], [[output]]);
        heard.push(...output);
      }
    },
  };
}

const ramp = (length, from = 1) => Array.from({ length }, (_, index) => from + (index % 30000));

test("chunks of any size come out as one gapless stream", async () => {
  const it = await player();
  const said = ramp(24000);
  it.tell({ type: "begin", utterance: "a", rate: RATE });
  for (let start = 0, size = 481; start < said.length; start += size, size += 777) {
    it.speak("a", said.slice(start, start + size));
  }
  it.tell({ type: "end", utterance: "a" });
  it.run(200);
  assert.deepEqual(
    it.heard.slice(0, 24000).map((x) => Math.round(x * 32768)),
    said,
  );
  assert.equal(it.events("underrun").length, 0);
  assert.equal(it.events("ended")[0].playedMs, 1000);
});

test("nothing plays before the prebuffer is full, or the utterance is complete", async () => {
  const it = await player();
  it.tell({ type: "begin", utterance: "a", rate: RATE });
  it.speak("a", ramp(1200));
  it.run(2);
  assert.equal(it.events("started").length, 0);
  it.tell({ type: "end", utterance: "a" });
  it.run(1);
  assert.equal(it.events("started").length, 1);
});

test("an underrun waits for a new prebuffer and loses no sample", async () => {
  const it = await player();
  it.tell({ type: "begin", utterance: "a", rate: RATE });
  it.speak("a", ramp(2560));
  it.run(21);
  assert.equal(it.events("underrun").length, 1);
  it.speak("a", ramp(1000, 5000));
  it.run(3);
  assert.equal(it.events("started").length, 1);
  it.speak("a", ramp(2000, 6000));
  it.tell({ type: "end", utterance: "a" });
  it.run(40);
  assert.equal(it.heard.filter((x) => x).length, 5560);
  assert.equal(Math.round(it.events("ended")[0].playedMs), Math.round(5560 / 24));
});

test("a clear stops within one quantum, fades, and tells what was heard", async () => {
  const it = await player();
  it.tell({ type: "begin", utterance: "a", rate: RATE });
  it.speak("a", Array(24000).fill(16000));
  it.run(10);
  it.tell({ type: "clear", utterance: "a" });
  const before = it.heard.length;
  it.run(3);
  const after = it.heard.slice(before);
  assert.ok(
    after.slice(1, 120).every((x, i) => x < after[i]),
    "falls steadily",
  );
  assert.ok(
    after.slice(120).every((x) => x === 0),
    "then silence",
  );
  assert.ok(Math.abs(it.events("cleared")[0].playedMs - 1280 / 24) < 0.01);
  it.speak("a", Array(24000).fill(16000));
  it.run(30);
  assert.ok(
    it.heard.slice(before + 128).every((x) => x === 0),
    "late chunks are dropped",
  );
});

test("utterances play in order, and one that waits can be cleared alone", async () => {
  const it = await player();
  for (const [utterance, value] of [
    ["a", 1000],
    ["b", 2000],
    ["c", 3000],
  ]) {
    it.tell({ type: "begin", utterance, rate: RATE });
    it.speak(utterance, Array(2400).fill(value));
    it.tell({ type: "end", utterance });
  }
  it.tell({ type: "clear", utterance: "b" });
  it.run(60);
  const values = new Set(it.heard.map((x) => Math.round(x * 32768)));
  assert.deepEqual([...values].sort(), [0, 1000, 3000]);
  assert.deepEqual(
    it.events("ended").map((event) => event.utterance),
    ["a", "c"],
  );
});

test("a context at another rate still plays at the right speed", async () => {
  const it = await player(48000);
  it.tell({ type: "begin", utterance: "a", rate: RATE });
  it.speak("a", Array(24000).fill(16000));
  it.tell({ type: "end", utterance: "a" });
  it.run(400);
  assert.equal(it.heard.filter((x) => x).length, 48000);
});
