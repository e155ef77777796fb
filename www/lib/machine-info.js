/**
 * On what something was measured, as far as a browser says.
 *
 * @module
 */

/** Engines by what their user agents say; the first that fits. */
const ENGINES = [
  { name: 'Firefox', says: /\bFirefox\/([\d.]+)/ },
  { name: 'Chromium', says: /\b(?:Chrome|Chromium|HeadlessChrome)\/([\d.]+)/ },
  { name: 'WebKit', says: /\bAppleWebKit\/([\d.]+)/ },
];

export function machineInfo() {
  return {
    engine: engineOf(navigator.userAgent),
    cores: navigator.hardwareConcurrency || 1,
    isolated: globalThis.crossOriginIsolated === true,
    date: new Date().toISOString(),
  };
}

/** @param {string} userAgent */
export function engineOf(userAgent) {
  for (const { name, says } of ENGINES) {
    const version = says.exec(userAgent)?.[1];
    if (version) return `${name} ${version}`;
  }
  return 'unknown';
}
