let loads = 0;

/** Loads a worklet outside a browser: gives its exports and its processors by name. */
export async function loadWorklet(path, rate) {
  const processors = {};
  globalThis.sampleRate = rate;
  globalThis.currentTime = 0;
  globalThis.AudioWorkletProcessor = class {
    port = { posted: [], postMessage: (message) => this.port.posted.push(message) };
  };
  globalThis.registerProcessor = (name, processor) => (processors[name] = processor);
  const exports = await import(`${path}?load=${++loads}`);
  return { ...exports, processors };
}
