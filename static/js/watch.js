// A live interview for reviewers: its words as they are said, from Server-Sent Events.

const root = document.querySelector("[data-watch]");
const words = root.querySelector("[data-words]");
const tokens = root.querySelector("[data-tokens]");
const state = document.querySelector("[data-state]");
const lines = new Map();
const names = JSON.parse(root.dataset.categories);

function line(utterance, speaker) {
  if (!lines.has(utterance)) {
    const item = document.createElement("li");
    item.className = `watch-line watch-${speaker}`;
    const who = document.createElement("p");
    who.className = "watch-who soft small";
    who.textContent = root.dataset[speaker];
    const text = document.createElement("p");
    text.className = "watch-text";
    text.lang = root.dataset.language;
    item.append(who, text);
    words.append(item);
    lines.set(utterance, item);
  }
  return lines.get(utterance);
}

function show(utterance, speaker, text, { append = false, partial = false } = {}) {
  const item = line(utterance, speaker);
  const shown = item.querySelector(".watch-text");
  shown.textContent = append ? shown.textContent + text : text;
  item.classList.toggle("watch-partial", partial);
  item.hidden = !shown.textContent;
  if (!item.hidden) item.scrollIntoView({ block: "nearest" });
}

function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function warn(utterance, level, { categories = [], confidence, start_ms }) {
  const item = lines.get(utterance);
  if (!item || !level) return;
  item.querySelector(".watch-alert")?.remove();
  const mark = document.createElement("p");
  mark.className = "badge watch-alert";
  mark.dataset.level = level;
  const named = categories.map((category) => names[category] ?? category);
  const sure = confidence === undefined ? [] : [`${Math.round(100 * confidence)} %`];
  mark.textContent = [`${root.dataset.alert} ${level}`, ...named, clock(start_ms), ...sure].join(
    " · ",
  );
  item.append(mark);
}

function over() {
  state.textContent = root.dataset.over;
  tokens.textContent = "";
}

const handlers = {
  snapshot(told) {
    words.replaceChildren();
    lines.clear();
    for (const { utterance, speaker, text, alert, ...rest } of told.utterances) {
      show(utterance, speaker, text);
      warn(utterance, alert, rest);
    }
    state.textContent = told.over ? root.dataset.over : root.dataset.quiet;
  },
  now({ state: value, lines: spoken, draft }) {
    if (value) state.textContent = root.dataset[value];
    for (const { utterance, speaker, text, is_final } of spoken) {
      show(utterance, speaker, text, { partial: !is_final });
    }
    tokens.textContent = draft;
  },
  state: ({ value }) => (state.textContent = root.dataset[value]),
  candidate: ({ utterance, text, is_final }) =>
    show(utterance, "candidate", text, { partial: !is_final }),
  interviewer: ({ utterance, text }) => show(utterance, "interviewer", text, { append: true }),
  cut: ({ utterance, text }) => show(utterance, "interviewer", text),
  alert: ({ utterance, level, ...rest }) => warn(utterance, level, rest),
  draft: () => (tokens.textContent = ""),
  token: ({ text }) => (tokens.textContent += text),
  ended() {
    over();
    source.close();
  },
};

const source = new EventSource(root.dataset.url);
for (const [kind, handle] of Object.entries(handlers)) {
  source.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
}
source.addEventListener("error", () => {
  // A refusal closes it for good, a lost connection is tried again.
  const refused = source.readyState === EventSource.CLOSED;
  state.textContent = refused ? root.dataset.refused : root.dataset.lost;
});
