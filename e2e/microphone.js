// Replaces the microphone: the page hears what the test plays. The camera stays the browser's own.
(() => {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const real = devices.getUserMedia.bind(devices);
  let context = null;
  let mixer = null;

  devices.getUserMedia = async (wanted) => {
    if (!wanted.audio) return real(wanted);
    context ??= new AudioContext();
    mixer ??= context.createMediaStreamDestination();
    await context.resume();
    const stream = new MediaStream(mixer.stream.getAudioTracks().map((track) => track.clone()));
    if (wanted.video) {
      for (const track of (await real({ video: wanted.video })).getVideoTracks())
        stream.addTrack(track);
    }
    return stream;
  };

  window.__microphone = {
    /** Resolves with the milliseconds of performance.now() between which the sound was played. */
    async say(base64) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const source = context.createBufferSource();
      source.buffer = await context.decodeAudioData(bytes.buffer);
      source.connect(mixer);
      const began = performance.now();
      source.start();
      await new Promise((resolve) => (source.onended = resolve));
      return [began, performance.now()];
    },
  };
})();
