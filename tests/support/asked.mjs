/** What a command was asked; ends the process with a sentence where it was asked wrongly. */

/**
 * @template T
 * @param {(args: string[]) => T} parse  throws an error that says what is wrong
 * @returns {T}
 */
export function asked(parse) {
  try {
    return parse(process.argv.slice(2));
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exit(2);
  }
}
