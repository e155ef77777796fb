/**
 * Imported before uPlot, which formats numbers by `navigator.language` as it loads. In a C locale WebKitGTK says `C`, which is no
 * language tag: Intl would throw, and nothing of the page would start.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}
