/** The page's words, translated by the server: `<template>` with one `[data-string]` each. */
export class Strings {
  #words = new Map();

  constructor(template) {
    for (const element of template.content.querySelectorAll("[data-string]")) {
      this.#words.set(element.dataset.string, element.textContent.trim());
    }
  }

  has(key) {
    return this.#words.has(key);
  }

  /** The string `key`, with `{name}` replaced by `values.name`. Throws if the template has no such string. */
  get(key, values = {}) {
    const words = this.#words.get(key);
    if (words === undefined) throw new Error(`no string "${key}" in the page`);
    return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }
}
