import assert from "node:assert/strict";
import { test } from "node:test";

import { Transcript } from "../transcript.js";

class Element {
  children = [];
  dataset = {};
  textContent = "";
  scrollHeight = 0;
  scrollTop = 0;
  clientHeight = 0;

  append(...children) {
    this.children.push(...children);
  }
  get lastElementChild() {
    return this.children.at(-1);
  }
  toggleAttribute() {}
}

test("what is said is marked with its language", (context) => {
  globalThis.document = { createElement: () => new Element() };
  context.after(() => delete globalThis.document);
  const list = new Element();
  const transcript = new Transcript(list, { candidate: "You", interviewer: "Interpreter" });
  transcript.say({ utterance: "1", speaker: "candidate", text: "Where is the station?" });
  transcript.say({ utterance: "2", speaker: "interviewer", text: "역은 어디에 있나요?" });
  const languages = list.children.map((entry) => entry.lastElementChild.lang);
  assert.deepEqual(languages, ["en", "ko"]);
});
