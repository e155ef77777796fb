/** What is known of a set of parts: the preset that it is, and what is expected of it. */

/** @typedef {import('./types.js').Lab} Lab */
/** @typedef {import('./types.js').PartValues} PartValues */
/** @typedef {import('./types.js').ProtocolInfo} ProtocolInfo */
/** @typedef {import('./types.js').ScenarioInfo} ScenarioInfo */
/** @typedef {import('./types.js').Expectation} Expectation */

/** @param {Lab} lab  @returns {readonly ScenarioInfo[]} the scenarios that the protocols of the fix are about; others have their own */
export function ofTheFix(lab) {
  return lab.scenarios.filter((scenario) => !scenario.protocols);
}

/**
 * @param {Lab} lab
 * @param {Readonly<Partial<PartValues>>} some
 * @returns {PartValues} with the defaults of the others, which are the parts of the fix
 */
export function completed(lab, some) {
  return Object.fromEntries(lab.parts.map((part) => [part.name, some[part.name] ?? part.default]));
}

/**
 * @param {Lab} lab
 * @param {Readonly<PartValues>} values
 * @returns {ProtocolInfo | undefined} the preset with these very parts
 */
export function presetOf(lab, values) {
  return lab.protocols.find((protocol) => same(completed(lab, protocol.parts), values));
}

/**
 * @param {Lab} lab
 * @param {ScenarioInfo | undefined} scenario
 * @param {string | Readonly<PartValues>} protocol  its name, or the parts of a custom one
 * @returns {Expectation | null} null: nobody has said
 */
export function expectationOf(lab, scenario, protocol) {
  if (!scenario) return null;
  const preset = typeof protocol === 'string' ? protocol : presetOf(lab, protocol)?.name;
  if (preset !== undefined) return scenario.expected[preset] ?? null;
  return scenario.brokenBy.find((changed) => same(completed(lab, /** @type {PartValues} */ (changed.parts)), /** @type {PartValues} */ (protocol))) ?? null;
}

/**
 * @param {Lab} lab
 * @param {ScenarioInfo | undefined} scenario  which may have protocols of its own
 * @param {string | Readonly<PartValues>} protocol
 * @returns {boolean | null} whether nothing is known to break it, in any scenario; null: nobody has searched it
 */
export function isRight(lab, scenario, protocol) {
  const own = scenario?.protocols?.find(({ name }) => name === protocol);
  const known = own ?? (typeof protocol === 'string' ? lab.protocols.find(({ name }) => name === protocol) : presetOf(lab, protocol));
  if (known) return known.correct;
  const broken = ofTheFix(lab).some((each) => ['broken', 'deadlock'].includes(expectationOf(lab, each, protocol)?.outcome ?? ''));
  return broken ? false : null;
}

/**
 * @param {PartValues} a
 * @param {Readonly<PartValues>} b
 */
function same(a, b) {
  return Object.entries(a).every(([name, value]) => b[name] === value);
}
