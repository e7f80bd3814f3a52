import assert from "node:assert/strict";
import test from "node:test";

import { Face } from "../face.js";

function watch(state, { seconds = 20, calm = false } = {}) {
  let seed = 1;
  const face = new Face({ calm, random: () => (seed = (seed * 16807) % 2147483647) / 2147483647 });
  face.state = state;
  return Array.from({ length: seconds * 60 }, () => face.update(1 / 60));
}

const most = (frames, value) => Math.max(...frames.map(value));
const DEGREE = Math.PI / 180;

test("it blinks several times in twenty seconds, in every state", () => {
  for (const state of ["listening", "thinking", "speaking", "waiting"]) {
    const lids = watch(state).map(({ weights }) => weights.eyeBlinkLeft > 0.6);
    const blinks = lids.filter((closed, index) => closed && !lids[index - 1]).length;
    assert.ok(blinks >= 3 && blinks <= 12, `${state}: ${blinks}`);
  }
});

test("it nods while it hears the candidate", () => {
  const nods = (state) => most(watch(state), ({ head }) => -head.pitch);
  assert.ok(nods("hearing") > 2 * DEGREE, `hearing ${nods("hearing") / DEGREE}`);
  assert.ok(nods("waiting") < 1.5 * DEGREE, `waiting ${nods("waiting") / DEGREE}`);
});

test("it looks at the candidate, and aside only to think", () => {
  const last = (state) => Math.abs(watch(state).at(-1).gaze.yaw);
  assert.ok(last("listening") < 3 * DEGREE);
  assert.ok(last("thinking") > 6 * DEGREE);
});

test("with reduced motion the head is still and the eyes blink", () => {
  const frames = watch("listening", { calm: true }).slice(120);
  assert.ok(most(frames, ({ head }) => Math.abs(head.pitch) + Math.abs(head.yaw)) < 0.2 * DEGREE);
  assert.ok(most(frames, ({ weights }) => weights.eyeBlinkLeft) > 0.8);
});

test("a greeting smiles more than listening does", () => {
  const face = new Face({ random: () => 0.5 });
  face.state = "listening";
  face.greet(3);
  let smile = 0;
  for (let frame = 0; frame < 120; frame++) smile = face.update(1 / 60).weights.mouthSmileLeft;
  for (let frame = 0; frame < 300; frame++) face.update(1 / 60);
  assert.ok(smile > face.update(1 / 60).weights.mouthSmileLeft * 1.5);
});
