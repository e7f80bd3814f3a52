// The recording on the results page: heard from an utterance's time on, which is marked meanwhile.

const LEAD_IN = 0.2; // seconds before an utterance: its first sound is found a little late
const LOOKS = [2, 3, 5, 5, 10, 10, 15, 15, 30, 30, 60, 60];

const audio = document.querySelector("audio[data-recording]");
const status = document.querySelector("[data-recording-status]");
const places = [...document.querySelectorAll("[data-seek]")];
let current = null;

function listen(event) {
  audio.currentTime = Math.max(0, Number(event.currentTarget.dataset.seek) - LEAD_IN);
  audio.play();
}

function mark() {
  const now = audio.currentTime + LEAD_IN + 0.05;
  const place = places.findLast((place) => Number(place.dataset.seek) <= now);
  const playing = place && !audio.ended ? place.closest(".utterance") : null;
  if (playing === current) return;
  current?.removeAttribute("aria-current");
  playing?.setAttribute("aria-current", "true");
  current = playing;
}

async function wait(url) {
  for (const seconds of LOOKS) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    try {
      const signal = AbortSignal.timeout(20_000);
      if ((await fetch(url, { method: "HEAD", signal })).ok) return ready(url);
    } catch {
      // Offline for a moment: the next look may succeed.
    }
  }
}

function ready(url) {
  audio.src = url;
  audio.hidden = false;
  for (const place of places) place.disabled = false;
  status.textContent = status.dataset.ready;
}

for (const place of places) place.addEventListener("click", listen);
for (const type of ["timeupdate", "seeked", "ended"]) audio.addEventListener(type, mark);
if (audio.dataset.pending) wait(audio.dataset.pending);
