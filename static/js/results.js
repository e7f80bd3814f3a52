// The results page: looks for results that are still being made.

const pending = document.querySelector("[data-results-pending]");

async function ready() {
  const response = await fetch(location.href, { signal: AbortSignal.timeout(20_000) });
  return response.ok && !(await response.text()).includes("data-results-pending");
}

async function wait() {
  for (const seconds of [3, 4, 5, 6, 8, 10, 10, 15, 15, 20, 20, 30, 30, 30]) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    try {
      if (!document.hidden && (await ready())) return location.reload();
    } catch {
      // Offline for a moment: the next look may succeed.
    }
  }
  pending.querySelector("[data-results-message]").textContent = pending.dataset.late;
}

if (pending) wait();

// The conversation so far, on demand: without a page of its own, so that nothing is lost.
const summary = document.querySelector("[data-summary]");
const summaryText = document.querySelector("[data-summary-text]");

summary?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = summary.querySelector("button");
  button.disabled = true;
  try {
    const response = await fetch(summary.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new FormData(summary),
      signal: AbortSignal.timeout(40_000),
    });
    const { summary: text, language, error } = await response.json();
    summaryText.textContent = text ?? error;
    if (language) summaryText.lang = language;
  } catch {
    summaryText.textContent = summaryText.dataset.failed;
  } finally {
    button.disabled = false;
  }
});
