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
