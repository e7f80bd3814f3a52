import assert from "node:assert/strict";
import test from "node:test";

import { Caption } from "../caption.js";

test("nothing is shown before it is heard, everything once all of it has been", () => {
  const caption = new Caption();
  caption.add("Tell me about a project.");
  assert.equal(caption.shown(0), 0);
  caption.extend(2000);
  caption.end(2000);
  assert.equal(caption.shown(2000), caption.text.length);
});

test("a piece begins where the sound received before it ends", () => {
  const caption = new Caption();
  caption.add("Thank you.");
  caption.extend(1000);
  caption.add(" What did you decide?");
  caption.extend(2000);
  caption.end(3000);
  assert.equal(caption.shown(990), "Thank you.".length);
  const half = caption.text.slice(0, caption.shown(2000));
  assert.ok(half.startsWith("Thank you. What") && half !== caption.text, half);
});

test("words are never cut, in English or Korean", () => {
  for (const text of [
    "I lead the platform team here.",
    "먼저 자랑스러운 프로젝트를 말씀해 주세요.",
  ]) {
    const caption = new Caption();
    caption.add(text);
    caption.extend(4000);
    caption.end(4000);
    for (let ms = 1; ms < 4000; ms += 50) {
      const count = caption.shown(ms);
      assert.ok(
        count === text.length || text[count] === " ",
        `${ms} ms: "${text.slice(0, count)}"`,
      );
    }
  }
});

test("what is shown only grows while sound goes on arriving", () => {
  const caption = new Caption();
  caption.add("Could you walk me through the moment when you knew that it would work?");
  let before = 0;
  for (let ms = 100; ms <= 4000; ms += 100) {
    caption.extend(100);
    const shown = caption.shown(ms - 100);
    assert.ok(shown >= before);
    before = shown;
  }
  caption.end(4000);
  assert.ok(caption.shown(3900) >= before);
});
