/** The interviewer's picture: living where there is WebGL, the still one everywhere else. */
export class Picture {
  #element;
  #avatarUrl;
  #interviewer;
  #stage = null;

  constructor(element, avatarUrl, interviewer) {
    this.#element = element;
    this.#avatarUrl = avatarUrl;
    this.#interviewer = interviewer;
  }

  get fps() {
    return this.#stage?.fps ?? 0;
  }

  async open() {
    if (!this.#avatarUrl || !drawsInSpace()) {
      this.#element.dataset.picture = "still";
      return;
    }
    try {
      const { Stage } = await import("./stage.js");
      this.#stage = await Stage.open(this.#element.querySelector("canvas"), this.#avatarUrl);
      this.#stage.start((seconds) => this.#interviewer.pose(seconds));
      this.#element.dataset.picture = "live";
    } catch (error) {
      console.warn("The avatar could not be shown; its picture stays.", error);
      this.#element.dataset.picture = "still";
    }
  }
}

function drawsInSpace() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}
