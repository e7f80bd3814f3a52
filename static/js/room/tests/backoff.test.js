import assert from "node:assert/strict";
import test from "node:test";

import { Backoff } from "../backoff.js";
import { FrameQueue } from "../frame-queue.js";
import { Quality } from "../quality.js";

test("five attempts, each later than the one before, then none", () => {
  const backoff = new Backoff({ random: () => 1 });
  assert.deepEqual(
    Array.from({ length: 6 }, () => backoff.next()),
    [500, 1000, 2000, 4000, 8000, null],
  );
  backoff.reset();
  assert.equal(backoff.next(), 500);
});

test("jitter takes away at most half of the wait", () => {
  assert.equal(new Backoff({ random: () => 0 }).next(), 250);
});

test("the queue keeps the newest frames and gives them in bundles below 64 KiB", () => {
  const queue = new FrameQueue(120);
  for (let number = 0; number < 200; number++) queue.push(new Uint8Array(640).fill(number).buffer);
  const bundles = queue.drain();
  assert.ok(bundles.every((bundle) => bundle.byteLength < 65536));
  assert.equal(
    bundles.reduce((sum, bundle) => sum + bundle.byteLength, 0),
    120 * 640,
  );
  assert.equal(new Uint8Array(bundles[0])[0], 80);
  assert.equal(queue.length, 0);
});

test("a slow machine gets a softer picture, a fast one keeps its own", () => {
  const slow = new Quality(2);
  const fast = new Quality(2);
  for (let frame = 0; frame < 300; frame++) {
    slow.frame(1 / 10);
    fast.frame(1 / 60);
  }
  assert.ok(slow.scale < 0.5);
  assert.equal(fast.scale, 2);
});
