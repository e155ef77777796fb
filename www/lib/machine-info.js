/**
 * On what something was measured, as far as a browser says.
 *
 * @module
 */

/** @typedef {{ says: RegExp, name: string }} Known */
/** @typedef {{ platform?: string, getHighEntropyValues?: (hints: string[]) => Promise<Record<string, unknown>> }} Hints `navigator.userAgentData` */

/** Engines by what their user agents say; the first that fits. */
const ENGINES = [
  { name: 'Firefox', says: /\bFirefox\/([\d.]+)/ },
  { name: 'Chromium', says: /\b(?:Chrome|Chromium|HeadlessChrome)\/([\d.]+)/ },
  { name: 'WebKit', says: /\bAppleWebKit\/([\d.]+)/ },
];

/** Systems in the same way: more of them call themselves Linux, or like a Mac, than are. @type {readonly Known[]} */
const SYSTEMS = [
  { name: 'Android', says: /Android/ },
  { name: 'iOS', says: /iPhone|iPad|iPod/ },
  { name: 'Chrome OS', says: /CrOS/ },
  { name: 'Windows', says: /Windows/ },
  { name: 'macOS', says: /Macintosh/ },
  { name: 'Linux', says: /Linux/ },
];

/** What the platform of a Linux says. All Macs are "MacIntel" and all Windows "Win32" there, whatever they run on. @type {readonly Known[]} */
const ARCHITECTURES = [
  { name: 'x86 64-bit', says: /Linux x86_64/ },
  { name: 'x86 32-bit', says: /Linux i[36]86/ },
  { name: 'arm 64-bit', says: /Linux (?:aarch64|armv8)/ },
  { name: 'arm 32-bit', says: /Linux armv[67]/ },
];

/** Longer than any system's name; what is longer is cut off. */
const LONGEST = 40;

/** How long it is waited for what the browser tells on demand, in ms. */
const PATIENCE_MS = 500;

const UNKNOWN = 'unknown';

/** @returns {Promise<{ engine: string, system: string, architecture: string, cores: number, isolated: boolean }>} */
export async function machineInfo() {
  return {
    engine: engineOf(navigator.userAgent),
    ...(await systemOf(/** @type {any} */ (navigator))),
    cores: navigator.hardwareConcurrency || 1,
    isolated: globalThis.crossOriginIsolated === true,
  };
}

/** @param {string} userAgent */
export function engineOf(userAgent) {
  for (const { name, says } of ENGINES) {
    const version = says.exec(userAgent)?.[1];
    if (version) return `${name} ${version}`.slice(0, LONGEST);
  }
  return UNKNOWN;
}

/**
 * @param {{ userAgent: string, platform?: string, userAgentData?: Hints }} browser
 * @returns {Promise<{ system: string, architecture: string }>}
 */
export async function systemOf({ userAgent, platform = '', userAgentData: hints }) {
  const text = (/** @type {unknown} */ value) => (typeof value === 'string' ? value : '');
  const named = (/** @type {readonly Known[]} */ list, /** @type {string} */ said) => list.find(({ says }) => says.test(said))?.name ?? UNKNOWN;
  // A browser may refuse, or take its time. The user agents of those that have hints are frozen, and say nothing of the processor.
  const asked = hints?.getHighEntropyValues?.(['architecture', 'bitness', 'platformVersion']);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  /** @type {Record<string, unknown>} */
  const told = (await (asked && Promise.race([asked, late]).catch(() => null))) ?? {};
  const system = [text(hints?.platform), text(told['platformVersion'])].filter(Boolean).join(' ').slice(0, LONGEST);
  const [architecture, bitness] = [text(told['architecture']), text(told['bitness'])];
  return {
    system: system || named(SYSTEMS, userAgent),
    architecture: architecture ? `${architecture}${bitness && ` ${bitness}-bit`}`.slice(0, LONGEST) : hints ? UNKNOWN : named(ARCHITECTURES, platform),
  };
}
