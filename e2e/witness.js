// Writes down what the page receives and what it plays and shows, on the page's own clock.
(() => {
  const witness = { messages: [], samples: [], sockets: [] };
  window.__witness = witness;

  window.WebSocket = class extends WebSocket {
    constructor(...rest) {
      super(...rest);
      witness.sockets.push(this);
      this.addEventListener("message", ({ data }) => {
        if (typeof data !== "string") return;
        witness.messages.push({ at: performance.now(), ...JSON.parse(data) });
      });
    }
  };

  let frames = 0;
  const count = () => {
    frames += 1;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);

  setInterval(() => {
    if (!window.__room) return;
    const { rms, mouth, playedSamples } = window.__room.stats();
    witness.samples.push([performance.now(), rms, mouth, playedSamples, frames]);
  }, 25);

  // Presses, across pages: what it costs a candidate to get somewhere.
  addEventListener(
    "pointerdown",
    ({ isTrusted }) => {
      if (!isTrusted) return;
      sessionStorage.setItem("presses", Number(sessionStorage.getItem("presses") ?? 0) + 1);
    },
    true,
  );
})();
