import assert from "node:assert/strict";
import test from "node:test";

import { languageOf } from "../columns.js";

test("a language is told by its letters, whatever names it holds", () => {
  assert.equal(languageOf("Good morning."), "en");
  assert.equal(languageOf("안녕하세요."), "ko");
  assert.equal(languageOf("저희는 Kafka로 옮겼습니다."), "ko");
  assert.equal(languageOf("We call it 눈치 in Korean."), "en");
  assert.equal(languageOf("100"), "en");
});
