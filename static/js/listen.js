// The persona's voices in the admin site: a button plays a sentence in the voice beside it.
// Every sentence it shows stands in the page's data attributes, or comes from the server.

(() => {
  let playing = null;

  const stop = () => {
    if (!playing) return;
    playing.pause();
    URL.revokeObjectURL(playing.src);
    playing = null;
  };

  const listen = async (button) => {
    const table = button.closest("[data-voices]");
    const status = table.querySelector("[data-status]");
    const say = (text) => {
      status.textContent = text;
    };
    const body = new FormData();
    body.set("profile", button.dataset.profile);
    body.set("language", button.dataset.language);
    // The first name is whose voice it is; the others are of those that stand by.
    body.set("voice", button.closest("td").querySelector("input")?.value ?? "");
    const csrf = document.querySelector("input[name=csrfmiddlewaretoken]").value;
    stop();
    // Beside the button: a long table would hide it.
    button.after(status);
    say(table.dataset.asking);
    // Not disabled: that would take the keyboard's focus away.
    button.setAttribute("aria-disabled", "true");
    try {
      const answer = await fetch(table.dataset.url, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrf },
      });
      if (!answer.ok) {
        const told = await answer.json().catch(() => ({}));
        return say(told.detail ?? table.dataset.failed);
      }
      // Whoever is signed out is led to the page that asks for a password.
      if (answer.redirected) return say(table.dataset.signedOut);
      stop();
      playing = new Audio(URL.createObjectURL(await answer.blob()));
      playing.addEventListener("ended", () => {
        stop();
        say("");
      });
      await playing.play();
      say(table.dataset.playing);
    } catch {
      say(table.dataset.failed);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-listen]");
    if (button && !button.hasAttribute("aria-disabled")) listen(button);
  });
})();
