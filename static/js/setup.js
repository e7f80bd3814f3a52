// The set-up form: what a chosen interview fixes is not asked, and a chosen file becomes text at
// once, where the candidate can read and correct it. Without this script the server does both.

const form = document.querySelector("#setup");

function follow(card) {
  if (!card) return;
  form.querySelector("[data-language-choice]").hidden = card.dataset.language !== "auto";
  form.querySelector("[data-typed-answers-choice]").hidden = card.dataset.typedAnswers !== "1";
}

async function read(file, csrfToken, url) {
  const body = new FormData();
  body.append("file", file);
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": csrfToken, Accept: "application/json" },
    signal: AbortSignal.timeout(30_000),
  });
  return response.json();
}

function watch(part) {
  const input = part.querySelector("input[type=file]");
  const text = part.querySelector("textarea");
  const status = part.querySelector("[data-document-status]");
  const { url, reading, done, unreachable, tooLarge, limit } = input.dataset;
  const say = (state, message) => {
    status.dataset.state = state;
    status.textContent = message;
  };

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    input.removeAttribute("aria-invalid");
    if (file.size > Number(limit)) {
      input.value = "";
      return say("failed", tooLarge);
    }
    say("reading", reading);
    let answer;
    try {
      answer = await read(file, form.elements.csrfmiddlewaretoken.value, url);
    } catch {
      // The file stays chosen: it is read when the form is sent.
      return say("failed", unreachable);
    }
    input.value = "";
    if (answer.error) return say("failed", answer.error);
    text.value = [text.value.trim(), answer.text].filter(Boolean).join("\n\n");
    say("done", done);
  });
}

if (form) {
  const chosen = () => form.querySelector("[name=config]:checked")?.closest("[data-language]");
  form.addEventListener("change", (event) => {
    if (event.target.name !== "config") return;
    const card = chosen();
    const mode = form.querySelector(`[name=input_mode][value="${card.dataset.inputMode}"]`);
    if (mode) mode.checked = true;
    follow(card);
  });
  form.querySelectorAll("[data-document]").forEach(watch);
  follow(chosen());
}

document.querySelector("[data-error-summary]")?.focus();
