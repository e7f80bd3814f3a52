import assert from "node:assert/strict";
import test from "node:test";

import { loadWorklet } from "./worklet.js";

function sine(hertz, rate, seconds) {
  return Float32Array.from(
    { length: rate * seconds },
    (_, index) => 0.5 * Math.sin((2 * Math.PI * hertz * index) / rate),
  );
}

function inQuanta(samples, take) {
  for (let start = 0; start < samples.length; start += 128) {
    take(samples.subarray(start, start + 128));
  }
}

const rms = (samples) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

for (const rate of [16000, 44100, 48000, 96000]) {
  test(`speech frequencies at ${rate} Hz keep pitch, level and length`, async () => {
    const { Downsampler } = await loadWorklet("../capture-worklet.js", rate);
    const downsampler = new Downsampler(rate, 16000);
    const output = [];
    inQuanta(sine(440, rate, 1), (quantum) => output.push(...downsampler.push(quantum)));
    assert.ok(Math.abs(output.length - 16000) < 40, `length ${output.length}`);
    const steady = output.slice(1000, 15000);
    assert.ok(Math.abs(rms(steady) - 0.5 / Math.SQRT2) < 0.01, `level ${rms(steady)}`);
    const crossings = steady.filter((x, i) => i && steady[i - 1] < 0 && x >= 0).length;
    assert.ok(Math.abs(crossings / (steady.length / 16000) - 440) < 3, `crossings ${crossings}`);
  });
}

test("what 16 kHz cannot hold is taken out instead of folding into speech", async () => {
  const { Downsampler } = await loadWorklet("../capture-worklet.js", 48000);
  const downsampler = new Downsampler(48000, 16000);
  const output = [];
  inQuanta(sine(11000, 48000, 0.5), (quantum) => output.push(...downsampler.push(quantum)));
  assert.ok(rms(output.slice(1000)) < 0.005, `leak ${rms(output.slice(1000))}`);
});

test("the processor posts 20 ms frames of s16le with their level", async () => {
  const { processors } = await loadWorklet("../capture-worklet.js", 48000);
  const capture = new processors.capture({ processorOptions: { rate: 16000 } });
  inQuanta(sine(300, 48000, 0.5), (quantum) => capture.process([[quantum]]));
  const frames = capture.port.posted;
  assert.ok(frames.length >= 23 && frames.length <= 25, `${frames.length} frames`);
  assert.ok(frames.every(({ pcm }) => pcm.byteLength === 640));
  assert.ok(Math.abs(frames[10].level - 0.35) < 0.03, `level ${frames[10].level}`);
});
