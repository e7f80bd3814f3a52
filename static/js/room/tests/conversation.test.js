import assert from "node:assert/strict";
import test from "node:test";

import { Conversation } from "../conversation.js";

function conversation() {
  const it = new Conversation();
  const told = [];
  for (const name of [
    "said",
    "state",
    "clock",
    "spoken",
    "history",
    "audioclear",
    "notice",
    "ended",
  ]) {
    it.addEventListener(name, ({ detail }) => told.push([name, detail]));
  }
  return { it, names: () => told.map(([name]) => name) };
}

const connected = (seq, history = []) => ({
  type: "connected",
  seq,
  history,
  resumed: history.length > 0,
  remaining_seconds: 600,
});

test("a partial transcript is replaced by the later ones", () => {
  const { it } = conversation();
  it.receive(connected(1));
  const said = { type: "user_transcript", utterance: "u", language: "en", source: "voice" };
  it.receive({ ...said, seq: 2, text: "I lead", is_final: false });
  it.receive({ ...said, seq: 3, text: "I led a team.", is_final: true });
  assert.deepEqual(it.history, [{ utterance: "u", speaker: "candidate", text: "I led a team." }]);
});

test("the interviewer's pieces make one utterance, with or without the space between", () => {
  const { it } = conversation();
  it.receive(connected(1));
  const pieces = ["Thank you.", "What did you", " decide", ", then", "?"];
  pieces.forEach((text, index) =>
    it.receive({ type: "ai_transcript_chunk", seq: 2 + index, utterance: "a", text }),
  );
  assert.equal(it.history[0].text, "Thank you. What did you decide, then?");
});

test("an interrupted utterance counts as what was heard of it, or not at all", () => {
  const { it } = conversation();
  it.receive(connected(1));
  it.receive({ type: "ai_transcript_chunk", seq: 2, utterance: "a", text: "Tell me about it." });
  it.receive({ type: "ai_audio_clear", seq: 3, utterance: "a", heard_text: "Tell me" });
  assert.equal(it.history[0].text, "Tell me");
  it.receive({ type: "ai_transcript_chunk", seq: 4, utterance: "b", text: "And then?" });
  it.receive({ type: "ai_audio_clear", seq: 5, utterance: "b", heard_text: "" });
  assert.equal(it.history.length, 1);
});

test("what is told again after a reconnection neither doubles nor plays", () => {
  const { it, names } = conversation();
  it.receive(connected(9, [{ utterance: "a", speaker: "interviewer", text: "Hello." }]));
  it.receive({ type: "ai_transcript_chunk", seq: 5, utterance: "a", text: "Hello." });
  it.receive({ type: "state", seq: 6, value: "speaking" });
  it.receive({ type: "notice", seq: 7, code: "time", message: "Two minutes" });
  assert.equal(it.history[0].text, "Hello.");
  assert.deepEqual(names(), ["history", "clock"]);
  it.receive({ type: "state", seq: 10, value: "listening" });
  assert.equal(it.state, "listening");
});

test("messages that a newer server may send are ignored", () => {
  const { it, names } = conversation();
  it.receive({ type: "hologram", seq: 1 });
  assert.deepEqual(names(), []);
});
