/** Files that go out of the page and come into it, without a dialogue. */

/** @typedef {import('./page.mjs').Page} Page */

/**
 * @param {Page} page
 * @param {string} selector of the button that saves it
 * @returns {Promise<string>} what it saves
 */
export function saved(page, selector) {
  return page.call(async (selector) => {
    const { createObjectURL } = URL;
    try {
      const file = new Promise((resolve) => {
        URL.createObjectURL = (blob) => {
          resolve(blob);
          return createObjectURL.call(URL, blob);
        };
      });
      /** @type {HTMLElement} */ (document.querySelector(selector)).click();
      const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`${selector} saved nothing`)), 5_000));
      return await (await Promise.race([file, late])).text();
    } finally {
      URL.createObjectURL = createObjectURL;
    }
  }, selector);
}

/**
 * As if a file had been dropped.
 *
 * @param {Page} page
 * @param {string} selector where
 * @param {string} name
 * @param {string} text
 */
export function drop(page, selector, name, text) {
  return page.call((selector, name, text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name));
    /** @type {Element} */ (document.querySelector(selector)).dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
  }, selector, name, text);
}
