import assert from "node:assert/strict";
import test from "node:test";

import { Lips, mouthWeights } from "../lips.js";
import { VisemeTrack } from "../visemes.js";

const loud = { open: 1, wide: 0.2, round: 0.1 };

test("lips close on p, b and m however loud it is", () => {
  const track = new VisemeTrack();
  track.add([
    [0, 200, "aa"],
    [200, 80, "PP"],
    [280, 200, "aa"],
  ]);
  const open = mouthWeights(loud, track.at(100)).jawOpen;
  const closed = mouthWeights(loud, track.at(240)).jawOpen;
  assert.ok(closed < open / 3, `${closed} of ${open}`);
  assert.ok(mouthWeights(loud, track.at(240)).mouthPressLeft > 0.1);
  assert.ok(mouthWeights(loud, track.at(400)).jawOpen > open * 0.9);
});

test("rounding comes from the viseme, ahead of the sound", () => {
  const track = new VisemeTrack();
  track.add([[500, 150, "U"]]);
  assert.equal(track.at(400).mouthPucker, undefined);
  assert.ok(track.at(480).mouthPucker > 0.2);
  assert.ok(track.at(570).mouthPucker > 0.45);
});

test("without visemes the sound alone moves the mouth", () => {
  assert.equal(mouthWeights(loud, new VisemeTrack().at(300)).jawOpen, 0.5);
});

test("a shape that nobody knows is ignored", () => {
  const track = new VisemeTrack();
  track.add([[0, 100, "XX"]]);
  assert.deepEqual(track.at(50), { jaw: 1 });
});

test("silence closes the mouth within a fifth of a second, sound opens it", () => {
  const hertz = 24000 / 1024;
  const lips = new Lips(hertz);
  const voice = new Float32Array(512).fill(-120);
  for (let bin = Math.ceil(300 / hertz); bin < 1200 / hertz; bin++) voice[bin] = -30;
  let mouth;
  for (let frame = 0; frame < 6; frame++) mouth = lips.hear(voice, 1 / 60);
  assert.ok(mouth.open > 0.6, `open ${mouth.open}`);
  const silence = new Float32Array(512).fill(-120);
  for (let frame = 0; frame < 12; frame++) mouth = lips.hear(silence, 1 / 60);
  assert.ok(mouth.open < 0.1, `open ${mouth.open}`);
});
