/**
 * What has been said and what is going on, from the server's messages alone: no DOM, no sound.
 *
 * Events, each with a plain `detail`: `said` `{utterance, speaker, text, final}`, `state` `{value}`,
 * `clock` `{remaining}`, `spoken` (the interviewer's next piece) `{utterance, text}`, `history` (all
 * of it anew), `audiostart`, `audioend`, `audioclear`, `visemes`, `notice`, `error`, `ended`.
 */
export class Conversation extends EventTarget {
  #utterances = new Map();
  #fromHistory = new Set();
  #live = 0; // seq of the last `connected`; what comes with a smaller one is told again
  state = "connecting";

  /** `[{utterance, speaker, text}]`, oldest first. */
  get history() {
    return [...this.#utterances.values()];
  }

  receive(message) {
    const replayed = message.seq <= this.#live;
    const handler = this.#handlers[message.type];
    if (!handler || (replayed && !RETOLD.has(message.type))) return;
    handler(message, replayed);
  }

  #handlers = {
    connected: (message) => {
      this.#live = message.seq;
      this.#utterances = new Map();
      this.#fromHistory = new Set(message.history.map(({ utterance }) => utterance));
      for (const entry of message.history) this.#utterances.set(entry.utterance, { ...entry });
      this.#tell("history", { history: this.history, resumed: message.resumed });
      this.#tell("clock", { remaining: message.remaining_seconds });
    },
    state: ({ value }) => {
      this.state = value;
      this.#tell("state", { value });
    },
    user_transcript: ({ utterance, text, is_final: final }, replayed) => {
      if (replayed && this.#fromHistory.has(utterance)) return;
      this.#say(utterance, "candidate", text, final);
    },
    ai_transcript_chunk: ({ utterance, text }, replayed) => {
      if (replayed && this.#fromHistory.has(utterance)) return;
      const before = this.#utterances.get(utterance)?.text ?? "";
      this.#say(utterance, "interviewer", joined(before, text), false);
      if (!replayed) this.#tell("spoken", { utterance, text });
    },
    ai_audio_start: (message) => this.#tell("audiostart", message),
    ai_audio_end: (message) => this.#tell("audioend", message),
    ai_visemes: (message) => this.#tell("visemes", message),
    ai_audio_clear: (message, replayed) => {
      this.#say(message.utterance, "interviewer", message.heard_text, true);
      if (!replayed) this.#tell("audioclear", message);
    },
    time: ({ remaining_seconds: remaining }) => this.#tell("clock", { remaining }),
    notice: (message) => this.#tell("notice", message),
    error: (message) => this.#tell("error", message),
    interview_ended: (message) => {
      this.state = "ended";
      this.#tell("ended", message);
    },
  };

  #say(utterance, speaker, text, final) {
    if (!text) this.#utterances.delete(utterance);
    else this.#utterances.set(utterance, { utterance, speaker, text });
    this.#tell("said", { utterance, speaker, text, final });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const RETOLD = new Set([
  "connected",
  "user_transcript",
  "ai_transcript_chunk",
  "ai_audio_clear",
  "interview_ended",
]);

/** Pieces end between words, with or without the space that stood there. */
export function joined(before, text) {
  const spaced = !before || /\s$/.test(before) || /^[\s.,!?…:;]/.test(text);
  return spaced ? before + text : `${before} ${text}`;
}
